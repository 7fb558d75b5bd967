"""The command ``stockflow run``, as a person types it."""

import json
import time

import pandas
import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.simulated_alpha_vantage import SimulatedVendor
from tests.helpers import forked

# Variables of whoever runs the tests must not decide them.
UNSET = dict.fromkeys(
    ("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL", "STOCK_SYMBOLS", "MOCK_MODE", "SLACK_WEBHOOK_URL_INFO")
)
FAST = ("--requests-per-minute", "1200", "--requests-per-day", "0")


@pytest.fixture
def stockflow(tmp_path, monkeypatch):
    """Runs the command in an empty folder, and gives what it printed and how it ended."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, **environment):
        return CliRunner().invoke(main, arguments, env={**UNSET, "NO_COLOR": "1", **environment})

    return call


def one_sentence(done, status):
    assert done.exit_code == status, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.output


def test_a_run_ends_by_naming_its_folder(stockflow, tmp_path):
    """A good run exits with 0; its last line names the folder that holds manifest, saved run and page."""
    done = stockflow("run", "AAPL", "msft", *FAST)

    last = done.stdout.splitlines()[-1]
    folder = tmp_path / last.removeprefix("Run folder: ")
    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} >= {"manifest.json", "run.json", "report.html"}
    assert pandas.read_parquet(tmp_path / "out/prices/daily").shape == (200, 7)


def test_a_run_with_both_switches_off_says_so_and_saves_nothing(stockflow, tmp_path):
    """It ends as it would, fetches and checks; no message, no prices, nothing that a next run would leave out for."""
    done = stockflow("run", "AAPL", *FAST, SAVE_TO_S3="false", SLACK_ENABLED="false")

    assert done.exit_code == 0, done.output
    assert "1 checked; 100 rows would be added" in done.stdout
    assert "Slack is muted: SLACK_ENABLED is off." in done.stdout
    assert "The dataset was left alone: SAVE_TO_S3 is off." in done.stdout
    assert "Slack (info" not in done.stdout
    kept = {path.relative_to(tmp_path / "out").parts[0] for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert kept == {".stockflow", "raw", "runs", "staged"}


def test_simulated_prices_are_announced(stockflow, tmp_path):
    """Without a key the first line says that the prices are invented, and so does the page."""
    done = stockflow("run", "AAPL", *FAST)

    lines = done.stdout.splitlines()
    assert lines[0].startswith("SIMULATED PRICES")
    assert "Simulated prices" in (tmp_path / lines[-1].removeprefix("Run folder: ") / "report.html").read_text()


def test_a_pipe_gets_a_line_for_each_symbol(stockflow):
    """Each symbol has its own line, without control characters."""
    done = stockflow("run", "AAPL", "MSFT", *FAST)

    lines = [line for line in done.stdout.splitlines() if "/2  " in line]
    assert [line.split()[2] for line in lines] == ["saved", "saved"]
    assert "\x1b" not in done.stdout


def test_a_failed_symbol_ends_with_one(stockflow):
    """A symbol that the vendor does not know makes the exit status 1, and its line says why."""
    text = one_sentence(stockflow("run", "AAPL", "UNKNOWN1", *FAST), 1)

    assert "UnknownSymbol" in text


def test_a_deferred_symbol_is_no_failure(stockflow):
    """What the day's quota does not pay for is deferred, and the exit status is 0."""
    text = one_sentence(stockflow("run", "A", "B", "--requests-per-day", "1"), 0)

    assert "1 deferred" in text


def test_a_server_of_ones_own_needs_no_key(stockflow):
    """With ALPHA_VANTAGE_BASE_URL alone that server is asked, and nothing is called simulated."""
    with SimulatedVendor() as vendor:
        done = stockflow("run", "AAPL", *FAST, ALPHA_VANTAGE_BASE_URL=vendor.url)

    assert (done.exit_code, len(vendor.requests)) == (0, 1)
    assert "SIMULATED" not in done.output


def test_stock_symbols_are_the_default(stockflow):
    """A run that names no symbols takes those of STOCK_SYMBOLS."""
    done = stockflow("run", *FAST, STOCK_SYMBOLS="IBM, V")

    assert "2 saved" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("run",), "STOCK_SYMBOLS"),
        (("run", "A" * 40), "A" * 40),
        (("run", "../x"), "../x"),
        (("run", "🚀"), "🚀"),
        (("run", "A", "--requests-per-minute", "0"), "REQUESTS_PER_MINUTE"),
        (("run", "A", "--requests-per-minute", "-1"), "REQUESTS_PER_MINUTE"),
        (("run", "A", "--requests-per-day", "many"), "REQUESTS_PER_DAY"),
        (("run", "A", "--series", "hourly"), "hourly"),
        (("run", "--input", "absent.json"), "absent.json"),
    ],
)
def test_what_cannot_be_used_ends_with_two(stockflow, arguments, word):
    """One sentence quotes what is wrong, and the exit status is 2."""
    assert word in one_sentence(stockflow(*arguments), 2)


@pytest.mark.parametrize(("text", "word"), [("{", "not JSON"), ("[1]", "object"), ('{"symbol": "A"}', "symbols")])
def test_an_input_file_that_cannot_be_used_ends_with_two(stockflow, tmp_path, text, word):
    """A file that is no JSON object, or has an unknown key, is named with what to write instead."""
    (tmp_path / "input.json").write_text(text)

    assert word in one_sentence(stockflow("run", "--input", "input.json"), 2)


def test_more_symbols_than_any_vendor_lists_are_refused(stockflow, tmp_path):
    """Before anything is asked."""
    (tmp_path / "input.json").write_text(json.dumps({"symbols": [f"S{n}" for n in range(100_001)]}))

    assert "100,000" in one_sentence(stockflow("run", "--input", "input.json"), 2)


def test_an_output_folder_that_cannot_be_written(stockflow, tmp_path):
    """A folder below a file ends with one sentence that names it."""
    (tmp_path / "file").write_text("")

    assert "file/out" in one_sentence(stockflow("run", "A", "--output-dir", "file/out"), 2)


def test_interrupting_keeps_what_is_done(tmp_path):
    """SIGTERM, as Ctrl-C, ends a run with what is done kept."""
    symbols = [f"S{n}" for n in range(30)]
    first, output = forked.start_stockflow(
        tmp_path, "run", *symbols, "--requests-per-minute", "120", "--requests-per-day", "0"
    )
    prices = tmp_path / "out/prices/daily"
    deadline = time.monotonic() + 60
    while len(list(prices.glob("*.parquet"))) < 2:
        assert time.monotonic() < deadline, "the first run saved nothing"
        time.sleep(0.05)

    first.terminate()  # SIGINT would be ignored where these tests run in the background of a shell
    first.join(60)
    text = output.read_text()

    assert first.exitcode == 130, text
    assert "Traceback" not in text
    assert text.splitlines()[-1].startswith("Run folder: ")
    assert all(len(pandas.read_parquet(file)) == 100 for file in prices.glob("*.parquet"))
    assert {path.name for path in tmp_path.glob("out/runs/*/*.json*")} == {
        "manifest.json",
        "plan.json",
        "run.json",
        "told.json",
    }
