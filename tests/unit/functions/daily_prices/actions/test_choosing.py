"""Whose splits and dividends are asked for next."""

import pytest

from stockflow_functions.daily_prices.actions.choosing import counts_as_asked_ms, due, named
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.prices.freshness import Known

DAY_MS = 86_400_000
NOW_MS = 1_795_800_000_000
BARS = Known(NOW_MS, last="2026-11-25")


def asked(days_ago):
    return Known(NOW_MS - days_ago * DAY_MS)


def test_those_never_asked_for_come_first_then_the_stalest():
    """Among equals by name, so that a refresh can be foretold."""
    stored = dict.fromkeys(("NEW", "OLD", "OLDER", "ALSO-NEW"), BARS)
    assert due(stored, {"OLD": asked(31), "OLDER": asked(90)}, NOW_MS) == ["ALSO-NEW", "NEW", "OLDER", "OLD"]


@pytest.mark.parametrize(("days_ago", "is_due"), [(6, False), (7, False), (8, True)])
def test_a_symbol_is_due_again_after_a_week(days_ago, is_due):
    """Earlier it costs requests that others need more."""
    assert bool(due({"A": BARS}, {"A": asked(days_ago)}, NOW_MS)) is is_due


def test_a_refusal_puts_a_symbol_behind_those_that_have_waited_longer():
    """It would otherwise take each evening's requests from them."""
    refused = Known(counts_as_asked_ms(NOW_MS - DAY_MS, again=True))
    stored = dict.fromkeys(("REFUSED", "NEW", "OLD"), BARS)
    assert due(stored, {"REFUSED": refused, "OLD": asked(9)}, NOW_MS) == ["NEW", "OLD", "REFUSED"]


def test_a_symbol_without_bars_is_never_due():
    """A typo has no prices to be adjusted."""
    assert due({"TYPO": Known(NOW_MS)}, {}, NOW_MS) == []


@pytest.mark.parametrize(
    ("value", "symbols"), [(None, []), ("", []), ("aapl, MSFT", ["AAPL", "MSFT"]), (["BRK-B", "brk-b"], ["BRK-B"])]
)
def test_named_symbols_are_read_as_a_runs_are(value, symbols):
    """A list or a text, in capitals, each once."""
    assert named(value) == symbols


@pytest.mark.parametrize("value", ["no/symbol", 7, [None]])
def test_what_can_not_be_a_symbol_is_refused(value):
    """Before a request is spent on it."""
    with pytest.raises(InvalidInput):
        named(value)
