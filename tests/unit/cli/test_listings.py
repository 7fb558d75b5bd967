"""``stockflow listings``: who is listed, and who was."""

import json
from datetime import date, timedelta

import pytest

from stockflow.cli import refreshing
from stockflow.errors import CommandFailed
from stockflow.testing import FakeAws, client_error
from stockflow_functions.aws.listings import write_listings
from stockflow_functions.domain.listings.table import encode
from tests.helpers.fake_aws import FakeRefreshFunction
from tests.helpers.written_listings import listing, listings

ALL = listings(
    listing("AAPL", name="Apple Inc"),
    listing("SPY", exchange="NYSE ARCA", asset_type="ETF"),
    listing("GONE", ends="2024-03-15"),
    listing("TWICE", "1999-11-01", "2012-06-29", exchange="NYSE"),
    listing("TWICE", "2019-09-16"),
    listing("COMING", "2999-12-10"),
    listing("BARE", None),
)


@pytest.fixture
def kept(tmp_path):
    """An output folder with listings."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "listings.parquet").write_bytes(encode(ALL))


@pytest.fixture
def on_aws(cloud):
    cloud.clients["lambda"] = FakeRefreshFunction(sentence="Listings of 2026-11-27: 5 listed, 2 ended.")
    cloud.s3.put_object(Bucket="the-bucket", Key="listings.parquet", Body=encode(ALL))
    return cloud.clients["lambda"]


def test_the_exchanges_are_counted(stockflow, kept):
    """The largest first, with the day that the listings are of."""
    lines = stockflow("listings").stdout.splitlines()
    assert lines[0].startswith("Listings of 2026-11-27, ")
    assert lines[1] == "4 symbols listed, 2 listings ended."
    assert [line.split() for line in lines[3:]] == [["NASDAQ", "3"], ["NYSE", "ARCA", "1"]]


def test_a_symbol_has_its_life(stockflow, kept):
    """Each of its companies, the newest first."""
    lines = stockflow("listings", "twice").stdout.splitlines()
    assert [line.split("  ")[0].strip() for line in lines] == ["TWICE", "TWICE"]
    assert "listed since 2019-09-16" in lines[0]
    assert "delisted on 2012-06-29, listed since 1999-11-01" in lines[1]


@pytest.mark.parametrize(
    ("symbol", "said"),
    [
        ("COMING", "to be listed on 2999-12-10"),
        ("BARE", "listed since an unknown day"),
        ("APPL", "in no listing of 2026-11-27: did you mean AAPL?"),
        ("QWERTY", "in no listing of 2026-11-27"),
    ],
)
def test_a_symbol_that_has_none_says_so(stockflow, kept, symbol, said):
    """To come, without a beginning, or unknown."""
    assert said in stockflow("listings", symbol).stdout


def test_without_listings_the_command_says_how_to_have_them(stockflow):
    """Nothing is asked for unasked."""
    done = stockflow("listings")
    assert (done.exit_code, "stockflow listings --update" in done.stderr) == (1, True)


def test_damaged_listings_are_told(stockflow, kept, tmp_path):
    """In a sentence."""
    (tmp_path / "out" / "listings.parquet").write_bytes(b"no table")
    done = stockflow("listings")
    assert (done.exit_code, "can't be read" in done.stderr) == (1, True)


def test_what_can_not_be_a_symbol_is_refused(stockflow, kept):
    """Before anything is looked up."""
    assert stockflow("listings", "../x").exit_code == 2


def test_the_stacks_listings_are_in_its_bucket(stockflow, on_aws):
    """Nothing is asked for."""
    done = stockflow("listings", "AAPL", "--aws")
    assert "Apple Inc" in done.stdout
    assert on_aws.calls == []


def test_a_stack_is_told_to_refresh_its_listings(stockflow, on_aws):
    """Its function is called under the alias that the schedule calls."""
    done = stockflow("listings", "--update", "--aws")
    assert done.stdout.splitlines()[0] == "Listings of 2026-11-27: 5 listed, 2 ended."
    (call,) = on_aws.calls
    assert (call["FunctionName"], call["Qualifier"]) == ("stockflow-dev-RefreshListings", "live")


def test_a_refresh_that_fails_says_why(stockflow, on_aws):
    """In the function's own sentence."""
    on_aws.failed = True
    on_aws.answer = {"errorType": "QuotaExhausted", "errorMessage": "Spent. The listings of 2026-11-20 stay."}
    done = stockflow("listings", "--update", "--aws")
    assert done.exit_code == 1
    assert "The listings are not refreshed: Spent. The listings of 2026-11-20 stay." in done.stderr


def test_a_refresh_that_is_denied_says_what_to_grant(stockflow, on_aws):
    """To whoever asks, not to the function."""
    on_aws.refuses = client_error("AccessDeniedException", "Invoke")
    assert "lambda:InvokeFunction" in stockflow("listings", "--update", "--aws").stderr


class FakeEmbedded:
    """As much of an embedded AWS as a refresh needs."""

    def __init__(self, services, answer=None):
        self.services, self.asked = services, 0
        self._answer = answer

    @property
    def functions(self):
        return {"RefreshListings": self._refresh}

    def _refresh(self, _body):
        self.asked += 1
        payload = self._answer or {"sentence": "Listings of today."}
        return type("Answer", (), {"payload": json.dumps(payload).encode(), "function_error": self._answer and "x"})


@pytest.mark.parametrize(
    ("universe", "days_old", "asked"),
    [
        ("listed:NASDAQ", None, 1),
        ("listed:NASDAQ", 7, 0),
        ("listed:NASDAQ", 8, 1),
        ("universes/a.txt", None, 0),
        (None, None, 0),
    ],
)
def test_a_universe_of_listings_has_young_ones(universe, days_old, asked):
    """They are asked for where they are missing or older than a week, and for no other run."""
    embedded = FakeEmbedded(services_with(days_old))
    said = refreshing.ready_for(universe, embedded)
    assert (embedded.asked, bool(said)) == (asked, bool(asked))


def test_old_listings_are_better_than_none():
    """Where they can't be renewed, the run goes on with a word about it."""
    embedded = FakeEmbedded(services_with(30), {"errorMessage": "Spent."})
    assert refreshing.ready_for("listed:NASDAQ", embedded).startswith("Listings could not be asked for, though those")


def test_no_listings_end_the_command():
    """The run could do nothing."""
    with pytest.raises(CommandFailed, match="Spent"):
        refreshing.ready_for("listed:NASDAQ", FakeEmbedded(services_with(None), {"errorMessage": "Spent."}))


def services_with(days_old):
    """Services whose bucket has listings of so many days ago; None for none."""
    aws = FakeAws()
    if days_old is not None:
        as_of = date(2026, 11, 20) - timedelta(days=days_old)
        write_listings(aws.services.bucket, listings(listing("A", seen=as_of), as_of=as_of), None)
    return aws.services
