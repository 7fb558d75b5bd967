"""stockflow prices: a quick look."""

import csv
import io
import json

import pandas as pd
import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.cli.told_prices import adjusting, heading, moves, picture
from stockflow_functions.aws import keys
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.table import Catalog
from stockflow_functions.domain.catalog.table import encode as encode_catalog
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.changes import noted
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.datasets import actions_of, bars_of, write, write_actions, write_bars

DAYS = ("2026-11-18", "2026-11-19", "2026-11-20")


@pytest.fixture
def out(tmp_path):
    """Three days of two symbols; one split in two on the last and paid a dividend on the second."""
    write_bars(tmp_path / "out", "TSCO.LON", dict(zip(DAYS, (500.0, 510.0, 520.0), strict=True)))
    apple = bars_of("AAPL", dict(zip(DAYS, (100.0, 101.0, 51.0), strict=True)))
    saved = noted(None, empty_table(DAILY), apple, from_iso("2026-11-20T22:00:00Z") // 1000)
    write(tmp_path / "out", keys.prices("daily", "AAPL"), encode(apple, DAILY, saved))
    write_actions(tmp_path / "out", "AAPL", ("2026-11-19", "dividend", 0.25), ("2026-11-20", "split", 2.0))
    return tmp_path / "out"


def test_a_look_has_the_extent_and_the_newest_bars(stockflow, out):
    """And that nothing is adjusted."""
    lines = stockflow("prices", "aapl", "--last", "2", "--format", "table").stdout.splitlines()

    assert lines[:4] == [
        "AAPL  USD",
        "3 bars of daily from 2026-11-18 to 2026-11-20, as traded",
        "100 ██▁ 51",
        "low 51, high 101, -49.0 %",
    ]
    assert [line.split()[1] for line in lines if "2026-11-" in line and "│" in line] == list(DAYS[1:])


def test_pence_are_told_from_pounds(stockflow, out):
    """By what the exchange quotes in."""
    assert stockflow("prices", "TSCO.LON", "--format", "table").stdout.startswith("TSCO.LON  0.01 GBP\n")


def test_a_look_has_what_the_catalog_knows(stockflow, out):
    """Of the symbol in that series."""
    entry = Entry("TSCO.LON", "daily", "Tesco PLC", "XLON", status="delisted")
    write(out, keys.CATALOG, encode_catalog(Catalog({entry.key: entry})))

    assert stockflow("prices", "TSCO.LON", "--format", "table").stdout.startswith(
        "TSCO.LON  Tesco PLC, XLON, 0.01 GBP, delisted\n"
    )


def test_a_look_says_what_it_is_adjusted_for(stockflow, out):
    """By kind: how many of them, and the last one."""
    done = stockflow("prices", "AAPL", "--adjust", "all", "--as-of", "2026-11-21", "--format", "table")

    assert "adjusted for 1 split (2 on 2026-11-20) and 1 dividend (0.25 on 2026-11-19), as known on 2026-11-21" in (
        done.stdout
    )


def test_what_was_before_the_first_bar_changes_nothing(stockflow, out):
    """And is not counted."""
    done = stockflow(
        "prices", "AAPL", "--adjust", "all", "--start", "2026-11-19", "--end", "2026-11-19", "--format", "table"
    )

    assert "1 bar of daily of 2026-11-19, adjusted for 1 split (2 on 2026-11-20) and no dividend" in done.stdout


def test_several_symbols_are_one_table_for_programs(stockflow, out):
    """The newest bars of each, or all."""
    rows = list(csv.DictReader(io.StringIO(stockflow("prices", "AAPL", "TSCO.LON", "--last", "1").stdout)))
    every = json.loads(stockflow("prices", "AAPL", "TSCO.LON", "--format", "json").stdout)

    assert [(row["symbol"], row["date"], row["close"]) for row in rows] == [
        ("AAPL", DAYS[2], "51.0"),
        ("TSCO.LON", DAYS[2], "520.0"),
    ]
    assert len(every) == 6


def test_several_symbols_are_told_one_below_the_other(stockflow, out):
    """With a line between them, and prices as exact as vendors give them."""
    write_bars(out, "AAPL", dict(zip(DAYS, (100.0, 101.0, 51.00004), strict=True)))
    lines = stockflow("prices", "TSCO.LON", "AAPL", "--format", "table").stdout.splitlines()

    assert [line for number, line in enumerate(lines) if not number or not lines[number - 1]] == [
        "AAPL  USD",
        "TSCO.LON  0.01 GBP",
    ]
    assert not any("51.00004" in line for line in lines if "│" in line)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["APL"], "did you mean AAPL?"),
        (["TSCO.LON", "--adjust", "splits"], "stockflow actions TSCO.LON --update"),
        (["AAPL", "--start", "2027-01-01", "--format", "table"], "has no bar of AAPL of those days"),
        (["AAPL", "--start", "2027-01-01", "--format", "csv"], "has no bar of AAPL of those days"),
        (["AAPL", "--as-of", "yesterday"], "write a day such as 2026-11-20"),
        (["AAPL", "--place", "s3://"], "can't be a dataset"),
    ],
)
def test_prices_that_are_not_there_end_with_2(stockflow, out, arguments, words):
    """One sentence."""
    done = stockflow("prices", *arguments)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


@pytest.mark.parametrize(
    ("closes", "blocks"),
    [([1.0, 2.0, 3.0], "▁▅█"), ([2.0, 2.0], "▁▁"), ([7.5], "▁"), ([*[1.0] * 119, 9.0], f"{'▁' * 59}█")],
)
def test_closes_are_a_line_of_blocks(closes, blocks):
    """From the lowest to the highest; as wide as a terminal takes, and its end is the newest close."""
    assert picture(closes) == blocks


def test_a_first_close_of_nothing_has_no_percentage():
    """It would be a division by zero."""
    assert list(moves([0.0, 1.0], 80)) == ["0 ▁█ 1", "low 0, high 1"]


def test_closes_fit_a_narrow_terminal():
    """The newest close is the last one still."""
    line, _ = moves([1.0] * 99 + [2.0], 20)

    assert (len(line) <= 20, line.endswith("█ 2")) == (True, True)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_look_needs_no_unicode(stockflow, out, encoding):
    """A terminal without blocks has signs in their place."""
    arguments = ["prices", "AAPL", "--last", "1", "--format", "table"]
    done = CliRunner(charset=encoding).invoke(main, arguments)

    assert (done.exit_code, done.stdout.splitlines()[2]) == (0, "100 @@. 51")


def test_a_heading_says_what_the_catalog_knows():
    """Whose it is, where it is listed, and what is wrong with it."""
    facts = {"name": "Tesco PLC", "exchange": "XLON", "status": "delisted", "stale": True}

    assert heading("TSCO.LON", facts, "GBP", 0.01) == "TSCO.LON  Tesco PLC, XLON, 0.01 GBP, delisted, stale"
    assert heading("X", {"status": "unknown"}, None, None) == "X"


def test_many_actions_are_counted():
    """With the last one of them."""
    rows = actions_of("A", ("2020-01-02", "split", 4.0), ("2026-01-02", "split", 1.5)).rows

    assert adjusting("splits", rows) == "adjusted for 2 splits (the last 1.5 on 2026-01-02)"
    assert adjusting(None, pd.DataFrame()) == "as traded"
