"""A backfill beside a daily run, over weeks: the real Plan, Notify and budget, on a clock that is set.

Runs are made at the times of the template's schedules.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.domain.backfill.days import newest_session
from stockflow_functions.domain.prices.exchanges import US
from tests.helpers.backfills import Runs, backfill_of, begun

NEW_YORK = ZoneInfo("America/New_York")
FIRST_DAY = date(2026, 11, 16)  # a Monday; Thanksgiving is in the second week
DAILY = [f"D{number}" for number in range(10)]
LONGEST_DAYS = 60


class Weeks:
    """Each day a daily run at 20:00, on weekdays, and at 21:30 the backfill's.

    Attributes:
        of_backfill: how many symbols each day's run of the backfill asked for, by day.
        of_daily: the symbols that each day's daily run asked for, by day.
        told: what the message said of the backfill, by day.
    """

    def __init__(self, symbols, limit=25, refusals=None):
        self.aws = FakeAws(STOCK_SYMBOLS=",".join(DAILY), REQUESTS_PER_DAY=str(limit))
        self._runs = Runs(self.aws)
        self._refusals = refusals or {}
        self.of_backfill, self.of_daily, self.told = {}, {}, {}
        begun(self.aws, symbols, at="2026-11-16T12:00:00.000Z")

    def go(self):
        """Until the backfill is done; returns how many days that took."""
        for number in range(LONGEST_DAYS):
            day = FIRST_DAY + timedelta(days=number)
            if day.weekday() < 5:
                self._daily(day)
            self._backfill(day)
            if backfill_of(self.aws).status == "done":
                return number + 1
        raise AssertionError("it never ends")

    def _daily(self, day):
        last = self._set(day, 20, 0)
        self._runs.run(f"daily-{day}", {"trigger": "schedule"}, last=last)
        self.of_daily[day] = self._runs.asked[f"daily-{day}"]

    def _backfill(self, day):
        last, name = self._set(day, 21, 30), f"backfill-{day}"
        manifest = self._runs.run(name, {"backfill": "next", "trigger": "schedule"}, self._refusals, last)
        self.of_backfill[day] = self._runs.asked[name]
        self.told[day] = manifest["backfill"]["sentence"]

    def _set(self, day, hour, minute):
        """Sets the clock, and returns the date of the newest bar there is then."""
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)
        self.aws.clock.ms = int(moment.timestamp()) * 1000
        return newest_session(US, self.aws.clock.ms).isoformat()


def names(count):
    return [f"S{number:03}" for number in range(count)]


@pytest.fixture(scope="module")
def weeks():
    made = Weeks(names(500))
    made.days = made.go()
    return made


def test_five_hundred_histories_take_the_days_that_were_promised(weeks):
    """On its first day it said how many are to go."""
    assert weeks.told[FIRST_DAY] == f"Backfill one: 15 of 500, {weeks.days - 1} days to go."


def test_the_daily_runs_never_starve(weeks):
    """Each has its ten symbols, on each day with a session."""
    asked = {day: symbols for day, symbols in weeks.of_daily.items() if day != date(2026, 11, 26)}

    assert all(symbols == DAILY for symbols in asked.values())


def test_each_days_quota_is_used_up(weeks):
    """But for the last day's: what the daily run leaves over goes to the backfill."""
    used = [len(weeks.of_daily.get(day, ())) + len(asked) for day, asked in weeks.of_backfill.items()]

    assert used[:-1] == [25] * (weeks.days - 1)


def test_no_symbol_is_asked_for_twice(weeks):
    """Each history is had by one request."""
    assert Counter(symbol for asked in weeks.of_backfill.values() for symbol in asked) == Counter(names(500))


def test_symbols_in_trouble_hold_up_no_other():
    """Those that fail each day go last, and are given up after three days."""
    weeks = Weeks(names(60), refusals=dict.fromkeys(names(5), "ProviderUnavailable"))
    weeks.go()

    assert len(backfill_of(weeks.aws).given_up) == 5
    assert Counter(symbol for asked in weeks.of_backfill.values() for symbol in asked) == Counter(
        {name: 3 if name in names(5) else 1 for name in names(60)}
    )
