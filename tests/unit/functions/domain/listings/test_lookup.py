"""Listings, asked about a symbol or a day."""

from datetime import date

import pytest

from stockflow_functions.domain.listings.lookup import Standing
from tests.helpers.written_listings import AS_OF, WEEK_BEFORE, listing, listings

ALL = listings(
    listing("AAPL", name="Apple Inc"),
    listing("APLE", name="Apple Hospitality REIT Inc"),
    listing("APP", name="Applovin Corp"),
    listing("BRK-B", name="Berkshire Hathaway Inc"),
    listing("MSFT", name="Microsoft Corporation"),
    listing("GONE", ends="2024-03-15", exchange="NYSE"),
    listing("TWICE", "1999-11-01", "2012-06-29", exchange="NYSE"),
    listing("TWICE", "2019-09-16"),
    listing("COMING", "2026-12-10"),
    listing("FB", seen=WEEK_BEFORE),
    listing("OLD", None, exchange="NYSE ARCA"),
)


@pytest.mark.parametrize(
    ("symbol", "standing", "ended"),
    [
        ("AAPL", Standing.LISTED, None),
        ("OLD", Standing.LISTED, None),
        ("TWICE", Standing.LISTED, None),
        ("GONE", Standing.DELISTED, date(2024, 3, 15)),
        ("FB", Standing.DELISTED, WEEK_BEFORE),
        ("COMING", Standing.NOT_YET, None),
        ("APPL", Standing.UNKNOWN, None),
    ],
)
def test_how_a_symbol_stands(symbol, standing, ended):
    """Listed, delisted with its last day, to come, or unknown."""
    life = ALL.life(symbol, AS_OF)
    assert (life.standing, life.ended) == (standing, ended)


def test_a_reused_ticker_has_the_company_before():
    """That which had ended when the one of now began."""
    life = ALL.life("TWICE", AS_OF)
    assert [row.delisting_date for row in life.earlier] == [date(2012, 6, 29)]


def test_a_listing_that_never_came_is_not_to_come():
    """The vendor no longer names it."""
    gone = listings(listing("NEVER", "2026-12-10", seen=WEEK_BEFORE))
    assert gone.life("NEVER", AS_OF).standing is Standing.DELISTED


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("APPL", "AAPL"),
        ("MSTF", "MSFT"),
        ("MSF", "MSFT"),
        ("MSFTT", "MSFT"),
        ("APPLE", "AAPL"),
        ("BRKB", "BRK-B"),
        ("BRK.B", "BRK-B"),
        ("MICROSOFT", "MSFT"),
    ],
)
def test_the_likeliest_symbol_comes_first(written, first):
    """Letters exchanged, doubled, left out or too many; a company's name; a class written without its hyphen."""
    assert ALL.nearest(written)[0] == first


def test_few_are_named():
    """At most three, and nothing that is no longer listed."""
    many = listings(*(listing(f"AA{letter}") for letter in "BCDEF"), listing("AAG", ends="2020-01-02"))
    assert many.nearest("AAA") == ["AAB", "AAC", "AAD"]


def test_nothing_near_is_nothing():
    """No guess is better than a wild one."""
    assert ALL.nearest("QWERTYUI") == []


def test_who_was_listed_on_a_day_counts_those_delisted_since():
    """And neither those to come nor those that had gone."""
    assert ALL.listed_on(date(2011, 1, 3), ["NYSE"]) == ["GONE", "TWICE"]
    assert ALL.listed_on(date(2025, 1, 3), ["NYSE"]) == []


def test_the_counts_are_by_exchange():
    """The largest first."""
    assert list(ALL.counts(AS_OF).items()) == [("NASDAQ", 6), ("NYSE ARCA", 1)]


def test_the_age_is_in_days():
    """From the vendor's answer on."""
    assert ALL.age_days(date(2026, 12, 5)) == 8
