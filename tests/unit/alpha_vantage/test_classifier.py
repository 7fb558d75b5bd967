"""What each answer of the vendor means."""

import json
from http import HTTPStatus

import pytest

from stockflow_functions.domain.errors import (
    InvalidApiKey,
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    StockflowError,
    Throttled,
    UnexpectedAnswer,
    UnknownSymbol,
)
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.classifier import LONGEST_QUOTE, classify

DAILY = "TIME_SERIES_DAILY"
THANKS = "Thank you for using Alpha Vantage! "
PLANS = "You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to "
ONE_A_SECOND = (
    f"{THANKS}Please consider spreading out your free API requests more sparingly (1 request per second). {PLANS}lift "
    "the free key rate limit (25 requests per day), raise the per-second burst limit, and instantly unlock all premium "
    "endpoints"
)
BURST = (
    "Burst pattern detected. Please consider spreading out your API requests more evenly across a 1-minute window and "
    "query no more than 20 requests per second. Please contact support@alphavantage.co if you are targeting a higher "
    "API request volume."
)
VOLUME = f"{THANKS}Please contact premium@alphavantage.co if you are targeting a higher API call volume."
VOLUME_2018 = (
    f"{THANKS}Please kindly contact support@alphavantage.co if you would like to have a higher API call volume"
)
FIVE_A_MINUTE = (
    f"{THANKS}Our standard API call frequency is 5 calls per minute and 500 calls per day. Please visit "
    "https://www.alphavantage.co/premium/ if you would like to target a higher API call frequency."
)
DAY_QUOTA = (
    "We have detected your API key as ABCDEFGH12345678 and our standard API rate limit is 25 requests per day. Please "
    "subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate "
    "limits."
)
PREMIUM_ENDPOINT = f"{THANKS}This is a premium endpoint. {PLANS}instantly unlock all premium endpoints"
PREMIUM_SIZE = (
    f"the outputsize=full parameter value is a premium feature for the TIME_SERIES_DAILY endpoint. {PLANS}instantly "
    "unlock all premium features"
)
PREMIUM_RATES = "This is a premium endpoint. Premium plans offer 75 to 1200 requests per minute."
BAD_KEY = (
    "the parameter apikey is invalid or missing. Please claim your free API key on "
    "(https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds."
)
DEMO_KEY = (
    "The **demo** API key is for demo purposes only. Please claim your free API key at "
    "(https://www.alphavantage.co/support/#api-key) to explore our full API offerings. It takes fewer than 20 seconds."
)
BAD_SYMBOL = (
    "Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for "
    "TIME_SERIES_DAILY."
)
NEW_WORDS = "Our hamsters are on strike."
ROW = {"1. open": "1.0000", "2. high": "1.0000", "3. low": "1.0000", "4. close": "1.0000", "5. volume": "1"}
GOOD = {"Meta Data": {"2. Symbol": "IBM"}, "Time Series (Daily)": {"2024-09-05": ROW}}

CLASS_OF_RECORDED = {
    "csv_mode_error_swallowed.csv": ProviderUnavailable,
    "empty_object.json": UnknownSymbol,
    "error_function_does_not_exist.json": UnexpectedAnswer,
    "error_invalid_api_call_daily.json": UnknownSymbol,
    "error_invalid_api_call_daily_adjusted.json": UnknownSymbol,
    "error_invalid_apikey.json": InvalidApiKey,
    "global_quote_empty.json": UnknownSymbol,
    "http_503_html.json": ProviderUnavailable,
    "information_1_per_second.json": Throttled,
    "information_25_per_day_key_echo.json": QuotaExhausted,
    "information_burst_5_per_second.json": Throttled,
    "information_contact_premium_volume.json": Throttled,
    "information_demo_key.json": InvalidApiKey,
    "information_higher_call_volume_2018.json": Throttled,
    "information_outputsize_full_premium.json": PremiumRequired,
    "information_premium_endpoint.json": PremiumRequired,
    "message_premium_with_artificial_sample.json": PremiumRequired,
    "note_5_per_minute_500_per_day.json": Throttled,
}

