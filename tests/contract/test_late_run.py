"""The alarm RunLate, gone through hour by hour: its own expression, evaluated over the successes of made-up weeks.

As CloudWatch documents it (AmazonCloudWatch/latest/monitoring/using-metric-math.html): DAY is 1 for Monday to 7 for
Sunday and HOUR 0 to 23, both in UTC, and neither lacks a value where the metric does.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.contract.stack import resources

ALARM = resources("AWS::CloudWatch::Alarm")["RunLate"]
HOUR = timedelta(hours=1)
EXPRESSION = next(metric["Expression"] for metric in ALARM["Metrics"] if metric["Id"] == "fine")
FINE = compile(EXPRESSION.replace(" AND ", " and ").replace(" OR ", " or "), "template.yaml", "eval")
SCHEDULES = [
    ("America/New_York", 20),  # the default
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


def begins(successes):
    """When the alarm begins, from the first success until the last."""
    hours = {success.replace(minute=0) for success in successes}
    moment, end = min(hours), max(hours)
    breaching, late = 0, []
    while moment <= end:
        words = {
            "IF": lambda condition, yes, no: yes if condition else no,
            "DAY": datetime.isoweekday,
            "HOUR": lambda at: at.hour,
            "FILL": lambda at, missing: 1 if at in hours else missing,
            "succeeded": moment,
        }
        breaching = breaching + 1 if eval(FINE, words) < ALARM["Threshold"] else 0
        moment += HOUR  # the hour is over: now CloudWatch has it
        if breaching == ALARM["EvaluationPeriods"]:
            late.append(moment)
    return late


@pytest.mark.parametrize(("zone", "hour"), SCHEDULES)
@pytest.mark.parametrize("monday", WEEKS, ids=str)
@pytest.mark.parametrize("minutes", [1, 110])
def test_good_weeks_are_quiet(zone, hour, monday, minutes):
    """While each day's run succeeds, short or long, the alarm never begins, over the weekend neither."""
    assert begins([due + timedelta(minutes=minutes) for due in runs(zone, hour, monday)]) == []


@pytest.mark.parametrize(("zone", "hour"), SCHEDULES)
@pytest.mark.parametrize("monday", WEEKS, ids=str)
@pytest.mark.parametrize("day", range(5), ids=WEEKDAYS)
def test_any_day_that_is_missing_is_heard_of(zone, hour, monday, day):
    """A run that never started, Monday's and Friday's too, begins the alarm before the next one is due."""
    due = runs(zone, hour, monday, weeks=3)
    missing = due.pop(5 + day)
    (late,) = begins(due)
    assert missing + 2 * HOUR <= late < missing + 24 * HOUR


def test_the_default_schedule_is_heard_of_in_hours():
    """As docs/operations.md says: three or four hours after a run was due, whichever day it was."""
    after = set()
    for monday in WEEKS:
        for day in range(5):
            due = runs("America/New_York", 20, monday, weeks=3)
            missing = due.pop(5 + day)
            after.add((begins(due)[0] - missing) / HOUR)
    assert after == {3, 4}


def test_any_success_counts():
    """What the alarm does not see: a run by hand, or a smoke run, soon after the scheduled one should have been."""
    due = runs("America/New_York", 20, WEEKS[0])
    by_hand = due.pop(3) + 2 * HOUR
    assert begins([*due, by_hand]) == []
