"""The alarm RunLate, gone through minute by minute: its own expression and window, over the successes of made-up weeks.

As CloudWatch documents it (AmazonCloudWatch/latest/monitoring): an alarm is evaluated each minute; a sliding window
ends with that minute, a wall clock window with the last whole hour, and shows nothing of an hour before it is over
(alarm-evaluation-window). DAY is 1 for Monday to 7 for Sunday and HOUR 0 to 23, both in UTC, of the beginning of a
period, and neither lacks a value where the metric does (using-metric-math).
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest

from tests.helpers.stack import resources

ALARM = resources("AWS::CloudWatch::Alarm")["RunLate"]
HOUR = timedelta(hours=1)
EXPRESSION = next(metric["Expression"] for metric in ALARM["Metrics"] if metric["Id"] == "fine")
FINE = compile(EXPRESSION.replace(" AND ", " and ").replace(" OR ", " or "), "template.yaml", "eval")
DEFAULT = ("America/New_York", 20)
SCHEDULES = [
    DEFAULT,
    ("America/New_York", 17),
    ("America/Los_Angeles", 18),
    ("Europe/London", 18),
    ("Europe/Berlin", 19),
    ("Asia/Kolkata", 17),
    ("Asia/Tokyo", 16),
    ("Australia/Sydney", 17),
]
WEEKS = [date(2026, 1, 12), date(2026, 3, 2), date(2026, 7, 6), date(2026, 10, 26)]  # 2 and 4: the clocks change
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def runs(zone, hour, monday, weeks=2):
    """When the runs of these weeks are due, Monday to Friday, in UTC."""
    days = (monday + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5))
    return [datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC) for day in days]


def window_end(minute):
    """Where the window ends that is evaluated at that minute; both in minutes since 1970."""
    return minute - minute % 60 if "WallClockWindow" in ALARM.get("EvaluationWindow", {}) else minute


def is_fine(start, successes):
    """Whether the alarm's expression says so of the hour that begins at that minute."""
    words = {
        "IF": lambda condition, yes, no: yes if condition else no,
        "DAY": datetime.isoweekday,
        "HOUR": lambda at: at.hour,
        "FILL": lambda at, missing: sum(at <= success < at + HOUR for success in successes) or missing,
        "succeeded": moment_of(start),
    }
    return eval(FINE, words) >= ALARM["Threshold"]


def minute_of(moment):
    return int(moment.timestamp()) // 60


def moment_of(minute):
    return datetime.fromtimestamp(minute * 60, UTC)


def alarms(successes):
    """When the alarm begins and when it ends, in turn, between the first success and the last."""
    breaching = {}  # the end of an hour: how many hours in a row were not fine by then
    found, rings = [], False
    first = minute_of(min(successes))
    for minute in range(first - first % 60 + 60, minute_of(max(successes))):
        end = window_end(minute)
        if end not in breaching:
            breaching[end] = 0 if is_fine(end - 60, successes) else breaching.get(end - 60, 0) + 1
        if rings != (breaching[end] >= ALARM["EvaluationPeriods"]):
            rings = not rings
            found.append(moment_of(minute))
    return found


def begins(successes):
    """When the alarm begins."""
    return alarms(successes)[::2]


def after(due, *minutes):
    """When those runs succeed, if they take so many minutes, one after the other."""
    return [moment + timedelta(minutes=took) for moment, took in zip(due, cycle(minutes), strict=False)]


@pytest.mark.parametrize(("zone", "hour"), SCHEDULES)
@pytest.mark.parametrize("monday", WEEKS, ids=str)
@pytest.mark.parametrize("minutes", [(1,), (110,), (119, 2), (5, 65, 3)], ids=str)
def test_good_weeks_are_quiet(zone, hour, monday, minutes):
    """While each day's run succeeds, short or long, the alarm never begins, over the weekend neither."""
    assert begins(after(runs(zone, hour, monday), *minutes)) == []


@pytest.mark.parametrize(("zone", "hour"), SCHEDULES)
@pytest.mark.parametrize("monday", WEEKS, ids=str)
@pytest.mark.parametrize("day", range(5), ids=WEEKDAYS)
def test_any_day_that_is_missing_is_heard_of(zone, hour, monday, day):
    """A run that never started, Monday's and Friday's too, begins the alarm before the next one is due."""
    due = runs(zone, hour, monday, weeks=3)
    missing = due.pop(5 + day)
    (late,) = begins(due)
    assert missing + 2 * HOUR <= late < missing + 24 * HOUR


@pytest.mark.parametrize("minutes", [1, 59, 119])
def test_the_default_schedule_is_heard_of_in_hours(minutes):
    """As docs/operations.md says: three or four hours after a run was due, any day, while runs take less than two."""
    heard = set()
    for monday in WEEKS:
        for day in range(5):
            due = runs(*DEFAULT, monday, weeks=3)
            missing = due.pop(5 + day)
            heard.add((begins(after(due, minutes))[0] - missing) / HOUR)
    assert heard <= {3, 4}


@pytest.mark.parametrize("day", range(5), ids=WEEKDAYS)
@pytest.mark.parametrize("monday", WEEKS, ids=str)
def test_a_run_of_under_three_hours_is_not_late(monday, day):
    """A run may last two hours and 59 minutes though the day before's lasted one: it is not late."""
    due = runs(*DEFAULT, monday, weeks=3)
    successes = after(due, 1)
    successes[5 + day] = due[5 + day] + timedelta(hours=2, minutes=59)
    assert begins(successes) == []


@pytest.mark.parametrize("day", range(5), ids=WEEKDAYS)
@pytest.mark.parametrize("monday", WEEKS, ids=str)
def test_a_run_of_over_four_hours_is_late(monday, day):
    """The alarm begins three or four hours after the run was due, and ends with the hour in which it succeeds."""
    due = runs(*DEFAULT, monday, weeks=3)
    long = due[5 + day]
    successes = after(due, 1)
    successes[5 + day] = long + timedelta(hours=4, minutes=30)
    began, ended = alarms(successes)
    assert began in {long + 3 * HOUR, long + 4 * HOUR}
    assert ended == long + 5 * HOUR


@pytest.mark.parametrize("monday", WEEKS, ids=str)
def test_fridays_alarm_ends_on_saturday(monday):
    """Where Friday's run was missing, the alarm ends by itself on Saturday at 08:00 UTC."""
    due = runs(*DEFAULT, monday, weeks=3)
    due.pop(9)
    _, ended = alarms(due)
    assert (ended.isoweekday(), ended.time()) == (6, time(8))


def test_any_success_counts():
    """What the alarm does not see: a run by hand, or a smoke run, soon after the scheduled one should have been."""
    due = runs(*DEFAULT, WEEKS[0])
    by_hand = due.pop(3) + 2 * HOUR
    assert begins([*due, by_hand]) == []


def test_the_window_may_be_so_long():
    """CloudWatch takes seven days at most, for periods of an hour or more, and wall clock windows of whole hours."""
    (period,) = {metric["MetricStat"]["Period"] for metric in ALARM["Metrics"] if "MetricStat" in metric}
    assert period == HOUR.total_seconds()
    assert period * ALARM["EvaluationPeriods"] <= timedelta(days=7).total_seconds()
    assert ALARM["EvaluationWindow"] == {"WallClockWindow": {"Timezone": "UTC"}}
