"""Tables to bytes and back."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from tests.helpers.tables import adjusted, daily, same
from tests.helpers.vendor_bodies import weekdays

TABLE = daily({"2024-09-04": 204.11, "2024-09-05": 202.59})


def written(table, metadata=None):
    """Bytes of an Arrow table as some other program writes them."""
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), sink)
    return sink.getvalue()


def arrow(**replacements):
    table = pq.read_table(io.BytesIO(encode(TABLE, DAILY)))
    for name, values in replacements.items():
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def test_a_table_without_rows_is_the_callers_own():
    """What is done to one is not seen in the next."""
    mine = empty_table(DAILY)
    mine["note"] = 1

    assert list(empty_table(DAILY)) == list(DAILY.columns)


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_a_flipped_bit_is_seen_or_changes_nothing(bit):
    """Storage that rots makes no other price: pages carry checksums, and the rest is compared with itself."""
    table = daily({day: 200.0 + number for number, day in enumerate(weekdays("2024-01-01", 60))})
    body = encode(table, DAILY)
    seen = 0
    for place in range(0, len(body), 3):
        rotten = bytearray(body)
        rotten[place] ^= 1 << bit
        try:
            same(decode(bytes(rotten), DAILY, "IBM").table, table)
        except (NotATableError, NewerTableError):
            seen += 1

    assert seen > len(body) / 6


def test_the_columns_are_those_of_the_design():
    """Names, order and types, as any Parquet reader sees them."""
    found = pq.read_schema(io.BytesIO(encode(adjusted({"2024-09-05": (1.0, 1.0)}), DAILY_ADJUSTED)))

    assert [(field.name, str(field.type)) for field in found] == [
        ("symbol", "string"),
        ("date", "date32[day]"),
        *((name, "double") for name in ("open", "high", "low", "close")),
        ("volume", "int64"),
        *((name, "double") for name in ("adjusted_close", "dividend_amount", "split_coefficient")),
    ]
    assert found.metadata[b"stockflow.schema"] == b"1"


def test_equal_rows_are_equal_bytes():
    """Whatever the index and the order of columns were before."""
    shuffled = TABLE[list(DAILY.columns)[::-1]].set_index(pd.Index([7, 3]))

    assert encode(shuffled, DAILY) == encode(TABLE, DAILY)


def test_a_table_comes_back_as_it_was():
    """Dates, floats and 64-bit volumes exactly."""
    table = TABLE.assign(volume=[9007199254740993, 0], close=[0.1 + 0.2, 5e-324])

    same(decode(encode(table, DAILY), DAILY, "IBM").table, table)


def test_an_empty_table_comes_back():
    """No rows are a table too."""
    same(decode(encode(empty_table(DAILY), DAILY), DAILY, "IBM").table, empty_table(DAILY))


@pytest.mark.parametrize("body", [b"", b"PAR1", b"not parquet", encode(TABLE, DAILY)[:-20], encode(TABLE, DAILY)[40:]])
def test_bytes_that_are_no_parquet_are_refused(body):
    """Cut short, or something else altogether."""
    with pytest.raises(NotATableError, match="can't be read as Parquet"):
        decode(body, DAILY, "IBM")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (pa.table({"a": [1]}), "it has no column date"),
        (arrow(symbol=pa.array(["IBM", "MSFT"])), "rows of another symbol than IBM"),
        (arrow(date=pa.array([1, 1], pa.int32()).cast(pa.date32())), "more than one row for a date"),
        (arrow(volume=pa.array([1, None], pa.int64())), "its column volume has empty cells"),
        (arrow(volume=pa.array([1.5, 2.0])), "its column volume is not int64"),
        (arrow(close=pa.array(["x", "y"])), "its column close is not double"),
    ],
)
def test_rows_that_can_not_be_the_series_are_refused(table, reason):
    """Parquet, but no table of this symbol."""
    with pytest.raises(NotATableError, match=reason):
        decode(written(table, {b"stockflow.schema": b"1"}), DAILY, "IBM")


@pytest.mark.parametrize(
    ("table", "metadata"),
    [
        (arrow(), None),
        (arrow(), {b"stockflow.schema": b"0"}),
        (arrow().select(["close", "date", "open", "high", "low", "volume"]), None),
        (arrow(volume=pa.array([1000, 1000], pa.int32())), None),
        (arrow(date=arrow()["date"].cast(pa.timestamp("ms"))), None),
        (arrow().take([1, 0]), {b"stockflow.schema": b"1"}),
        (arrow().append_column("note", pa.array(["a", "b"])), None),
    ],
)
def test_an_older_table_is_migrated(table, metadata):
    """Other types that lose nothing, another order, a missing symbol: the same rows in the present form."""
    decoded = decode(written(table, metadata), DAILY, "IBM")

    assert decoded.migrated
    same(decoded.table, TABLE)


def test_a_newer_table_is_left_alone():
    """What this release does not know it must not rewrite."""
    with pytest.raises(NewerTableError, match="schema 2"):
        decode(written(arrow(), {b"stockflow.schema": b"2"}), DAILY, "IBM")


def test_the_schema_is_the_columns():
    """One source for names and types."""
    assert schema(DAILY).names == list(DAILY.columns)
