"""The simulated vendor refuses in the real one's words."""

import json

import pytest

from stockflow.simulated_alpha_vantage import refusals
from stockflow.simulated_alpha_vantage.faults import FAULTS, Script, reply_to
from stockflow.simulated_alpha_vantage.terms import DAILY, Query, Reply
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.vendors.alpha_vantage.classifier import classify
from tests.helpers.vendor_sentences import (
    BAD_FUNCTION,
    BAD_KEY,
    BAD_SYMBOL,
    BURST,
    DAY_QUOTA,
    ONE_A_SECOND,
    PREMIUM_ENDPOINT,
    PREMIUM_SIZE,
    VOLUME,
)

KEY = "ABCDEFGH12345678"

# By the name of the recorded answer: the simulated one, and what the vendor says.
SAME_AS = {
    "information_1_per_second.json": (refusals.throttled(), {"Information": ONE_A_SECOND}),
    "information_burst_5_per_second.json": (refusals.burst(5), {"Information": BURST}),
    "information_contact_premium_volume.json": (refusals.volume(), {"Information": VOLUME}),
    "information_25_per_day_key_echo.json": (refusals.quota(KEY, 25), {"Information": DAY_QUOTA}),
    "information_premium_endpoint.json": (refusals.premium_endpoint(), {"Information": PREMIUM_ENDPOINT}),
    "information_outputsize_full_premium.json": (refusals.premium_size(DAILY), {"Information": PREMIUM_SIZE}),
    "error_invalid_apikey.json": (refusals.invalid_key(), {"Error Message": BAD_KEY}),
    "error_invalid_api_call_daily.json": (refusals.unknown(DAILY), {"Error Message": BAD_SYMBOL}),
    "error_function_does_not_exist.json": (refusals.no_function("GLOBAL_QUOT"), {"Error Message": BAD_FUNCTION}),
}
QUERY = Query(DAILY, "IBM", "", "KEY123")


def names_for(script, symbol, count):
    return [script.next_for(symbol) for _ in range(count)]


@pytest.fixture(params=["recorded", "written here"])
def said(request, name):
    """What the vendor says; in a recording, the key that it repeats is masked."""
    if request.param == "written here":
        return SAME_AS[name][1]
    recorded = (request.getfixturevalue("shared") / "alphavantage" / "errors" / name).read_text(encoding="utf-8")
    return json.loads(recorded.replace("X" * len(KEY), KEY))


@pytest.mark.parametrize("name", SAME_AS)
def test_refusals_are_word_for_word(name, said):
    """Each simulated refusal is the vendor's own."""
    assert json.loads(SAME_AS[name][0].body) == said


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "ok"])
def test_faults_are_remembered_by_name(name):
    """The list of requests says which fault was met."""
    good = b'{\n "2. Symbol": "IBM", "Time Series (Daily)": {"2024-09-05": {}}}'
    assert reply_to(name, QUERY, lambda: Reply(good)).answered == name


@pytest.mark.parametrize(
    "name", ["throttled", "burst", "volume", "quota", "premium", "invalid_key", "unknown", "unexpected"]
)
def test_spoken_faults_are_refusals(name):
    """A fault in words is never taken for data."""
    body = reply_to(name, QUERY, lambda: Reply(b"")).body
    with pytest.raises(StockflowError):
        classify(200, "application/json", body, DAILY)


def test_each_request_consumes_one_fault():
    """Faults come in order, each once, then none."""
    assert names_for(Script({"ibm": ["throttled", "http-500"]}), "IBM", 3) == ["throttled", "http_500", None]


def test_faults_repeat_and_hang_for_a_while():
    """``name*3`` is three of them; ``hang:0.5`` is half a second of silence."""
    script = Script({"*": ["burst*2", "hang:0.5"]})
    assert names_for(script, "ANY", 4) == ["burst", "burst", "hang:0.5", None]
    assert reply_to("hang:0.5", QUERY, lambda: Reply(b"")).delay_seconds == 0.5


def test_a_symbols_own_faults_come_before_those_of_all():
    """``*`` is for whatever has no fault of its own."""
    script = Script({"*": ["burst"], "IBM": ["quota"]})
    assert names_for(script, "IBM", 3) == ["quota", "burst", None]


@pytest.mark.parametrize("entry", ["nonsense", "", "hang:x", "hang:-1", "hang:1e9", "burst*x", "burst*-1", "burst:5"])
def test_a_name_that_is_no_fault_is_told(entry):
    """The sentence lists what can be written."""
    with pytest.raises(ValueError, match=r"is not a fault: write one of .*throttled"):
        Script({"IBM": [entry]})
