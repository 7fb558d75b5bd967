"""Listings as Parquet."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stockflow_functions.domain.listings.table import SCHEMA, decode, encode
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from tests.helpers.written_listings import listing, listings

ALL = listings(listing("NA", None), listing("GONE", ends="2024-03-15"), listing("AAPL"))


def test_listings_come_back():
    """With their day, and with the symbol NA."""
    assert decode(encode(ALL)) == ALL


def test_the_same_listings_are_the_same_bytes():
    """A refresh that changes nothing shows."""
    assert encode(ALL) == encode(decode(encode(ALL)))


def test_dates_are_dates_for_any_reader():
    """Not texts, and not moments."""
    types = {field.name: field.type for field in pq.read_schema(io.BytesIO(encode(ALL)))}
    assert {name for name, kind in types.items() if kind == pa.date32()} == {
        "ipo_date", "delisting_date", "first_seen", "last_seen",
    }  # fmt: skip


def test_pandas_reads_the_symbol_na():
    """As the text that it is."""
    assert list(pd.read_parquet(io.BytesIO(encode(ALL)))["symbol"]) == ["AAPL", "GONE", "NA"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"no parquet", "can't be read"),
        (encode(ALL)[:-20], "can't be read"),
        (pa.BufferOutputStream, "no column exchange"),
    ],
)
def test_what_is_no_table_of_listings_is_told(body, said):
    """Damaged, cut off, or another table."""
    if not isinstance(body, bytes):
        sink = body()
        pq.write_table(pa.table({"symbol": ["A"], "name": ["B"]}), sink)
        body = sink.getvalue().to_pybytes()
    with pytest.raises(NotATableError, match=said):
        decode(body)


def test_a_newer_table_is_not_touched():
    """The release that wrote it knows more."""
    table = pq.read_table(io.BytesIO(encode(ALL)))
    newer = table.replace_schema_metadata({**table.schema.metadata, b"stockflow.schema": b"99"})
    sink = pa.BufferOutputStream()
    pq.write_table(newer, sink)
    with pytest.raises(NewerTableError):
        decode(sink.getvalue().to_pybytes())


def test_every_column_says_what_it_is():
    """In the file itself."""
    assert all(field.metadata[b"description"] for field in SCHEMA)
