"""What each answer of the vendor means."""

import json
from http import HTTPStatus

import pytest

from stockflow_functions.domain.errors import (
    InvalidApiKey,
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
from stockflow_functions.vendors.alpha_vantage.classifier import LONGEST_QUOTE, classify
from stockflow_functions.vendors.alpha_vantage.functions import DIVIDENDS, SPLITS, TRANSCRIPT
from tests.helpers.vendor_sentences import (
    BAD_FUNCTION,
    BAD_KEY,
    BAD_SYMBOL,
    BURST,
    DAY_QUOTA,
    DEMO_KEY,
    FIVE_A_MINUTE,
    ONE_A_SECOND,
    PREMIUM_ENDPOINT,
    PREMIUM_RATES,
    PREMIUM_SIZE,
    THANKS,
    VOLUME,
    VOLUME_2018,
)

DAILY = "TIME_SERIES_DAILY"
NEW_WORDS = "Our hamsters are on strike."
ROW = {"1. open": "1.0000", "2. high": "1.0000", "3. low": "1.0000", "4. close": "1.0000", "5. volume": "1"}
GOOD = {"Meta Data": {"2. Symbol": "IBM"}, "Time Series (Daily)": {"2024-09-05": ROW}}

HTML = b"<!DOCTYPE html>\n<html><head><title>Application Error</title></head><body></body></html>"
CSV_WITH_A_REFUSAL = f'''timestamp,open,high,low,close,volume,Symbol
2021-06-30,1.0,2.0,0.5,1.5,70,ACME
"    ""Error Message"": ""{BAD_SYMBOL}""",OTHER
}},OTHER
'''.encode()
SAMPLE = {
    "endpoint": "Realtime Bulk Quotes",
    "message": "This is a premium endpoint. ***THE SAMPLE DATA SCHEMA BELOW IS ARTIFICIAL***.",
    "data": [{"symbol": "ACME", "close": "1.00"}],
}

# By the name of the recorded answer: its class, and one of the same kind that is written here.
REFUSALS = {
    "csv_mode_error_swallowed.csv": (ProviderUnavailable, CSV_WITH_A_REFUSAL),
    "empty_object.json": (UnknownSymbol, {}),
    "error_function_does_not_exist.json": (UnexpectedAnswer, {"Error Message": BAD_FUNCTION}),
    "error_invalid_api_call_daily.json": (UnknownSymbol, {"Error Message": BAD_SYMBOL}),
    "error_invalid_api_call_daily_adjusted.json": (
        UnknownSymbol,
        {"Error Message": BAD_SYMBOL.replace(DAILY, f"{DAILY}_ADJUSTED")},
    ),
    "error_invalid_apikey.json": (InvalidApiKey, {"Error Message": BAD_KEY}),
    "global_quote_empty.json": (UnknownSymbol, {"Global Quote": {}}),
    "http_503_html.json": (ProviderUnavailable, HTML),
    "information_1_per_second.json": (Throttled, {"Information": ONE_A_SECOND}),
    "information_25_per_day_key_echo.json": (QuotaExhausted, {"Information": DAY_QUOTA}),
    "information_burst_5_per_second.json": (Throttled, {"Information": BURST}),
    "information_contact_premium_volume.json": (Throttled, {"Information": VOLUME}),
    "information_demo_key.json": (InvalidApiKey, {"Information": DEMO_KEY}),
    "information_higher_call_volume_2018.json": (Throttled, {"Information": VOLUME_2018}),
    "information_outputsize_full_premium.json": (PremiumRequired, {"Information": PREMIUM_SIZE}),
    "information_premium_endpoint.json": (PremiumRequired, {"Information": PREMIUM_ENDPOINT}),
    "message_premium_with_artificial_sample.json": (PremiumRequired, SAMPLE),
    "note_5_per_minute_500_per_day.json": (Throttled, {"Note": FIVE_A_MINUTE}),
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
    "premium parameter, without thanks": ("Information", PREMIUM_SIZE.replace(f"{THANKS}The", "the"), PremiumRequired),
    "premium, with its plans' rates": ("Information", PREMIUM_RATES, PremiumRequired),
    "bad key": ("Error Message", BAD_KEY, InvalidApiKey),
    "demo key": ("Information", DEMO_KEY, InvalidApiKey),
    "bad symbol": ("Error Message", BAD_SYMBOL, UnknownSymbol),
    "bad function": ("Error Message", BAD_FUNCTION, UnexpectedAnswer),
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


@pytest.fixture(params=["recorded", "written here"])
def refusal(request, name):
    """A refusal's HTTP status, content type and body."""
    status, content_type = (503, "text/html; charset=utf-8") if "http_503" in name else (200, "application/json")
    if request.param == "written here":
        return REFUSALS[name][1], status, content_type
    body = (request.getfixturevalue("shared") / "alphavantage" / "errors" / name).read_bytes()
    return json.loads(body)["body"].encode() if status != HTTPStatus.OK else body, status, content_type


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_have_their_class(refusal, name):
    """Each refusal that was ever recorded is raised under the name that the workflow routes."""
    assert type(refusal_of(*refusal)) is REFUSALS[name][0]


def test_every_recorded_refusal_is_known_here(shared):
    """No file of recorded refusals is without an expectation."""
    assert {path.name for path in (shared / "alphavantage" / "errors").iterdir()} == set(REFUSALS)


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


@pytest.mark.parametrize("function", [SPLITS, DIVIDENDS])
def test_splits_and_dividends_may_be_none(function):
    """A symbol that never split, or never paid, has an empty list, which is an answer."""
    none = {"symbol": "IBM", "data": []}
    assert classify(200, "application/json", json.dumps(none).encode(), function) == none


@pytest.mark.parametrize(("function", "what"), [(SPLITS, "splits"), (DIVIDENDS, "dividends"), (DAILY, "prices")])
def test_an_answer_without_its_data_says_what_it_lacks(function, what):
    """With the keys that came instead."""
    with pytest.raises(UnexpectedAnswer, match=f"without {what}; its JSON has these keys: 'rows'"):
        classify(200, "application/json", b'{"rows": [1]}', function)


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


TURNS = [{"speaker": "Ann Example", "title": "CEO", "content": "Thank you.", "sentiment": "0.6"}]


def transcript_refusal(body):
    with pytest.raises(StockflowError) as caught:
        classify(200, "application/json", json.dumps(body).encode(), TRANSCRIPT)
    return caught.value


@pytest.mark.parametrize("more", [{}, {"Note": FIVE_A_MINUTE}])
def test_a_transcript_with_a_turn_is_data(more):
    """Whatever note is beside it."""
    body = {"symbol": "IBM", "quarter": "2024Q1", "transcript": TURNS, **more}
    assert classify(200, "application/json", json.dumps(body).encode(), TRANSCRIPT) == body


@pytest.mark.parametrize(
    "body",
    [
        {"symbol": "TSM", "quarter": "2025Q1", "transcript": []},
        {"symbol": "TSM", "quarter": "2025Q1", "transcript": None},
        {"transcript": []},
        {"transcript": {}},
        {},
    ],
)
def test_no_turn_is_a_transcript_that_may_come(body):
    """Neither an empty call, nor an unknown symbol: the vendor answers so for a call of yesterday."""
    assert type(transcript_refusal(body)) is NotPublishedYet


def test_words_beside_an_empty_list_decide():
    """A throttled request must not look like a call without a transcript."""
    body = {"symbol": "IBM", "quarter": "2024Q1", "transcript": [], "Information": ONE_A_SECOND}
    assert type(transcript_refusal(body)) is Throttled


def test_artificial_turns_are_a_premium_refusal():
    """Sample words beside a premium refusal were said by nobody."""
    assert type(transcript_refusal({"transcript": TURNS, "message": PREMIUM_ENDPOINT})) is PremiumRequired


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        {"symbol": "IBM", "quarter": "2024Q1"},
        {"transcript": "Thank you."},
        {"transcript": {"1": TURNS}},
    ],
)
def test_json_without_turns_is_unexpected(body):
    """Another kind of JSON is never taken for a transcript that is still to come."""
    assert type(transcript_refusal(body)) is UnexpectedAnswer
