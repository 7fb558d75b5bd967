"""The table of what checks found."""

from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest

from stockflow_functions.domain.findings.table import (
    FINDINGS,
    SCHEMA_VERSION,
    FindingRow,
    all_bars,
    decode,
    encode,
    most_bars,
    no_findings,
    with_run,
)
from stockflow_functions.domain.parquet import VERSION_KEY, NewerTableError, NotATableError, to_bytes

STALE = FindingRow(
    "one", datetime(2026, 11, 20, 22, 30, tzinfo=UTC), "daily", "FB", "stale", 1116, date(2022, 6, 8), "Stale."
)
ASIDE = FindingRow("one", STALE.started_at, "daily", "AAPL", "weekend-date", 2)
LATER = FindingRow("two", datetime(2026, 11, 21, 22, 30, tzinfo=UTC), "daily", "FB", "stale", 1117, date(2022, 6, 8))


def rows_of(table):
    return [FindingRow(**row) for row in table.to_pylist()]


def test_the_bytes_give_the_rows_back():
    """Sorted by run and symbol; a date or a sentence may be missing."""
    table = with_run(with_run(no_findings(), "two", [LATER]), "one", [STALE, ASIDE])

    assert rows_of(decode(encode(table))) == [ASIDE, STALE, LATER]


def test_a_run_that_is_added_again_takes_its_own_place():
    """It is in the table once, with what it said last."""
    once = with_run(with_run(no_findings(), "one", [STALE, ASIDE]), "two", [LATER])

    assert with_run(once, "one", [STALE, ASIDE]).equals(once)
    assert rows_of(with_run(once, "one", [STALE])) == [STALE, LATER]


def test_bars_are_counted_by_symbol():
    """All of what is found once, and the most of what is found again in each run; of no other check."""
    again = replace(ASIDE, execution="two", bars=3)
    table = with_run(with_run(no_findings(), "one", [STALE, ASIDE, replace(ASIDE, rule="other")]), "two", [again])

    assert all_bars(table, {"weekend-date", "other"}) == {"AAPL": 7}
    assert most_bars(table, {"weekend-date", "other"}) == {"AAPL": 4}
    assert all_bars(no_findings(), {"stale"}) == {}


def test_the_same_rows_give_the_same_bytes():
    """In whichever order the runs came."""
    orders = [(("one", [STALE]), ("two", [LATER])), (("two", [LATER]), ("one", [STALE]))]
    tables = [with_run(with_run(no_findings(), *first), *second) for first, second in orders]

    assert encode(tables[0]) == encode(tables[1])


def test_every_column_says_what_it_is():
    """In the file itself, for readers that know no docs."""
    assert all(field.metadata[b"description"] for field in FINDINGS)


def test_every_column_can_be_named_in_sql(tmp_path):
    """None is a word of the language, which would have to be quoted."""
    (tmp_path / "daily.parquet").write_bytes(encode(with_run(no_findings(), "one", [STALE])))
    query = f"select {', '.join(FINDINGS.names)} from '{tmp_path}/daily.parquet'"

    assert duckdb.sql(query).columns == FINDINGS.names


def test_a_newer_table_is_refused():
    """Its columns may mean something else."""
    body = to_bytes(no_findings(), {VERSION_KEY: str(SCHEMA_VERSION + 1).encode()})

    with pytest.raises(NewerTableError):
        decode(body)


@pytest.mark.parametrize("body", [b"no table", to_bytes(pa.table({"rule": [1]}), {})])
def test_another_table_is_refused(body):
    """It is named as such, before anything is written over it."""
    with pytest.raises(NotATableError):
        decode(body)
