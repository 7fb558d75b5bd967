"""The transcript of an earnings call, as the vendor has it or has it not, on 127.0.0.1."""

import json
from contextlib import contextmanager

import pytest

from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.simulated_alpha_vantage.terms import TRANSCRIPT
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    InvalidInput,
    NotPublishedYet,
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    StockflowError,
    Throttled,
    UnexpectedAnswer,
    UnknownSymbol,
)
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import new_session
from stockflow_functions.vendors.port import RawAnswer

KEY = "ABCDEFGH12345678"
TURN = {"speaker": "Ann Example", "title": "CEO", "content": "Thank you for joining us.", "sentiment": "0.6"}


def client(url, key=KEY):
    return AlphaVantage(new_session(url), url, key, Redactor())


@pytest.fixture(scope="module")
def vendor():
    with SimulatedVendor(transcripts={("IBM", "2024Q1"): [TURN]}) as running:
        yield running


@pytest.fixture
def vendor_with(tmp_path):
    """A vendor whose answer for IBM's 2024Q1 is this, byte for byte."""

    @contextmanager
    def start(body):
        folder = tmp_path / "transcripts"
        folder.mkdir()
        (folder / "IBM.2024Q1.json").write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        with SimulatedVendor(recordings=tmp_path) as running:
            yield client(running.url)

    return start


def answer(**changes):
    return {"symbol": "IBM", "quarter": "2024Q1", "transcript": [TURN], **changes}


def test_transcript_comes_as_the_vendor_sent_it(vendor_with):
    """Byte for byte, for it is stored before anyone reads it; it says nothing of its age."""
    body = b"\n " + json.dumps(answer()).encode() + b"\r\n"
    with vendor_with(body) as client:
        assert client.transcript("IBM", "2024Q1") == RawAnswer(body, "")


def test_recorded_transcript_is_an_answer(shared, vendor_with):
    """What the vendor's documentation shows, three turns of it."""
    body = (shared / "calls" / "alphavantage" / "IBM_2024Q1_first3_shortened.json").read_bytes()
    with vendor_with(body) as client:
        assert client.transcript("IBM", "2024Q1").body == body


def test_recorded_empty_list_is_no_empty_call(shared, vendor_with):
    """A company that the vendor does not follow has HTTP 200 and no turn."""
    body = (shared / "calls" / "alphavantage" / "no_coverage_empty_list.json").read_bytes()
    with vendor_with(body) as client, pytest.raises(NotPublishedYet):
        client.transcript("IBM", "2024Q1")


def test_call_that_the_vendor_has_not_is_not_published_yet(vendor):
    """The sentence says that it comes a day or two later, or never."""
    with pytest.raises(NotPublishedYet, match=r"a day or two after the call.*never\.$"):
        client(vendor.url).transcript("IBM", "2024Q2")


def test_request_is_the_documented_one(vendor):
    """Symbol and quarter under their names; the vendor counts it like any other."""
    client(vendor.url).transcript("ibm", "2024Q1")

    newest = vendor.requests[-1]
    assert (newest.function, newest.symbol, newest.quarter, newest.answered) == (TRANSCRIPT, "ibm", "2024Q1", "data")


@pytest.mark.parametrize(
    "quarter",
    [
        "",
        "2024",
        "2024Q",
        "2024Q0",
        "2024Q5",
        "2024-Q1",
        "2024q1",
        "24Q1",
        "2024Q1 ",
        "Q1 2024",
        "\N{FULLWIDTH DIGIT TWO}024Q1",
        "2024Q1&apikey=x",
        "2024Q1\n",
    ],
)
def test_what_is_no_quarter_is_told_before_anything_is_asked(vendor, quarter):
    """A request would be spent on it."""
    before = len(vendor.requests)

    with pytest.raises(InvalidInput, match=r"is no quarter: write a year and a quarter, such as 2024Q1\.$"):
        client(vendor.url).transcript("IBM", quarter)
    assert len(vendor.requests) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"symbol": "MSFT"}, "asked for 'IBM' and answered for 'MSFT'"),
        ({"symbol": None}, "asked for 'IBM' and answered for no symbol"),
        ({"quarter": "2023Q1"}, "asked for '2024Q1' and answered for '2023Q1'"),
        ({"quarter": ""}, "asked for '2024Q1' and answered for no quarter"),
    ],
)
def test_transcript_of_another_call_is_unexpected(vendor_with, changes, words):
    """The echo of symbol and quarter is held against what was asked."""
    with vendor_with(answer(**changes)) as client, pytest.raises(UnexpectedAnswer, match=words):
        client.transcript("IBM", "2024Q1")


def test_transcript_that_repeats_the_key_is_masked_and_says_so(vendor_with):
    """Nobody behind the client knows the key, or could mask it."""
    with vendor_with(answer(transcript=[{**TURN, "content": f"The key is {KEY.lower()}."}])) as client:
        found = client.transcript("IBM", "2024Q1")

    assert found.body == json.dumps(answer(transcript=[{**TURN, "content": "The key is [redacted]."}])).encode()
    assert found.masked


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttled", Throttled),
        ("quota", QuotaExhausted),
        ("premium", PremiumRequired),
        ("invalid_key", InvalidApiKey),
        ("unknown", UnknownSymbol),
        ("unexpected", UnexpectedAnswer),
        ("empty_object", NotPublishedYet),
        ("no_rows", NotPublishedYet),
        ("truncated", ProviderUnavailable),
        ("other_symbol", UnexpectedAnswer),
        ("html_200", ProviderUnavailable),
        ("http_429", Throttled),
    ],
)
def test_every_fault_has_its_error(vendor, fault, kind):
    """As for prices, but that nothing in place of a transcript says nothing against the symbol."""
    vendor.fail("IBM", fault)
    with pytest.raises(StockflowError) as caught:
        client(vendor.url).transcript("IBM", "2024Q1")

    assert type(caught.value) is kind
    assert KEY not in str(caught.value) + caught.value.vendor_text


@pytest.mark.parametrize("fault", ["premium", "unknown"])
def test_refusal_of_a_transcript_does_not_speak_of_prices(vendor, fault):
    """What to write instead is another thing here."""
    vendor.fail("IBM", fault)
    with pytest.raises(StockflowError) as caught:
        client(vendor.url).transcript("IBM", "2024Q1")

    assert not {"prices", "outputsize", "history"} & set(str(caught.value).replace(",", "").split())
