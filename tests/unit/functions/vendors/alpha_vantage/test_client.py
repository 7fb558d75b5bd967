"""The HTTP client, against the simulated vendor and against servers that misbehave, all on 127.0.0.1."""

import gzip
import json
import logging
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.domain.actions.answers import Dividend, Listed
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    InvalidInput,
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    StockflowError,
    Throttled,
    UnexpectedAnswer,
    UnknownSymbol,
)
from stockflow_functions.domain.prices.known_splits import Split
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import USER_AGENT, DownloadLimits, new_session
from stockflow_functions.version import __version__

KEY = "ABCDEFGH12345678"
QUICK = DownloadLimits(connect_seconds=1, read_seconds=0.3, total_seconds=0.6)
EXPECTED = {
    "throttled": Throttled,
    "burst": Throttled,
    "volume": Throttled,
    "quota": QuotaExhausted,
    "premium": PremiumRequired,
    "invalid_key": InvalidApiKey,
    "unknown": UnknownSymbol,
    "unexpected": UnexpectedAnswer,
    "empty_object": UnknownSymbol,
    "no_rows": UnknownSymbol,
    "empty_body": ProviderUnavailable,
    "truncated": ProviderUnavailable,
    "other_symbol": UnexpectedAnswer,
    "html_200": ProviderUnavailable,
    "http_429": Throttled,
    "http_500": ProviderUnavailable,
    "http_503_html": ProviderUnavailable,
    "redirect": ProviderUnavailable,
    "cut_off": ProviderUnavailable,
    "reset": ProviderUnavailable,
    "drip": ProviderUnavailable,
    "hang": ProviderUnavailable,
}


def client(url, limits=None, key=KEY):
    return AlphaVantage(new_session(url), url, key, Redactor(), limits=limits)


@pytest.fixture(scope="module")
def vendor():
    with SimulatedVendor() as running:
        yield running


@pytest.fixture
def server():
    """Starts servers that answer every GET by a function of the handler; ``asked`` are the paths that came."""
    running = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, dict(self.headers)))
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *args):
                pass

        asked = []
        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        running.append((http, thread))
        return f"http://127.0.0.1:{http.server_address[1]}/query", asked

    yield start
    for http, thread in running:
        http.shutdown()
        thread.join()
        http.server_close()


def answer_with(body, content_type="application/json"):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def send_chunked(handler, packed, *, complete=True):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    for place in range(0, len(packed), 1000):
        part = packed[place : place + 1000]
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
    if complete:
        handler.wfile.write(b"0\r\n\r\n")


def test_daily_gives_the_body_as_it_came(vendor, server):
    """The raw body is stored as it came, so the client may not touch a byte."""
    body = client(vendor.url).bars("IBM").body
    spaced = b"\n " + body.replace(b"\n", b"\r\n") + b"\n"
    url, _ = server(answer_with(spaced))
    assert client(url).bars("IBM").body == spaced


def test_weeks_are_asked_for_without_a_size(server):
    """The function has none, and a free key would be refused for the word full."""
    body = b'{"Meta Data": {"2. Symbol": "IBM"}, "Weekly Time Series": {"2026-11-20": {"4. close": "1"}}}'
    url, asked = server(answer_with(body))

    assert client(url).bars("IBM", "weekly", "full").body == body
    (path, _), *_ = asked
    assert "function=TIME_SERIES_WEEKLY" in path
    assert "outputsize" not in path


def daily_body(**changes):
    about = {"2. Symbol": "IBM", "3. Last Refreshed": "2024-09-05", **changes}
    row = {"1. open": "1", "2. high": "1", "3. low": "1", "4. close": "1", "5. volume": "1"}
    return json.dumps({"Meta Data": about, "Time Series (Daily)": {"2024-09-05": row}}).encode()


def test_a_good_answer_that_repeats_the_key_is_masked_and_says_so(server):
    """The one change to a body: nobody behind Fetch knows the key, or could mask it."""
    url, _ = server(answer_with(daily_body(**{"5. Time Zone": f"US for {KEY.lower()}"})))
    answer = client(url).bars("IBM")
    assert answer.body == daily_body(**{"5. Time Zone": "US for [redacted]"})
    assert answer.masked
    assert not client(url, key="ANOTHER123").bars("IBM").masked


