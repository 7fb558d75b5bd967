"""The tables of calls to bytes and back."""

import io
from dataclasses import fields

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stockflow_functions.domain.calls.call_rows import CallRow
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import (
    PASSAGES,
    ROWS,
    decode_passages,
    decode_rows,
    encode_passages,
    encode_rows,
)
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from tests.helpers.call_rows import call_row, quarter_row

ALL = (call_row("2026-07-30"), call_row(), quarter_row("2024-03-31", known=False, tone=None, language=None))
PASSAGE = Passage(1, "qa", "spk_0", 0.1 + 0.2, 12.5, "減損 😀", 0.1, 0.7, 0.2, 5e-324)
BARE = Passage(2, None, None, None, None, "So.")


def written(table, metadata=None):
    """Bytes of an Arrow table as some other program writes them."""
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), sink)
    return sink.getvalue()


def arrow(**replacements):
    table = pq.read_table(io.BytesIO(encode_rows(ALL)))
    for name, values in replacements.items():
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def test_rows_come_back_as_they_were():
    """Sorted by their keys; dates, floats and what is empty exactly."""
    found = decode_rows(encode_rows(ALL), "ACME")

    assert found.rows == (ALL[2], ALL[0], ALL[1])
    assert not found.migrated


def test_passages_come_back_as_they_were():
    """In the call's order, in any script."""
    assert decode_passages(encode_passages([PASSAGE, BARE])) == [PASSAGE, BARE]


def test_no_rows_are_a_table_too():
    """Both kinds."""
    assert decode_rows(encode_rows([]), "ACME").rows == ()
    assert decode_passages(encode_passages([])) == []


def test_equal_rows_are_equal_bytes():
    """Whatever order they had."""
    assert encode_rows(ALL) == encode_rows(ALL[::-1])


def test_the_columns_are_those_of_the_rows():
    """Names and order are the code's own; types are what any reader of Parquet sees."""
    assert ROWS.names == [field.name for field in fields(CallRow)]
    assert PASSAGES.names == [field.name for field in fields(Passage)]
    kinds = {name: str(ROWS.field(name).type) for name in ("call_date", "words", "tone", "qa_found", "symbol")}
    assert kinds == {
        "call_date": "date32[day]",
        "words": "int32",
        "tone": "double",
        "qa_found": "bool",
        "symbol": "string",
    }


@pytest.mark.parametrize("body", [encode_rows(ALL), encode_passages([PASSAGE])])
def test_each_column_says_what_it_is_and_each_number_in_what_unit(body):
    """In the file's own schema, for whoever has the file alone."""
    found = pq.read_schema(io.BytesIO(body))

    assert found.metadata[b"stockflow.schema"] == b"1"
    assert all(field.metadata[b"description"] for field in found)
    assert [
        field.name for field in found if field.type in {pa.float64(), pa.int32()} and b"unit" not in field.metadata
    ] == []


def test_sql_reads_the_rows(tmp_path):
    """As Athena would."""
    (tmp_path / "ACME.parquet").write_bytes(encode_rows(ALL))
    rows = duckdb.sql(
        f"SELECT source, max(call_date)::VARCHAR FROM '{tmp_path}/*.parquet' GROUP BY 1 ORDER BY 1"
    ).fetchall()

    assert rows == [("alpha-vantage", "2024-03-31"), ("transcribe", "2026-10-29")]


def test_a_score_that_is_no_number_is_empty():
    """No NaN goes into the dataset."""
    spoilt = Passage(1, None, None, None, None, "So.", float("nan"), 0.1, 0.1, 0.1)

    assert decode_passages(encode_passages([spoilt]))[0].positive is None


@pytest.mark.parametrize(
    "table",
    [
        arrow().append_column("note", pa.array(["a", "b", "c"])),
        arrow().select(ROWS.names[::-1]),
        arrow().take(pa.array([1, 0, 2])),
        arrow(words=pa.array([1, 2, 3], pa.int64())),
    ],
    ids=["another column", "other order of columns", "other order of rows", "wider integers"],
)
def test_a_table_of_another_form_is_migrated(table):
    """What is known of it is read, what is not is dropped, and it says so."""
    found = decode_rows(written(table, {b"stockflow.schema": b"1"}), "ACME")

    assert found.migrated
    assert [row.call_date for row in found.rows] == [ALL[2].call_date, ALL[0].call_date, ALL[1].call_date]


def test_a_table_without_a_version_is_migrated():
    """Some other program wrote it."""
    assert decode_rows(written(arrow()), "ACME").migrated


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "can't be read as Parquet"),
        (encode_rows(ALL)[:-20], "can't be read as Parquet"),
        (written(arrow().drop_columns(["tone"])), "no column tone"),
        (written(arrow(call_date=pa.array(["2026", "x", "y"]))), "column call_date is not date32"),
        (written(arrow(words=pa.array([1, None, 3]))), "column words has empty cells"),
        (written(arrow(symbol=pa.array(["ACME", "IBM", "ACME"]))), "another symbol than ACME"),
        (written(arrow(call_date=pa.array([20000] * 3, pa.date32()))), "more than one row for a call"),
        (written(arrow(call_date=pa.array([9_999_999] * 3, pa.date32()))), "a cell that can't be read"),
        (encode_passages([PASSAGE]), "no column symbol"),
    ],
)  # fmt: skip
def test_what_is_not_this_symbols_table_is_refused(body, reason):
    """And the reason is named."""
    with pytest.raises(NotATableError, match=reason):
        decode_rows(body, "ACME")


def test_what_is_no_table_of_passages_is_refused():
    """A table of rows is none."""
    with pytest.raises(NotATableError, match="no column n"):
        decode_passages(encode_rows(ALL))


@pytest.mark.parametrize("decode", [decode_passages, lambda body: decode_rows(body, "ACME")])
def test_a_table_of_a_newer_release_is_left_alone(decode):
    """It may hold what this release would drop."""
    with pytest.raises(NewerTableError, match="schema 2"):
        decode(written(arrow(), {b"stockflow.schema": b"2"}))


def test_a_flipped_bit_is_seen_or_changes_nothing():
    """Storage that rots makes no other tone."""
    body, seen = encode_rows(ALL), 0
    for place in range(0, len(body), 83):
        rotten = bytearray(body)
        rotten[place] ^= 8
        try:
            assert decode_rows(bytes(rotten), "ACME").rows == (ALL[2], ALL[0], ALL[1])
        except (NotATableError, NewerTableError):
            seen += 1

    assert seen > 0