SAID = {
    "free key, more than one a second": ("Information", ONE_A_SECOND, Throttled),
    "paid key, a burst": ("Information", BURST, Throttled),
    "paid key, a full minute": ("Information", VOLUME, Throttled),
    "2018": ("Information", VOLUME_2018, Throttled),
    "2018 to 2023": ("Note", FIVE_A_MINUTE, Throttled),
    "the day's quota": ("Information", DAY_QUOTA, QuotaExhausted),
    "premium endpoint": ("Information", PREMIUM_ENDPOINT, PremiumRequired),
    "premium parameter": ("Information", PREMIUM_SIZE, PremiumRequired),
    "premium, with its plans' rates": ("Information", PREMIUM_RATES, PremiumRequired),
    "bad key": ("Error Message", BAD_KEY, InvalidApiKey),
    "demo key": ("Information", DEMO_KEY, InvalidApiKey),
    "bad symbol": ("Error Message", BAD_SYMBOL, UnknownSymbol),
    "bad function": ("Error Message", "This API function (GLOBAL_QUOT) does not exist.", UnexpectedAnswer),
    "new words under Note": ("Note", NEW_WORDS, UnexpectedAnswer),
    "new words under Information": ("Information", NEW_WORDS, UnexpectedAnswer),
    "new words under message": ("message", NEW_WORDS, UnexpectedAnswer),
    "new words under Error Message": ("Error Message", NEW_WORDS, UnknownSymbol),
    "a refused method": ("detail", 'Method "POST" not allowed.', UnexpectedAnswer),
}
KNOWN_SENTENCES = {text for _, text, kind in SAID.values() if kind is not UnexpectedAnswer} - {NEW_WORDS}


def refusal_of(body, status=200, content_type="application/json", redactor=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(StockflowError) as caught:
        classify(status, content_type, raw, DAILY, (redactor or Redactor()).clean)
    return caught.value


@pytest.mark.parametrize(("name", "kind"), CLASS_OF_RECORDED.items())
def test_recorded_refusals_have_their_class(shared, name, kind):
    """Each recorded refusal is raised under the name that the workflow routes."""
    body = (shared / "alphavantage" / "errors" / name).read_bytes()
    status, content_type = 200, "application/json"
    if name == "http_503_html.json":
        recorded = json.loads(body)
        status, content_type = recorded["statusCode"], recorded["headers"]["content-type"]
        body = recorded["body"].encode()
    assert type(refusal_of(body, status, content_type)) is kind


def test_every_recorded_refusal_is_known_here(shared):
    """No file of recorded refusals is without an expectation."""
    assert {path.name for path in (shared / "alphavantage" / "errors").iterdir()} == set(CLASS_OF_RECORDED)


@pytest.mark.parametrize("name", SAID)
def test_the_sentence_decides(name):
    """The vendor's sentence, not the key it stands under, names the class."""
    key, text, kind = SAID[name]
    assert type(refusal_of({key: text})) is kind


@pytest.mark.parametrize("name", [name for name, (_, text, _) in SAID.items() if text in KNOWN_SENTENCES])
@pytest.mark.parametrize("key", ["Note", "Information", "Error Message", "message"])
def test_a_known_sentence_is_known_under_any_key(name, key):
    """The vendor moved its sentences from key to key over the years."""
    _, text, kind = SAID[name]
    assert type(refusal_of({key: text})) is kind


@pytest.mark.parametrize("name", SAID)
def test_messages_are_one_sentence(name):
    """What a person reads is one sentence, short enough for a Slack line."""
    key, text, _ = SAID[name]
    message = str(refusal_of({key: text}))
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < LONGEST_QUOTE + 100


@pytest.mark.parametrize("name", ["the day's quota", "bad key", "demo key"])
def test_a_wrong_key_and_a_spent_quota_name_each_other(name):
    """The vendor can give the same answer to both, so the message does not send a person the wrong way."""
    key, text, _ = SAID[name]
    assert "a wrong key and a spent quota can give the same answer" in str(refusal_of({key: text}))


def test_good_answer_is_returned_parsed():
    """A series with rows is the answer."""
    assert classify(200, "application/json", json.dumps(GOOD).encode(), DAILY) == GOOD


def test_a_decorated_series_key_is_data():
    """The vendor decorates keys for some plans: the beginning is enough."""
    decorated = {**GOOD, "Time Series (Daily) - DATA DELAYED BY 15 MINUTES": GOOD["Time Series (Daily)"]}
    del decorated["Time Series (Daily)"]
    assert classify(200, "application/json", json.dumps(decorated).encode(), DAILY) == decorated


def test_data_beside_a_note_is_data():
    """A note beside real rows does not throw them away."""
    noted = {**GOOD, "Note": FIVE_A_MINUTE}
    assert classify(200, "application/json", json.dumps(noted).encode(), DAILY) == noted


def test_artificial_data_is_a_premium_refusal():
    """Sample data beside a premium refusal is not data."""
    said = (
        "This is a premium endpoint. ***THE SAMPLE DATA SCHEMA BELOW IS ARTIFICIAL***. To access the actual data, ..."
    )
    assert type(refusal_of({**GOOD, "message": said})) is PremiumRequired


def test_splits_may_be_none():
    """A symbol that never split has an empty list, which is an answer."""
    none = {"symbol": "IBM", "data": []}
    assert classify(200, "application/json", json.dumps(none).encode(), "SPLITS") == none


@pytest.mark.parametrize(
    "body", [{}, {"Time Series (Daily)": {}}, {"Meta Data": {"2. Symbol": "X"}, "Time Series (Daily)": {}}]
)
def test_no_data_leaves_an_outage_open(body):
    """Nothing in place of data is an unknown symbol, or an outage: the message says both."""
    error = refusal_of(body)
    assert type(error) is UnknownSymbol
    assert "outage" in str(error)


@pytest.mark.parametrize("body", [[], "text", 3, None, {"Weekly Time Series": {"2024-09-05": ROW}}, {"Note": 7}])
def test_json_of_another_kind_is_unexpected(body):
    """Valid JSON that is neither data nor words is never taken for no data."""
    assert type(refusal_of(body)) is UnexpectedAnswer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<!DOCTYPE html><html></html>",
        b"timestamp,open,high,low,close,volume\r\n",
        json.dumps(GOOD).encode()[:-20],
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[" + b"[]," * 100_000 + b"[]]",
        b"{" + b'"":{},' * 100_000 + b'"":{}}',
    ],
)
def test_what_is_not_json_is_an_unavailable_vendor(body):
    """HTML, CSV, half of a JSON text, or nothing: the vendor is not well just now."""
    assert type(refusal_of(body)) is ProviderUnavailable