@pytest.mark.parametrize("key", ["1", "100.0000", "20240905", "demo", "Time"])
def test_what_may_be_a_price_or_a_word_is_not_looked_for_in_prices(server, key):
    """A key of digits alone, or a short one, would make holes in the data."""
    body = daily_body(**{"1. Information": f"Daily Prices {key}"})
    url, _ = server(answer_with(body))
    assert client(url, key=key).bars("IBM").body == body


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2018-05-31", "2018-05-31"),
        ("2018-05-31 14:43:40", "2018-05-31 14:43:40"),
        ("2018-05-31T14:43:40-04:00", "2018-05-31T14:43:40-04:00"),
        ("2018-05-31 14:43:40 US/Eastern", "2018-05-31 14:43:40 US/Eastern"),
        ("soon", ""),
        ("2018-05-31" * 1000, ""),
        ("2018-05-31 \ud800", ""),
        ("2018-05-31 <!channel>", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_a_moment_is_carried_on_of_last_refreshed(server, told, kept):
    """The workflow's state and the object's metadata have no room for more."""
    url, _ = server(answer_with(daily_body(**{"3. Last Refreshed": told})))
    assert client(url).bars("IBM").last_refreshed == kept


@pytest.mark.parametrize("said", [{"Information": "word " * 300}, {"Error Message": "word " * 300}, {"word" * 90: {}}])
def test_a_strangers_words_are_not_quoted_at_length(server, monkeypatch, said):
    """A server that is neither the vendor nor on this machine may say what is not for our logs and channels."""
    url, _ = server(answer_with(json.dumps(said).encode()))
    monkeypatch.setattr("stockflow_functions.vendors.alpha_vantage.client.LOOPBACK", frozenset())
    with pytest.raises(StockflowError) as caught:
        client(url).bars("IBM")
    assert len(str(caught.value)) < 200
    assert len(caught.value.vendor_text) <= 60
    assert (len(caught.value.vendor_answer["body"]), caught.value.vendor_answer["whole"]) == (200, False)


@pytest.mark.parametrize("host", ["www.alphavantage.co", "alphavantage.co", "127.0.0.1"])
def test_the_vendor_is_quoted(host):
    """Its own words, and those of a server of one's own."""
    assert client(f"https://{host}/query")._quotable("x" * 300) == "x" * 300
    assert len(client(f"https://not-{host}.example/query")._quotable("x" * 300)) == 60


def test_half_a_surrogate_in_a_refusal_can_be_written(server):
    """A log that is UTF-8 would drop the whole line, and the answer with it."""
    url, _ = server(answer_with(b'{"Information": "half \\ud800"}'))
    with pytest.raises(UnexpectedAnswer) as caught:
        client(url).bars("IBM")
    for text in (str(caught.value), caught.value.vendor_text, caught.value.vendor_answer["body"]):
        assert text.encode()
        assert "half" in text


def test_daily_tells_its_age(vendor):
    """The answer carries what the vendor says of its own age."""
    answer = client(vendor.url).bars("ibm")
    assert answer.last_refreshed == next(iter(json.loads(answer.body)["Time Series (Daily)"]))


@pytest.mark.parametrize(
    ("told", "carried"),
    [
        ("2026-11-20 15:59:00", "2026-11-20 15:59:00"),
        ("2026-11-20 " + "x" * 29, "2026-11-20 " + "x" * 29),
        ("2026-11-20 " + "x" * 30, ""),
        ("2026-11-20 " * 100_000, ""),
        ("2026-11-20 \ud800", ""),
    ],
)
def test_what_the_vendor_says_of_its_age_is_short(vendor, server, told, carried):
    """The one text of an answer that the workflow carries is a moment of at most 40 characters, or left out."""
    answer = json.loads(client(vendor.url).bars("IBM").body)
    answer["Meta Data"]["3. Last Refreshed"] = told
    url, _ = server(answer_with(json.dumps(answer).encode()))
    assert client(url).bars("IBM").last_refreshed == carried


@pytest.mark.parametrize(
    ("series", "outputsize", "rows"), [("daily", "full", 6000), ("daily_adjusted", "compact", 100)]
)
def test_series_and_outputsize_are_asked_for(vendor, series, outputsize, rows):
    """The series chooses the vendor's function, the outputsize its length."""
    parsed = json.loads(client(vendor.url).bars("MSFT", series, outputsize).body)
    bars = parsed["Time Series (Daily)"]
    assert len(bars) >= rows
    assert ("5. adjusted close" in next(iter(bars.values()))) == (series == "daily_adjusted")


def test_the_request_is_the_documented_one(vendor, server):
    """Key last, defaults left out: with any other form the vendor's demo key is refused."""
    url, asked = server(answer_with(client(vendor.url).bars("IBM").body))
    client(url, key="demo").bars("IBM")
    client(url, key="demo").bars("IBM", outputsize="full")
    assert [path for path, _ in asked] == [
        "/query?function=TIME_SERIES_DAILY&symbol=IBM&apikey=demo",
        "/query?function=TIME_SERIES_DAILY&symbol=IBM&outputsize=full&apikey=demo",
    ]


def test_the_user_agent_names_this_version(server):
    """The vendor's support can tell our requests, and the version is the project's own."""
    url, asked = server(answer_with(b"{}"))
    with pytest.raises(UnknownSymbol):
        client(url).bars("IBM")
    assert asked[0][1]["User-Agent"] == USER_AGENT == f"stockflow/{__version__}"


@pytest.mark.parametrize("symbol", ["M&M", "BRK-B", "GPV.TRV", "A B", "^GSPC", "Ü/ß", "a=b&apikey=c"])
def test_symbols_are_percent_encoded(vendor, symbol):
    """A symbol reaches the vendor whole, whatever it holds."""
    body = client(vendor.url).bars(symbol).body
    assert json.loads(body)["Meta Data"]["2. Symbol"] == symbol


def test_splits_are_dates_and_factors(vendor):
    """The free SPLITS endpoint, parsed."""
    assert client(vendor.url).splits("AAPL") == Listed((Split(date(2020, 8, 31), 4.0),))


def test_no_split_is_an_empty_list(vendor):
    """A symbol that never split is no error."""
    assert client(vendor.url).splits("IBM") == Listed(())


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"effective_date": "soon", "split_factor": "2"},
        {"effective_date": "2020-08-31"},
        {"effective_date": "2020-08-31", "split_factor": "nan"},
        {"effective_date": "2020-08-31", "split_factor": 10**400},
        3,
    ],
)
def test_an_unreadable_split_is_kept_apart(server, item):
    """One without a date or a factor is not passed over in silence, and the others are sound."""
    sound = {"effective_date": "2000-01-03", "split_factor": "2"}
    url, _ = server(answer_with(json.dumps({"symbol": "IBM", "data": [item, sound]}).encode()))
    assert client(url).splits("IBM") == Listed((Split(date(2000, 1, 3), 2.0),), (json.dumps(item)[:300],))


