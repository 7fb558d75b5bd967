"""Universes that a listing names."""

from datetime import date

import pytest

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.listings.universe import is_listed_universe, listed_universe
from tests.helpers.written_listings import AS_OF, listing, listings

ALL = listings(
    listing("A", exchange="NYSE"),
    listing("GONE", ends="2024-03-15", exchange="NYSE"),
    listing("NEW", "2024-05-02", exchange="NYSE"),
    listing("SPY", exchange="NYSE ARCA"),
    listing("MSFT"),
)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("listed:NYSE", ["A", "NEW"]),
        ("Listed:nyse", ["A", "NEW"]),
        ("listed:NYSE:2015-06-30", ["A", "GONE"]),
        ("listed:NYSE+NASDAQ", ["A", "MSFT", "NEW"]),
        ("listed:NYSE ARCA", ["SPY"]),
        ("listed:nyse-arca", ["SPY"]),
        ("listed:NYSE_ARCA+nasdaq:2015-06-30", ["MSFT", "SPY"]),
    ],
)
def test_a_universe_is_who_is_listed(text, symbols):
    """Now or on a day, with those delisted since; case does not count."""
    assert listed_universe(text).symbols(ALL, AS_OF) == symbols


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("listed:", "write listed:NASDAQ, or listed:NYSE:2015-06-30"),
        ("listed:+", "write listed:NASDAQ"),
        ("listed: ", "write listed:NASDAQ"),
        ("listed:NYSE:2015-06-30:x", "write listed:NASDAQ"),
        ("listed:NYSE:June", "does not end with a date"),
        ("listed:NYSE:", "does not end with a date"),
        ("listed:NYSE:1998-01-02", "lies before 1999-11-01"),
        ("NYSE", "write listed:NASDAQ"),
    ],
)
def test_what_is_no_universe_is_refused(text, said):
    """Before anything is looked up."""
    with pytest.raises(InvalidInput, match=said):
        listed_universe(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("listed:LSE", "names 'LSE', and the exchanges in the listing of 2026-11-27 are NASDAQ, NYSE, NYSE ARCA"),
        ("listed:NYSE:2027-01-04", "a day that lies ahead: write one until 2026-11-27"),
        ("listed:NYSE:1999-11-02", "has no symbol"),
    ],
)
def test_a_universe_without_symbols_says_why(text, said):
    """All exchanges are named where one is unknown."""
    with pytest.raises(InvalidInput, match=said):
        listed_universe(text).symbols(ALL, AS_OF)


def test_a_file_is_no_listed_universe():
    """What begins with listed: is."""
    assert [is_listed_universe(text) for text in ("universes/a-1.txt", "LISTED:X")] == [False, True]


def test_the_day_is_kept():
    """For whoever tells of it."""
    assert listed_universe("listed:NYSE:2015-06-30").day == date(2015, 6, 30)