@pytest.mark.parametrize(("status", "kind"), [(429, Throttled), (500, ProviderUnavailable), (403, ProviderUnavailable)])
def test_http_status_decides_where_there_are_no_words(status, kind):
    """A status other than 200 with a web page is throttling or an outage, and the message names it."""
    error = refusal_of(b"<html>Error</html>", status, "text/html")
    assert type(error) is kind
    assert f"HTTP {status}" in str(error)


def test_words_come_before_the_http_status():
    """A spent quota under HTTP 429 is not retried."""
    assert type(refusal_of({"Information": DAY_QUOTA}, HTTPStatus.TOO_MANY_REQUESTS)) is QuotaExhausted


def test_data_with_a_bad_status_is_not_taken():
    """Rows under HTTP 500 are not trusted."""
    assert type(refusal_of(GOOD, 500)) is ProviderUnavailable


def test_the_vendors_words_are_kept_redacted():
    """What the vendor said goes with the error, without the key that it repeats."""
    error = refusal_of({"Information": DAY_QUOTA})
    assert "standard API rate limit is 25" in error.vendor_text
    assert "ABCDEFGH12345678" not in error.vendor_text


def test_long_unexpected_words_are_cut_after_redaction():
    """Words are bounded, and a key at the edge is masked before the cut, not halved by it."""
    secret = "K" * 20
    redactor = Redactor()
    redactor.learn(secret)
    error = refusal_of({"Note": "x" * (LONGEST_QUOTE - 10) + secret + "y" * 500}, redactor=redactor)
    assert "KKKK" not in str(error)
    assert len(error.vendor_text) == LONGEST_QUOTE


def test_days_are_no_answer_to_a_question_for_weeks():
    """Stored as weeks they would be wrong in every row; nor are weeks an answer to one for days."""
    days, weeks = (
        {f"{key}": {"2024-09-05": {"4. close": "1"}}} for key in ("Time Series (Daily)", "Weekly Time Series")
    )

    assert classify(200, "application/json", json.dumps(weeks).encode(), "TIME_SERIES_WEEKLY") == weeks
    for function, body in (("TIME_SERIES_WEEKLY", days), (DAILY, weeks)):
        with pytest.raises(UnexpectedAnswer, match="without prices"):
            classify(200, "application/json", json.dumps(body).encode(), function)
