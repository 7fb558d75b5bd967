"""The vendor's listings: CSV where all is well, JSON where it is not."""

import json
from datetime import date

import pytest

from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    StockflowError,
    Throttled,
    UnexpectedAnswer,
)
from stockflow_functions.domain.listings.csv_text import listings_of
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.classifier import classify_table
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import new_session
from tests.helpers.vendor_sentences import BAD_KEY, BAD_SYMBOL, DAY_QUOTA, ONE_A_SECOND, PREMIUM_ENDPOINT
from tests.helpers.written_listings import AS_OF, csv_of, listing

ROWS = (listing("AAPL"), listing("GONE", ends="2024-03-15"))
FAULTS = {
    "throttled": Throttled,
    "quota": QuotaExhausted,
    "premium": PremiumRequired,
    "invalid_key": InvalidApiKey,
    "unknown": UnexpectedAnswer,
    "unexpected": UnexpectedAnswer,
    "empty_object": UnexpectedAnswer,
    "no_rows": UnexpectedAnswer,
    "empty_body": ProviderUnavailable,
    "html_200": ProviderUnavailable,
    "http_429": Throttled,
    "http_500": ProviderUnavailable,
    "cut_off": ProviderUnavailable,
}


@pytest.fixture(scope="module")
def vendor():
    with SimulatedVendor(listings=ROWS) as running:
        yield running


@pytest.fixture
def client(vendor):
    return AlphaVantage(new_session(vendor.url), vendor.url, "SECRETKEY1234567", Redactor())


@pytest.mark.parametrize(("state", "symbols"), [("active", ["AAPL"]), ("delisted", ["GONE"])])
def test_each_state_has_its_list(client, state, symbols):
    """One request each, and the answer as it came."""
    answer = client.listings(state)
    assert [row.symbol for row in listings_of(answer.body.decode(), AS_OF)] == symbols


def test_an_earlier_day_has_its_own(client):
    """Who was listed then, though delisted since."""
    answer = client.listings("active", date(2015, 6, 30))
    assert [row.symbol for row in listings_of(answer.body.decode(), AS_OF)] == ["AAPL", "GONE"]


@pytest.mark.parametrize(("fault", "kind"), FAULTS.items())
def test_every_fault_has_its_error(vendor, client, fault, kind):
    """None is ever taken for a table."""
    vendor.fail("*", fault)
    with pytest.raises(StockflowError) as caught:
        client.listings()
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"Information": ONE_A_SECOND}, Throttled),
        ({"Information": DAY_QUOTA}, QuotaExhausted),
        ({"Information": PREMIUM_ENDPOINT}, PremiumRequired),
        ({"Error Message": BAD_KEY}, InvalidApiKey),
        ({"Error Message": BAD_SYMBOL}, UnexpectedAnswer),
        ({"data": []}, UnexpectedAnswer),
        ([], UnexpectedAnswer),
    ],
)
def test_a_refusal_is_json_though_the_answer_is_csv(said, kind):
    """In HTTP 200, in the words of all others; no symbol was asked for, so that none is unknown."""
    with pytest.raises(StockflowError) as caught:
        classify_table(200, "application/json", json.dumps(said).encode())
    assert type(caught.value) is kind


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_is_one_by_its_heading(mark):
    """Whatever the content type, and with a byte order mark too."""
    classify_table(200, "text/html", (mark + csv_of("A,Example,NYSE,Stock,null,null,Active")).encode())


def test_a_table_of_a_failed_request_is_none():
    """The status counts first."""
    with pytest.raises(ProviderUnavailable):
        classify_table(500, "application/x-download", csv_of().encode())