def test_splits_of_which_none_can_be_read_are_unexpected(server):
    """The vendor has changed its form, more likely."""
    url, _ = server(answer_with(b'{"symbol": "IBM", "data": [{"date": "2000-01-03", "factor": "2"}]}'))
    with pytest.raises(UnexpectedAnswer, match="list of splits has no entry that can be read"):
        client(url).splits("IBM")


def test_splits_of_another_symbol_are_unexpected(server):
    """The echo is held against what was asked."""
    url, _ = server(answer_with(b'{"symbol": "MSFT", "data": []}'))
    with pytest.raises(UnexpectedAnswer, match=r"'IBM'.*'MSFT'"):
        client(url).splits("IBM")


PAID = {
    "ex_dividend_date": "2024-08-09",
    "declaration_date": "2024-07-29",
    "record_date": "2024-08-09",
    "payment_date": "2024-09-10",
    "amount": "1.67",
}


def dividends_body(*items):
    return json.dumps({"symbol": "IBM", "data": items}).encode()


def test_dividends_have_their_days_and_amounts(server):
    """The free DIVIDENDS endpoint, parsed; a day that the vendor does not know is the text None, or nothing."""
    bare = {"ex_dividend_date": "1999-05-06", "amount": 0.24, "declaration_date": "None", "record_date": None}
    url, asked = server(answer_with(dividends_body(PAID, {**bare, "payment_date": ""})))
    assert client(url).dividends("IBM").entries == (
        Dividend(date(2024, 8, 9), 1.67, date(2024, 7, 29), date(2024, 8, 9), date(2024, 9, 10)),
        Dividend(date(1999, 5, 6), 0.24, None, None, None),
    )
    assert [path.partition("&apikey")[0] for path, _ in asked] == ["/query?function=DIVIDENDS&symbol=IBM"]


def test_no_dividend_is_an_empty_list(server):
    """A symbol that never paid is no error."""
    url, _ = server(answer_with(dividends_body()))
    assert client(url).dividends("IBM") == Listed(())


