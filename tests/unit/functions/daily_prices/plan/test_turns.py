"""Weeks of runs on a plan of 25 requests a day: each symbol has its turn, as often as arithmetic allows."""

import pytest

from tests.helpers.days_of_runs import DailyRun, Days

MONTH = 22
"""Sessions."""
HUNDRED = tuple(f"S{number:03}" for number in range(100))
DAILY, OTHERS = HUNDRED[:20], HUNDRED[20:]

CASES = {
    "one run a day": ({"listed": HUNDRED}, 4),
    "ten symbols no longer trade": ({"listed": HUNDRED, "dead": frozenset(HUNDRED[::10])}, 4),
    "a daily list beside eighty others": ({"listed": DAILY, "runs": (DailyRun(20), DailyRun(21, OTHERS))}, 4),
    "two runs a day": ({"listed": HUNDRED, "runs": (DailyRun(8, HUNDRED), DailyRun(20))}, 4),
    # Five of the day's 25 requests fail, so that 20 symbols have their turn.
    "each fifth request fails": ({"listed": HUNDRED, "fails_every": 5}, 5),
    "fewer symbols than requests": ({"listed": DAILY}, 1),
}


@pytest.mark.parametrize(("days", "arithmetic"), CASES.values(), ids=CASES)
def test_nobody_waits_longer_than_the_days_requests_make_it(days, arithmetic):
    """So many symbols over so many requests a day, rounded up: in days with a session, for every symbol."""
    assert Days(**days).pass_by(MONTH).longest_wait == arithmetic


def test_the_dataset_is_as_fresh_as_arithmetic_allows():
    """A quarter of a hundred symbols is up to date each evening, a quarter one session behind, and so on: 1.5."""
    days = Days(HUNDRED).pass_by(MONTH)

    assert days.made == [25] * MONTH
    assert days.mean_age(after=4) == 1.5
