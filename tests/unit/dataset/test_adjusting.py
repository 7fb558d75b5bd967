"""Bars as traded, adjusted for splits and dividends."""

import numpy as np
import pandas as pd
import pytest

from stockflow.dataset.adjusting import adjusted
from tests.helpers.adjusting import NO_ACTIONS, actions, at_random, bars, one_by_one

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"
WEEK = {MONDAY: 100.0, TUESDAY: 50.0, WEDNESDAY: 48.0, THURSDAY: 60.0}


def closes(known, how="all", days=WEEK):
    return adjusted(bars(days), known, how)["close"].tolist()


def test_prices_before_a_split_are_divided():
    """Two shares for one on Tuesday: Monday's prices are halved, exactly, and those from Tuesday on are as traded."""
    found = adjusted(bars(WEEK), actions((TUESDAY, "split", 2)), "splits")

    assert all(found[name].tolist() == [50.0, 50.0, 48.0, 60.0] for name in ("open", "high", "low", "close"))


def test_volumes_before_a_split_are_multiplied():
    """Shares traded are counted as shares of now, in whole ones."""
    found = adjusted(bars(WEEK, volume=333), actions((TUESDAY, "split", 1.5)), "splits")["volume"]

    assert (found.tolist(), found.dtype) == ([500, 333, 333, 333], np.int64)


def test_splits_multiply():
    """What lies before two of them is divided by both."""
    assert closes(actions((TUESDAY, "split", 2), (THURSDAY, "split", 5))) == [10.0, 10.0, 9.6, 60.0]


def test_a_reverse_split_raises_what_was_before():
    """One share for ten: earlier prices are ten times as high."""
    assert closes(actions((TUESDAY, "split", 0.1))) == [1000.0, 50.0, 48.0, 60.0]


def test_a_dividend_takes_its_share_of_the_price_before():
    """By the close of the ex-date: of 48 and 2 paid, 48 fiftieths are left."""
    assert closes(actions((WEDNESDAY, "dividend", 2))) == [96.0, 48.0, 48.0, 60.0]


def test_a_dividend_leaves_volumes():
    """It makes no shares."""
    found = adjusted(bars(WEEK), actions((WEDNESDAY, "dividend", 2)), "all")["volume"]

    assert found.tolist() == [100] * 4


def test_splits_alone_leave_dividends():
    """Where a dividend is in the price, the price is as it was."""
    assert closes(actions((WEDNESDAY, "dividend", 2)), "splits") == list(WEEK.values())


def test_a_dividend_before_a_split_is_of_a_share_of_its_day():
    """2 on a share of 48, which is two shares later: still 48 fiftieths."""
    found = closes(actions((WEDNESDAY, "dividend", 2), (THURSDAY, "split", 2)))

    assert found == [48.0, 24.0, 24.0, 60.0]


def test_a_dividend_on_a_day_without_a_bar_takes_the_next_close():
    """Of a Tuesday that is missing, Wednesday's."""
    days = {MONDAY: 100.0, WEDNESDAY: 48.0}

    assert closes(actions((TUESDAY, "dividend", 2)), days=days) == [96.0, 48.0]


def test_a_split_between_a_dividend_and_its_bar_splits_the_dividend():
    """4 paid on a share of Tuesday, which is two of Wednesday, are 2 on a share of Wednesday's close."""
    days = {MONDAY: 100.0, WEDNESDAY: 48.0}

    assert closes(actions((TUESDAY, "dividend", 4), (WEDNESDAY, "split", 2)), days=days) == [48.0, 48.0]


def test_dividends_of_one_day_are_one_sum():
    """An ordinary one and a special one."""
    one, two = actions((WEDNESDAY, "dividend", 2)), actions((WEDNESDAY, "dividend", 1.5), (WEDNESDAY, "dividend", 0.5))

    assert closes(two) == closes(one)


@pytest.mark.parametrize(
    "known",
    [
        actions(("2026-11-06", "split", 2), ("2026-11-06", "dividend", 3)),
        actions((MONDAY, "split", 2), (MONDAY, "dividend", 3)),
        actions(("1999-11-01", "split", 2), ("1999-11-01", "dividend", 3)),
        actions((TUESDAY, "split", 2), (TUESDAY, "dividend", 3), symbol="OTHER"),
        NO_ACTIONS,
    ],
    ids=["after the newest bar", "on the first bar", "before the first bar", "of another symbol", "none"],
)
def test_what_changes_nothing(known):
    """An action after the newest bar is not in any price yet; before one on the first bar there is nothing."""
    assert closes(known) == list(WEEK.values())


@pytest.mark.parametrize("how", ["splits", "all"])
@pytest.mark.parametrize("seed", range(6))
def test_many_symbols_at_once_are_as_each_row_alone(how, seed):
    """The formula once more, by a loop: gaps, actions outside the bars, in any order, several on a day."""
    table, known = at_random(seed)

    found = adjusted(table, known, how)["close"].to_numpy()

    assert found == pytest.approx(one_by_one(table, known, how), rel=1e-12)


def test_rows_before_those_of_interest_may_be_left_out():
    """What a later row becomes does not depend on them."""
    table, known = at_random(1)
    late = table[table["date"] >= "2026-01-20"].reset_index(drop=True)

    whole = adjusted(table, known, "all")
    pd.testing.assert_frame_equal(
        adjusted(late, known, "all"), whole[whole["date"] >= "2026-01-20"].reset_index(drop=True)
    )


def test_other_columns_stay():
    """And so do the table that was given, the order of columns, and the index."""
    table = (
        bars(WEEK).assign(dividend_amount=1.0).set_index(np.arange(7, 11))[["symbol", "date", "low", "dividend_amount"]]
    )
    before = table.copy()

    found = adjusted(table, actions((TUESDAY, "split", 2)), "splits")

    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(found, before.assign(low=[50.0, 50.0, 48.0, 60.0]))


@pytest.mark.parametrize("kind", ["object", "category"])
def test_symbols_may_be_of_any_kind_of_text(kind):
    """Of Python's, or categories; dates of actions may be Python's too."""
    known = actions((TUESDAY, "split", 2)).assign(date=[pd.Timestamp(TUESDAY).date()])
    table = bars(WEEK).astype({"symbol": kind})

    assert adjusted(table, known, "splits")["close"].tolist() == [50.0, 50.0, 48.0, 60.0]


@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_a_table_without_rows_stays_one(kind):
    """With the columns and types that it had."""
    empty = bars(WEEK)[:0].astype({"symbol": kind})

    pd.testing.assert_frame_equal(adjusted(empty, actions((TUESDAY, "split", 2)), "all"), empty)


@pytest.mark.parametrize(
    "table",
    [
        bars(dict(reversed(WEEK.items()))),
        pd.concat([bars(WEEK), bars({THURSDAY: 1.0})]),
        pd.concat([bars(WEEK), bars(WEEK, "OTHER"), bars({"2026-11-09": 1.0})]),
    ],
    ids=["newest first", "a day twice", "a symbol twice"],
)
def test_a_table_that_is_not_in_order_is_refused(table):
    """Rather than adjusted wrongly."""
    with pytest.raises(ValueError, match="sorted by symbol and date"):
        adjusted(table, NO_ACTIONS, "all")
