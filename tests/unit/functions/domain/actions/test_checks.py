"""What is checked of splits and dividends before they are kept."""

from datetime import date

import pandas as pd
import pytest

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.checks import judge, set_aside
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT

TODAY = date(2026, 11, 27)
SPLIT_DAY = date(2026, 11, 24)
SOUND = Action(SPLIT, SPLIT_DAY, 4.0)
PAID = Action(DIVIDEND, SPLIT_DAY, 0.25, date(2026, 10, 29), date(2026, 11, 24), date(2026, 12, 1))


def prices(*closes, opens=None):
    """Bars from 23 November 2026 on."""
    days = pd.date_range("2026-11-23", periods=len(closes), unit="s")
    return pd.DataFrame({"date": days, "open": opens or closes, "close": closes})


NONE = prices()


@pytest.mark.parametrize(
    ("action", "check"),
    [
        (SOUND._replace(date=date(2028, 1, 3)), "date"),
        (PAID._replace(date=date(1, 1, 1)), "date"),
        *[(SOUND._replace(value=value), "ratio") for value in (0.0, -2.0, 1.0, 1e-5, 20_000.0, float("nan"))],
        *[(PAID._replace(value=value), "amount") for value in (0.0, -0.1, float("inf"), float("nan"))],
    ],
)
def test_what_can_not_be_is_set_aside(action, check):
    """With the name of the check, and the reason in words."""
    judged = judge([action], NONE, TODAY)
    assert (judged.sound, [one.check for one in judged.aside]) == ([], [check])


@pytest.mark.parametrize(
    "action",
    [SOUND, PAID, SOUND._replace(value=0.001), SOUND._replace(value=1.046), PAID._replace(date=date(2027, 9, 1))],
)
def test_what_can_be_is_kept(action):
    """Reverse splits, odd ratios, and dividends that are declared for next year."""
    assert judge([action], NONE, TODAY).sound == [action]


def test_of_an_action_that_came_twice_one_is_kept():
    """The other would be applied too."""
    judged = judge([PAID, SOUND, PAID], NONE, TODAY)
    assert (judged.sound, [one.check for one in judged.aside]) == ([PAID, SOUND], ["double"])


def test_of_two_splits_of_one_day_none_is_kept():
    """Which of the factors holds is not known, and nothing is guessed."""
    judged = judge([SOUND, SOUND._replace(value=2.0)], NONE, TODAY)
    assert (judged.sound, [one.check for one in judged.aside]) == ([], ["two-splits", "two-splits"])


def test_two_dividends_of_one_day_are_kept():
    """A special one is paid beside the usual one."""
    special = PAID._replace(value=5.0)
    assert judge([PAID, special], NONE, TODAY).sound == [PAID, special]


@pytest.mark.parametrize(("amount", "kept"), [(9.99, True), (10.0, False), (250.0, False)])
def test_a_dividend_of_the_close_or_more_is_set_aside(amount, kept):
    """What was traded for 10 on the day before can't pay 10: pence beside pounds, mostly."""
    judged = judge([PAID._replace(value=amount)], prices(10.0, 9.8), TODAY)
    assert bool(judged.sound) is kept


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 25)])
def test_a_dividend_is_not_held_against_closes_that_are_not_there(day):
    """Of the first bar's day, and after the last, no close before it is known to be the last."""
    assert judge([PAID._replace(date=day, value=250.0)], prices(10.0, 9.8), TODAY).aside == []


@pytest.mark.parametrize(
    "days",
    [
        {"declared": date(2026, 11, 25)},
        {"paid": date(2026, 10, 1), "recorded": None},
        {"recorded": date(2026, 12, 2)},
    ],
)
def test_days_in_disorder_are_reported_and_kept(days):
    """The amount and its ex-date may be right all the same."""
    judged = judge([PAID._replace(**days)], NONE, TODAY)
    assert len(judged.sound) == 1
    sentence = "declared after the ex-date or after it is paid, or recorded after it is paid"
    assert judged.remarks == [f"order: {sentence} (dividend of 0.25 on 2026-11-24)."]


def test_a_dividend_that_is_recorded_before_its_ex_date_is_in_order():
    """Large special dividends trade with due bills until they are paid."""
    assert judge([PAID._replace(recorded=date(2026, 11, 10))], NONE, TODAY).remarks == []


@pytest.mark.parametrize(
    ("closes", "factor", "reported"),
    [
        ((100.0, 101.0), 4.0, True),
        ((100.0, 25.2), 4.0, False),
        ((100.0, 101.0), 1.046, False),
        ((100.0, 101.0), 0.1, True),
        ((100.0, 1002.0), 0.1, False),
    ],
)
def test_a_split_that_no_price_shows_is_reported(closes, factor, reported):
    """The close goes on as before; one that is too small to be seen is passed over."""
    judged = judge([SOUND._replace(value=factor)], prices(*closes), TODAY)
    assert bool(judged.remarks) is reported
    assert len(judged.sound) == 1


def test_two_splits_between_two_bars_are_seen_together():
    """On a weekend with a holiday, or where a bar is missing."""
    table = prices(100.0, 25.0)
    table["date"] = pd.to_datetime(["2026-11-20", "2026-11-27"])
    splits = [SOUND._replace(value=2.0), SOUND._replace(value=2.0, date=date(2026, 11, 25))]
    assert judge(splits, table, TODAY).remarks == []


def test_what_was_set_aside_is_one_sentence():
    """Counts by check, and where the rows are."""
    aside = judge([SOUND._replace(value=0.0), PAID, PAID, PAID], NONE, TODAY).aside
    assert set_aside(aside, "rejected/x/AAPL.json") == [
        "3 actions set aside (2 double, 1 ratio), see rejected/x/AAPL.json."
    ]
    assert set_aside([], "") == []
