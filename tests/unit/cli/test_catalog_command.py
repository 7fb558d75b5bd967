"""stockflow catalog: what a dataset has."""

import json
from datetime import UTC, date, datetime

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.table import CATALOG, Catalog, encode
from tests.helpers.datasets import write

APPLE = Entry(
    "AAPL", "daily", "Apple Inc", "NASDAQ", "USD", 1.0, date(2026, 7, 9), date(2026, 11, 27), 100, 0,
    splits=1, actions_asked_at=datetime(2026, 11, 27, 22, tzinfo=UTC), status="listed",
)  # fmt: skip
TESCO = Entry("TSCO.LON", "weekly", currency="GBP", price_scale=0.01, stale=True)


@pytest.fixture
def out(tmp_path):
    """A catalog of two rows."""
    write(tmp_path / "out", keys.CATALOG, encode(Catalog({each.key: each for each in (APPLE, TESCO)})))
    return tmp_path / "out"


def test_a_catalog_is_rows_for_programs(stockflow, out):
    """With every column; whole numbers stay whole beside empty ones."""
    apple, tesco = json.loads(stockflow("catalog", "--format", "json").stdout)

    assert list(apple) == CATALOG.names
    assert (apple["splits"], apple["actions_asked_at"], apple["dividends"]) == (1, "2026-11-27T22:00:00Z", None)
    assert (tesco["symbol"], tesco["price_scale"], tesco["stale"]) == ("TSCO.LON", 0.01, True)


def test_a_catalog_is_a_table_for_people(stockflow, out):
    """Of the symbols that are named, with what people look for."""
    done = stockflow("catalog", "aapl", "--format", "table")

    assert ("Apple Inc" in done.stdout, "TSCO" in done.stdout, "etag" in done.stdout) == (True, False, False)
    assert done.stdout.endswith("1 row.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["IBM"], "has no IBM"),
        (["../x"], "../x"),
        (["--place", "."], ". has no catalog.parquet"),
    ],
)
def test_what_is_in_no_catalog_ends_with_2(stockflow, out, arguments, words):
    """One sentence."""
    done = stockflow("catalog", *arguments)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


def test_a_damaged_catalog_is_named(stockflow, out):
    """In a sentence, with what makes another."""
    (out / keys.CATALOG).write_bytes(b"x")
    done = stockflow("catalog")

    assert (done.exit_code, "catalog.parquet in out can't be read as a table" in done.stderr) == (2, True)
    assert done.stderr.endswith("the next `stockflow run` makes it anew.\n")


def test_a_stale_symbol_is_told_beside_its_status(stockflow, out):
    """In the table for people, which so fits a terminal."""
    assert "unknown, stale" in stockflow("catalog", "TSCO.LON", "--format", "table").stdout
