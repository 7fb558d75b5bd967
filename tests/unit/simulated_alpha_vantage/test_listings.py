"""The simulated vendor's listing, and the prices that go with it."""

import json
from datetime import date

import pytest

from stockflow.simulated_alpha_vantage.answering import Answering, Catalogue, Conduct
from stockflow.simulated_alpha_vantage.faults import Script
from stockflow.simulated_alpha_vantage.terms import DAILY, LISTINGS, Query
from stockflow.testing import FakeClock
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.listings.csv_text import listings_of
from stockflow_functions.domain.listings.lookup import Listings, Standing

TODAY = date(2026, 11, 27)
CLOCK = FakeClock(from_iso("2026-11-27T12:00:00Z"))


def asked(function, catalogue=None, **parameters):
    vendor = Answering(catalogue or Catalogue(), Conduct(), Script(), CLOCK)
    given = {"symbol": "", "outputsize": "", "api_key": "k", **parameters}
    return vendor.reply(Query(function, **given))


def listings(catalogue=None):
    both = (asked(LISTINGS, catalogue, state=state).body.decode() for state in ("active", "delisted"))
    rows = [row for text in both for row in listings_of(text, TODAY)]
    return Listings(TODAY, tuple(sorted(rows, key=lambda row: row.key)))


def days(symbol, outputsize="full"):
    return list(json.loads(asked(DAILY, symbol=symbol, outputsize=outputsize).body)["Time Series (Daily)"])


def test_the_listing_says_that_it_is_invented():
    """In every name."""
    assert all(row.name.endswith("(simulated)") for row in listings().rows)


@pytest.mark.parametrize(
    ("symbol", "standing"),
    [
        *((symbol, Standing.LISTED) for symbol in ("AAPL", "BRK-B", "NA", "NAN", "ON", "TRUE", "TWICE", "SIMAB")),
        ("GONE", Standing.DELISTED),
        ("SIMAA", Standing.DELISTED),
        ("COMING", Standing.NOT_YET),
        ("UNKNOWN1", Standing.UNKNOWN),
    ],
)
def test_every_kind_of_life_is_in_it(symbol, standing):
    """To try all of them without a key; tickers that readers of tables take for something else are in it too."""
    assert listings().life(symbol, TODAY).standing is standing


def test_a_reused_ticker_is_two_companies():
    """One in each list."""
    assert len(listings().life("TWICE", TODAY).earlier) == 1


def test_what_the_vendor_does_not_know_is_not_listed():
    """Neither by its prefix nor by name."""
    assert listings(Catalogue(unknown_symbols=["AAPL"])).life("AAPL", TODAY).standing is Standing.UNKNOWN


def test_prices_end_with_the_listing():
    """Nothing is traded after a delisting."""
    assert days("GONE")[0] == "2024-03-15"


def test_prices_begin_with_the_listing():
    """Of a ticker that was given on, those of its second company."""
    assert days("TWICE")[-1] == "2019-09-16"


def test_what_is_not_listed_yet_has_no_prices():
    """The vendor refuses it as it refuses any unknown symbol."""
    assert asked(DAILY, symbol="COMING").answered == "unknown"


def test_a_young_listing_has_few_bars():
    """A compact answer has what there is."""
    symbol = max((row for row in listings().rows if row.symbol.startswith("SIM")), key=lambda row: row.ipo_date).symbol
    assert 0 < len(days(symbol, "compact")) <= 100


def test_a_day_in_the_past_has_its_own_listing():
    """Those delisted since are active on it."""
    text = asked(LISTINGS, state="active", date="2015-06-30").body.decode()
    assert {"GONE", "SIMAB"} <= {row.symbol for row in listings_of(text, TODAY)}


def test_the_answer_is_a_download():
    """As the vendor's is."""
    assert asked(LISTINGS).content_type == "application/x-download"
