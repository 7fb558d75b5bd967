"""A run's universe."""

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws.listings import write_listings
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.plan.universe import symbols_of_universe
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import InvalidInput
from tests.helpers.written_listings import listing, listings

NOW_MS = from_iso("2026-11-27T20:00:00Z")
KEY = "universes/mine-0123abcd.txt"


@pytest.fixture
def bucket():
    found = FakeAws().services.bucket
    write_listings(found, listings(listing("AAPL"), listing("GONE", ends="2024-03-15")), None)
    return found


def of(universe, bucket, now_ms=NOW_MS):
    return symbols_of_universe(universe, bucket, now_ms)


def test_who_is_listed_is_a_universe(bucket):
    """By the listings that are kept."""
    assert of("listed:NASDAQ", bucket) == (["AAPL"], [])


def test_who_was_listed_is_a_universe(bucket):
    """Those delisted since are in it."""
    assert of("listed:NASDAQ:2015-06-30", bucket) == (["AAPL", "GONE"], [])


def test_old_listings_are_told(bucket):
    """The universe is by them all the same."""
    symbols, warnings = of("listed:NASDAQ", bucket, from_iso("2026-12-20T20:00:00Z"))
    assert (symbols, warnings) == (["AAPL"], ["listed:NASDAQ is by the listings of 2026-11-27, 23 days ago."])


def test_old_listings_are_good_for_older_days(bucket):
    """Nothing about them changes."""
    assert of("listed:NASDAQ:2015-06-30", bucket, from_iso("2026-12-20T20:00:00Z"))[1] == []


def test_without_listings_the_command_is_named():
    """Which asks for them."""
    with pytest.raises(InvalidInput, match="stockflow listings --update"):
        of("listed:NASDAQ", FakeAws().services.bucket)


def test_a_list_is_a_universe(bucket):
    """Read as a dropped list is, of thousands of lines too."""
    bucket.put(KEY, b"# mine\nAAPL\nbrk-b\nno symbol\n" + b"".join(b"S%05d\n" % number for number in range(9_000)))
    symbols, warnings = of(KEY, bucket)
    assert (symbols[:2], len(symbols), len(warnings)) == (["AAPL", "BRK-B"], 9_002, 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, f"There is no list s3://stockflow/{KEY}"),
        (b"", "There is no symbol in the list"),
        (b"# nothing\n", "There is no symbol in the list"),
        (b"".join(b"S%06d\n" % number for number in range(100_001)), "There are 100,001 symbols, and one run takes"),
        (b"\xff\xfe", "not UTF-8 text"),
    ],
)
def test_a_list_that_is_none_is_told_in_a_sentence(bucket, body, said):
    """Missing, empty, too long, or no text."""
    if body is not None:
        bucket.put(KEY, body)
    with pytest.raises(InvalidInput, match=said):
        of(KEY, bucket)


@pytest.mark.parametrize("universe", ["listed:NYSE", "listed:NYSE:2015-06-30", KEY])
def test_an_input_may_name_a_universe(universe):
    """In place of symbols."""
    assert request_of({"universe": universe}).universe == universe


@pytest.mark.parametrize(
    ("universe", "said"),
    [
        ("NYSE", "write listed:NASDAQ"),
        ("prices/daily/AAPL.parquet", "the key of a list below universes/"),
        ("listed:NYSE:1998-01-02", "lies before 1999-11-01"),
        ("", "write a text such as listed:NASDAQ"),
        (["AAPL"], "write a text such as listed:NASDAQ"),
    ],
)
def test_an_input_with_another_universe_is_refused(universe, said):
    """Before a run looks anything up."""
    with pytest.raises(InvalidInput, match=said):
        request_of({"universe": universe})


def test_an_input_with_symbols_and_a_universe_is_refused():
    """One of them is meant."""
    with pytest.raises(InvalidInput, match="both symbols and universe"):
        request_of({"universe": "listed:NYSE", "symbols": ["AAPL"]})