@pytest.mark.parametrize(
    "item",
    [
        {},
        3,
        None,
        "2024-08-09",
        *({**PAID, name: "soon"} for name in PAID),
        {**PAID, "ex_dividend_date": "None"},
        {**PAID, "ex_dividend_date": 20240809},
        {**PAID, "record_date": ["2024-08-09"]},
        {**PAID, "amount": None},
        {**PAID, "amount": "NaN"},
        {**PAID, "amount": float("inf")},
        {name: value for name, value in PAID.items() if name != "payment_date"},
    ],
)
def test_an_unreadable_dividend_is_kept_apart(server, item):
    """One without an ex-date or a number, or of another shape, is not passed over in silence."""
    url, _ = server(answer_with(dividends_body(PAID, item)))
    listed = client(url).dividends("IBM")
    assert [each.ex_date for each in listed.entries] == [date(2024, 8, 9)]
    assert listed.unreadable == (json.dumps(item),)


def test_of_an_unreadable_entry_not_all_is_kept(server):
    """It may be of any length; nor does the key stand in it."""
    url, _ = server(answer_with(dividends_body(PAID, {"odd": f"{KEY} {'x' * 1000}"})))
    (text,) = client(url).dividends("IBM").unreadable
    assert (len(text), KEY in text) == (300, False)


def test_dividends_of_another_symbol_are_unexpected(server):
    """The echo is held against what was asked."""
    url, _ = server(answer_with(b'{"symbol": "MSFT", "data": []}'))
    with pytest.raises(UnexpectedAnswer, match=r"'IBM'.*'MSFT'"):
        client(url).dividends("IBM")


def test_an_answer_without_an_echo_is_unexpected(server):
    """Prices that do not say whose they are go nowhere."""
    row = {"1. open": "1", "2. high": "1", "3. low": "1", "4. close": "1", "5. volume": "1"}
    url, _ = server(answer_with(json.dumps({"Time Series (Daily)": {"2024-09-05": row}}).encode()))
    with pytest.raises(UnexpectedAnswer, match="no symbol"):
        client(url).bars("IBM")


@pytest.mark.parametrize(("fault", "kind"), EXPECTED.items())
def test_every_fault_has_its_error(vendor, fault, kind):
    """Whatever the vendor does, one of our own errors comes, with no trace of another library's and no key."""
    vendor.fail("FAULTY", "hang:2" if fault == "hang" else fault)
    with pytest.raises(StockflowError) as caught:
        # Only a fault that never ends may run out of time, however busy the machine is.
        client(vendor.url, QUICK if fault in {"hang", "drip"} else None).bars("FAULTY")
    error = caught.value
    assert type(error) is kind
    assert (error.__cause__, error.__context__) == (None, None)
    assert KEY not in str(error) + error.vendor_text
    assert str(error).endswith(".")


def test_a_refusal_brings_the_answer_along(vendor):
    """Status, type and words, for the log; where no answer came there is none."""
    vendor.fail("IBM", "unexpected", "html_200", "reset")
    refusals = []
    for _ in range(3):
        with pytest.raises(StockflowError) as caught:
            client(vendor.url, QUICK).bars("IBM")
        refusals.append(caught.value.vendor_answer)
    words, page, nothing = refusals
    assert (words["status"], words["whole"]) == (200, True)
    assert "hamsters" in json.loads(words["body"])["Information"]
    assert page["content_type"].startswith("text/html")
    assert page["body"].startswith("<")
    assert nothing is None


def test_of_a_long_answer_the_beginning_is_kept(server):
    """A line of the log has its limits; that something is missing is noted."""
    url, _ = server(answer_with(json.dumps({"Information": "x" * 9_000}).encode()))
    with pytest.raises(UnexpectedAnswer) as caught:
        client(url).bars("IBM")
    kept = caught.value.vendor_answer
    assert (len(kept["body"]), kept["whole"]) == (4_000, False)


def test_a_redirect_is_not_followed(vendor):
    """The key is not carried elsewhere."""
    vendor.fail("MOVED", "redirect")
    before = len(vendor.requests)
    with pytest.raises(ProviderUnavailable, match="302"):
        client(vendor.url).bars("MOVED")
    assert len(vendor.requests) == before + 1


def test_a_dripping_header_ends_at_the_deadline(server):
    """The deadline holds before the body begins too."""

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    url, _ = server(drip)
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable, match=r"within 0\.6 s"):
        client(url, QUICK).bars("IBM")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("content_length", [True, False])
