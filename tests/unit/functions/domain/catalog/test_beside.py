"""What the catalog says of a symbol from elsewhere than its prices."""

from datetime import UTC, date, datetime

import pytest

from stockflow_functions.domain.catalog.beside import ActionFacts, Beside, Found, entry_now
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.vendors.alpha_vantage.suffixes import exchange_code
from tests.helpers.written_listings import listing, listings

NOW_MS = from_iso("2026-11-20T23:00:00Z")
"""A Friday, two hours after New York's close."""
EARLIER, LATER = datetime(2026, 11, 19, 22, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC)


def entry(symbol="AAPL", last="2026-11-20", series="daily", **more):
    return Entry(symbol, series, first_date=date(2020, 1, 2), last_date=date.fromisoformat(last), rows=9, **more)


def now(given, **beside):
    return entry_now(given, Beside(**beside), exchange_code, NOW_MS)


def test_a_listed_symbol_has_its_name_and_its_exchange():
    """As the listings write them."""
    found = now(entry(), listings=listings(listing("AAPL", name="Apple Inc", exchange="NASDAQ")))
    assert (found.name, found.exchange, found.status) == ("Apple Inc", "NASDAQ", "listed")


def test_without_listings_the_exchange_is_that_of_the_suffix():
    """By its code; whether it is listed nobody knows."""
    found = now(entry("TSCO.LON"))
    assert (found.name, found.exchange, found.status) == (None, "XLON", "unknown")


@pytest.mark.parametrize(
    ("symbol", "quoted"),
    [("AAPL", ("USD", 1.0)), ("TSCO.LON", ("GBP", 0.01)), ("SAP.DEX", ("EUR", 1.0)), ("X.XYZ", (None, None))],
)
def test_prices_are_in_what_the_exchange_usually_quotes(symbol, quoted):
    """Pence are a hundredth; of an unknown exchange nothing is said."""
    found = now(entry(symbol))
    assert (found.currency, found.price_scale) == quoted


@pytest.mark.parametrize(
    ("last", "series", "stale"),
    [
        ("2026-11-20", "daily", False),
        ("2026-11-19", "daily", True),
        ("2026-11-13", "weekly", True),
        ("2026-11-20", "weekly", False),
    ],
)
def test_a_symbol_is_stale_where_a_bar_is_due(last, series, stale):
    """That of the session, or of the week, that is over."""
    assert now(entry(last=last, series=series)).stale is stale


def test_a_delisted_symbol_is_not_stale():
    """No bar of it is due any more."""
    found = now(entry("GONE", "2020-03-02"), listings=listings(listing("GONE", ends="2020-03-02")))
    assert (found.status, found.stale) == ("delisted", False)


def test_a_symbol_without_bars_is_stale():
    """Its object has no rows."""
    assert now(Entry("AAPL", "daily")).stale


def test_the_later_moment_stays():
    """An older run may end later."""
    before = entry(last_asked=LATER, last_confirmed=EARLIER)
    key = ("daily", "AAPL")
    found = now(before, asked={key: EARLIER}, confirmed={key: LATER})
    assert (found.last_asked, found.last_confirmed) == (LATER, LATER)


def test_actions_stay_until_there_are_others():
    """Their object is read where it is another one."""
    before = entry(splits=1, dividends=None, actions_asked_at=EARLIER, actions_etag="a")
    assert now(before) == now(before, actions={"MSFT": ActionFacts(7, 7, LATER, "m")})
    found = now(before, actions={"AAPL": ActionFacts(2, 40, LATER, "b")})
    assert (found.splits, found.dividends, found.actions_asked_at, found.actions_etag) == (2, 40, LATER, "b")


def test_what_was_found_is_counted_where_findings_are_kept():
    """A symbol without one has none; where they can't be read nobody knows."""
    found = {"daily": {"AAPL": Found(rejected=2, restated=3)}}
    told = [now(entry(symbol), found=found) for symbol in ("AAPL", "MSFT")] + [now(entry())]
    assert [(one.rejected, one.restated) for one in told] == [(2, 3), (0, 0), (None, None)]
