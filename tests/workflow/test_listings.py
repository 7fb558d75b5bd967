"""Listings and universes on a laptop, as a person uses them."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main

UNSET = dict.fromkeys(("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL", "STOCK_SYMBOLS", "MOCK_MODE"))
FAST = ("--requests-per-minute", "1200", "--requests-per-day", "0")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of a universe that needs listings, then one of symbols that the listings answer, in one folder."""
    folder = tmp_path_factory.mktemp("out")
    (folder / "mine.txt").write_text("SPY\n")
    given = (["--universe", "listed:nyse-arca"], ["APPL", "COMING", "GONE"], ["--universe", str(folder / "mine.txt")])
    return [ended(["run", *arguments, *FAST, "--output-dir", str(folder)]) for arguments in given]


def ended(arguments):
    done = CliRunner().invoke(main, arguments, env={**UNSET, "NO_COLOR": "1", "COLUMNS": "300"})
    lines = done.stdout.splitlines()
    manifest = json.loads((Path(lines[-1].removeprefix("Run folder: ")) / "manifest.json").read_text())
    symbols = {one["symbol"]: (one["status"], one["attempts"]) for one in manifest["symbols"]}
    return SimpleNamespace(status=done.exit_code, lines=lines, symbols=symbols)


def test_a_universe_has_listings_asked_for_first(runs):
    """And says so; then everybody on that exchange is asked for."""
    assert runs[0].lines[1].startswith("Listings were asked for first, as there are none yet. Listings of ")
    assert runs[0].symbols == dict.fromkeys(("GLD", "SPY", "VOO"), ("saved", 1))


def test_what_the_listings_answer_costs_no_request(runs):
    """A typo and what is to come fail, with the reason; a delisted symbol is asked for once."""
    assert (runs[1].status, runs[1].symbols) == (
        1,
        {"APPL": ("failed", 0), "COMING": ("failed", 0), "GONE": ("saved", 1)},
    )
    assert any(line.endswith("did you mean AAPL? Write --force to ask all the same.") for line in runs[1].lines)


def test_a_file_is_a_universe_of_what_is_in_it(runs):
    """It is up to date by now."""
    assert (runs[2].status, runs[2].symbols) == (0, {"SPY": ("fresh", 0)})