def test_an_endless_body_ends_at_the_size_limit(server, content_length):
    """No unbounded read, whether the server names a length or not."""

    def flood(handler):
        handler.send_response(200)
        if content_length:
            handler.send_header("Content-Length", "1000000000")
        handler.end_headers()
        while True:
            handler.wfile.write(b" " * 65536)

    url, _ = server(flood)
    with pytest.raises(ProviderUnavailable, match="larger than 1000000 bytes"):
        client(url, DownloadLimits(max_body_bytes=1_000_000)).bars("IBM")


def test_compressed_and_chunked_bodies_are_read(server, vendor):
    """As the vendor's own front servers send them."""
    body = client(vendor.url).bars("IBM").body
    url, _ = server(lambda handler: send_chunked(handler, gzip.compress(body)))
    assert client(url).bars("IBM").body == body


def test_a_small_body_that_unpacks_without_end_is_cut(server):
    """The size limit holds for what comes out of the compression."""
    url, _ = server(lambda handler: send_chunked(handler, gzip.compress(b" " * 20_000_000)))
    with pytest.raises(ProviderUnavailable, match="larger than"):
        client(url, DownloadLimits(max_body_bytes=1_000_000)).bars("IBM")


def test_a_chunked_body_that_breaks_off_is_an_unavailable_vendor(server, vendor):
    """Half a body is never taken for a whole one."""
    body = client(vendor.url).bars("IBM").body
    url, _ = server(lambda handler: send_chunked(handler, gzip.compress(body), complete=False))
    with pytest.raises(ProviderUnavailable, match="broke off"):
        client(url).bars("IBM")


def test_a_refused_connection_is_an_unavailable_vendor():
    """Nobody listens there."""
    with SimulatedVendor() as gone:
        url = gone.url
    with pytest.raises(ProviderUnavailable) as caught:
        client(url).bars("IBM")
    assert "apikey" not in str(caught.value)


def test_without_a_key_nothing_is_asked(vendor):
    """An empty key is told at once."""
    with pytest.raises(InvalidApiKey, match="ALPHA_VANTAGE_API_KEY"):
        client(vendor.url, key="")


@pytest.mark.parametrize("url", ["alphavantage.co/query", "ftp://alphavantage.co", "https://", ""])
def test_a_base_url_that_is_none_is_told(url):
    """The sentence names the variable and shows a right one."""
    with pytest.raises(InvalidInput, match=r"ALPHA_VANTAGE_BASE_URL is .*https://www\.alphavantage\.co/query"):
        client(url)


def test_debug_logs_do_not_hold_the_key(vendor, caplog):
    """At DEBUG urllib3 logs the path of each request; the key in it is masked."""
    with caplog.at_level(logging.DEBUG, "urllib3"):
        client(vendor.url).bars("IBM")
    assert "symbol=IBM&apikey=[redacted]" in caplog.text
    assert KEY not in caplog.text


def test_warnings_of_odd_headers_do_not_hold_the_key(server, caplog):
    """At WARNING urllib3 logs the whole URL when it can't read a header."""
    odd = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon in this line\r\nX: y\r\n\r\n{}"
    url, _ = server(lambda handler: handler.wfile.write(odd))
    with pytest.raises(StockflowError):
        client(url).bars("IBM")
    assert "Failed to parse headers" in caplog.text
    assert KEY not in caplog.text


def test_an_odd_header_that_repeats_the_key_is_not_logged(server, caplog):
    """Nor the traceback of it."""
    odd = f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon {KEY.lower()}\r\nX: y\r\n\r\n{{}}"
    url, _ = server(lambda handler: handler.wfile.write(odd.encode()))
    with pytest.raises(StockflowError):
        client(url).bars("IBM")
    assert "Failed to parse headers" in caplog.text
    assert KEY.lower() not in caplog.text


def test_proxies_are_not_used_towards_this_machine(vendor, monkeypatch):
    """A laptop behind a proxy still reaches the simulated vendor."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert client(vendor.url).bars("IBM").body


def test_one_session_serves_many_requests_over_one_connection(server, vendor):
    """The connection is kept open between requests of a function instance."""
    good = client(vendor.url).bars("IBM").body
    callers = set()

    def answer(handler):
        handler.protocol_version = "HTTP/1.1"
        callers.add(handler.client_address)
        answer_with(good)(handler)
        handler.close_connection = False

    url, _ = server(answer)
    asking = client(url)
    for _ in range(5):
        asking.bars("IBM")
    assert len(callers) == 1
