"""The simulated vendor as an HTTP server."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner

from stockflow.cli.commands.simulate_vendor import scripts_of
from stockflow.cli.main import main
from stockflow.errors import Unusable
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import new_session


def client(vendor):
    return AlphaVantage(new_session(vendor.url), vendor.url, "SECRET12345", Redactor())


@pytest.fixture
def vendor():
    with SimulatedVendor() as running:
        yield running


def test_the_requests_are_listed_without_the_key(vendor):
    """Each request with its time, what was asked and what it was answered, and nothing secret."""
    vendor.fail("MSFT", "unknown")
    before_ms = time.time_ns() // 1_000_000
    asking = client(vendor)
    asking.bars("IBM")
    with pytest.raises(StockflowError):
        asking.bars("MSFT", "daily_adjusted", "full")
    asking.splits("AAPL")
    assert [(r.function, r.symbol, r.outputsize, r.answered) for r in vendor.requests] == [
        ("TIME_SERIES_DAILY", "IBM", "compact", "data"),
        ("TIME_SERIES_DAILY_ADJUSTED", "MSFT", "full", "unknown"),
        ("SPLITS", "AAPL", "compact", "data"),
    ]
    times = [r.time_ms for r in vendor.requests]
    assert times == sorted(times)
    assert before_ms <= times[0] <= times[-1] <= time.time_ns() // 1_000_000
    assert "SECRET" not in repr(vendor.requests)


def test_forty_clients_at_once_lose_nothing():
    """Forty threads with a session each: every answer is whole and right, every request is in the list."""
    with SimulatedVendor() as vendor:
        symbols = [f"S{number}" for number in range(40)]
        expected = {symbol: client(vendor).bars(symbol).body for symbol in symbols}

        def ask(number):
            asking = client(vendor)
            return all(asking.bars(s).body == expected[s] for s in (symbols[number], symbols[-number]))

        with ThreadPoolExecutor(40) as pool:
            assert all(pool.map(ask, range(40)))
        assert len(vendor.requests) == 40 + 80


def test_limits_hold_under_threads():
    """Of forty requests at once exactly the day's quota passes."""
    with SimulatedVendor(requests_per_day=7) as vendor:

        def ask(number):
            try:
                client(vendor).bars("IBM")
            except StockflowError as error:
                return type(error).__name__
            return "data"

        with ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(ask, range(40)))
    assert sorted(answers) == ["QuotaExhausted"] * 33 + ["data"] * 7


def test_limits_are_per_key():
    """Two keys do not spend each other's quota."""
    with SimulatedVendor(requests_per_day=1) as vendor:
        for key in ("KEY-ONE-1", "KEY-TWO-2"):
            AlphaVantage(new_session(vendor.url), vendor.url, key, Redactor()).bars("IBM")
        assert [request.answered for request in vendor.requests] == ["data", "data"]


def test_healing_forgets_the_faults_to_come(vendor):
    """A vendor that was down is well again at once."""
    vendor.fail("*", "http_503_html*100")
    with pytest.raises(StockflowError):
        client(vendor).bars("IBM")
    vendor.heal()
    assert client(vendor).bars("IBM").body


def test_latency_is_felt():
    """The vendor thinks before it answers."""
    with SimulatedVendor(latency_seconds=0.2) as vendor:
        began = time.monotonic()
        client(vendor).bars("IBM")
        assert time.monotonic() - began >= 0.2


def test_closing_does_not_wait_for_a_hanging_answer():
    """A test that ends while the vendor hangs is not held up, and neither is the client."""
    with SimulatedVendor(faults={"IBM": ["hang:30"]}) as vendor, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client(vendor).bars, "IBM")
        while not vendor.requests:
            time.sleep(0.01)
        began = time.monotonic()
        vendor.close()
        assert isinstance(asked.exception(), StockflowError)
        assert time.monotonic() - began < 2


def test_closing_ends_idle_connections():
    """A client that keeps its connection open does not go on talking to a vendor that is gone."""
    with SimulatedVendor() as vendor:
        asking = client(vendor)
        asking.bars("IBM")
    with pytest.raises(StockflowError):
        asking.bars("IBM")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("POST", "/query", 405)])
def test_other_paths_and_methods_are_refused(vendor, method, path, status):
    """Only GET /query is Alpha Vantage's."""
    parts = urlsplit(vendor.url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.request(method, path, body=b"{}")
    response = connection.getresponse()
    assert (response.status, list(json.loads(response.read()))) == (status, ["detail"])
    connection.close()


def test_headers_are_the_vendors(vendor):
    """JSON and refusals alike come as application/json with HTTP 200, without a rate-limit header."""
    answer = requests.get(vendor.url, params={"function": "TIME_SERIES_DAILY", "symbol": "IBM"}, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert "Error Message" in answer.json()
    assert not [name for name in answer.headers if "limit" in name.lower() or name == "Retry-After"]


def test_a_port_in_use_is_told(vendor):
    """One sentence that names the port."""
    port = urlsplit(vendor.url).port
    with pytest.raises(Unusable, match=rf"can't listen on port {port} \(Address already in use\)"):
        SimulatedVendor(port=port)


def command(*arguments):
    return CliRunner().invoke(main, ["simulate-vendor", *arguments])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--recordings", "/nowhere"), "There is no folder of recordings /nowhere"),
        (("--fault", "IBM=nonsense"), "'nonsense' is not a fault"),
        (("--fault", "IBM"), "write it like AAPL=throttled"),
        (("--fault", "=throttled"), "write it like AAPL=throttled"),
        (("--port", "70000"), "not in the range"),
        (("--recordings-as-of", "yesterday"), "does not match the format"),
        (("--requests-per-minute", "-1"), "not in the range"),
    ],
)
def test_unusable_options_end_with_a_sentence_and_status_two(arguments, said):
    """No traceback for a user's mistake."""
    result = command(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_port_in_use_ends_the_command_with_status_two(vendor):
    """The command, too, says which port, and nothing else."""
    result = command("--port", str(urlsplit(vendor.url).port))
    assert result.exit_code == 2
    assert result.output.count("\n") == 1


def test_fault_options_are_scripts_per_symbol():
    """Repeated options for one symbol are one script."""
    assert scripts_of(("aapl=throttled,hang:5", "AAPL=quota", "*=burst*3")) == {
        "AAPL": ["throttled", "hang:5", "quota"],
        "*": ["burst*3"],
    }


def test_the_command_serves_until_it_is_stopped():
    """It says where it is and how to use it, answers, and ends cleanly with a count."""
    program = "from stockflow.cli.main import main; main()"
    options = ["simulate-vendor", "--fault", "IBM=throttled", "--api-key", "right"]
    with subprocess.Popen([sys.executable, "-c", program, *options], stdout=subprocess.PIPE, text=True) as process:
        first, second = process.stdout.readline(), process.stdout.readline()
        url = first.split()[-1]
        assert f"ALPHA_VANTAGE_BASE_URL={url} " in second
        answers = [
            requests.get(url, params={"function": "SPLITS", "symbol": "IBM", "apikey": key}, timeout=5).json()
            for key in ("right", "right", "wrong")
        ]
        process.terminate()
        rest = process.stdout.read()
    assert [next(iter(answer)) for answer in answers] == ["Information", "symbol", "Error Message"]
    assert "Requests answered: 1 throttled, 1 data, 1 invalid_key." in rest
    assert process.returncode == 0
