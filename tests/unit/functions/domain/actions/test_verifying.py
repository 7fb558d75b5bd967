"""A stored table of splits and dividends, held against the rules by which its rows were kept."""

from datetime import date

import pandas as pd
import pytest

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT, Actions, encode
from stockflow_functions.domain.actions.verifying import verify

TODAY, AT_S = date(2026, 11, 27), 1_795_700_000
TWO = Action(SPLIT, date(2026, 11, 24), 2.0)
PAID = Action(DIVIDEND, date(2026, 11, 24), 25.0)
NO_PRICES = pd.DataFrame({"date": pd.to_datetime([]), "open": [], "close": []})
PRICES = pd.DataFrame({"date": pd.to_datetime(["2026-11-23", "2026-11-24"]), "open": [10.0, 5.0], "close": [10.0, 5.0]})


def known(splits=(TWO,), dividends=(), kinds=(SPLIT, DIVIDEND)):
    actions = Actions()
    for kind in kinds:
        actions = merged(actions, "A", Answer(kind, splits if kind == SPLIT else dividends, [], AT_S))
    return actions


def verdict(actions, prices=NO_PRICES, symbol="A"):
    return verify(encode(actions), symbol, prices, TODAY)


def test_a_sound_table_has_nothing_to_be_said_of_it():
    """Its rows, and the days of the first and the last action."""
    found = verdict(known(), PRICES)
    assert (found.rows, found.first_date, found.last_date) == (1, "2026-11-24", "2026-11-24")
    assert (found.breaches, found.remarks) == ([], [])


@pytest.mark.parametrize(
    ("actions", "breach"),
    [
        (known([TWO._replace(value=0.0)]), "ratio, 1 action: split of 0 on 2026-11-24."),
        (
            known([TWO, TWO._replace(value=3.0)]),
            "two-splits, 2 actions: split of 2 on 2026-11-24, split of 3 on 2026-11-24.",
        ),
        (
            Actions(known().rows.assign(known_until=known().rows["known_from"]), known().asked),
            "1 row that ended before it was known.",
        ),
    ],
    ids=["a ratio of nothing", "two splits of a day", "no time"],
)
def test_what_can_not_have_been_kept_is_a_breach(actions, breach):
    """Somebody else wrote it."""
    assert verdict(actions).breaches == [breach]


def test_a_table_of_another_symbol_is_a_breach():
    """A file that was copied by hand."""
    assert verdict(known(), symbol="B").breaches == ["It has rows of another symbol than B."]


def test_a_kind_that_was_never_asked_for_is_a_remark():
    """Nobody knows whether it has any."""
    assert verdict(known(kinds=[SPLIT])).remarks == ["Its dividends were never asked for."]


def test_a_kind_of_which_only_a_part_could_be_read_is_a_remark():
    """It has rows, and no time at which the vendor's whole list was read."""
    found = verdict(Actions(known().rows, {}), PRICES)
    assert found.breaches == []
    assert found.remarks == [
        "Its splits are not all known: no whole list of them could be read.",
        "Its dividends were never asked for.",
    ]


def test_what_prices_speak_against_is_a_remark():
    """They may have come later than the action."""
    found = verdict(known([], [PAID]), PRICES)
    assert (found.breaches, found.remarks) == ([], ["above-the-close, 1 action: dividend of 25 on 2026-11-24."])
