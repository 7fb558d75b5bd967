"""Tables to Parquet bytes and back: explicit schema, column order and metadata, so that equal rows are equal bytes."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from functions.prices.series import SCHEMA_VERSION, columns, schema

VERSION_KEY = b"stockflow.schema"
SERIES_KEY = b"stockflow.series"


class NotATable(Exception):
    """Bytes that are not a table of this series; the message says why."""


def encode(table: pd.DataFrame, series: str) -> bytes:
    """The table as Parquet bytes: the same rows give the same bytes, whatever the table's index or history."""
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), SERIES_KEY: series.encode()}
    kinds = schema(series)
    arrays = [pa.array(table[name], kinds.field(name).type, from_pandas=True) for name in columns(series)]
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=kinds.with_metadata(metadata)), sink, compression="zstd", store_schema=False
    )
    return sink.getvalue().to_pybytes()


def decode(body: bytes, series: str) -> pd.DataFrame:
    """The reverse of :func:`encode`.

    Raises:
        NotATable: the bytes are no Parquet, or not the series' columns.
    """
    try:
        table = pq.read_table(pa.BufferReader(body))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise NotATable(f"it can't be read as Parquet ({type(error).__name__})") from error
    if table.schema.names != columns(series):
        raise NotATable(f"its columns are {', '.join(table.schema.names)}")
    return to_pandas(table)


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """As the rest of this package wants it: dates as datetime64[s], no index, no pandas metadata."""
    frame = table.replace_schema_metadata(None).to_pandas(date_as_object=False)
    return frame.assign(date=frame["date"].astype("datetime64[s]"))


def empty_table(series: str) -> pd.DataFrame:
    """A table of the series without rows."""
    return to_pandas(schema(series).empty_table())
