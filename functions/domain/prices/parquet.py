"""Tables to Parquet bytes and back: explicit schema and order, so that equal rows and changes are equal bytes."""

from dataclasses import dataclass
from functools import cache

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.domain.parquet import (
    VERSION_KEY,
    NewerTableError,
    NotATableError,
    column,
    from_bytes,
    to_bytes,
    version_of,
)
from stockflow_functions.domain.prices.changes import changes_of, metadata_of
from stockflow_functions.domain.prices.schema import SCHEMA_VERSION, schema
from stockflow_functions.domain.prices.series import ADJUSTED_CLOSE, Series
from stockflow_functions.domain.prices.undo_log import Changes

SERIES_KEY = b"stockflow.series"
NULLABLE = {ADJUSTED_CLOSE}
"""Unknown on the present basis: see :mod:`stockflow_functions.domain.prices.adjusted`."""


@dataclass(frozen=True)
class Decoded:
    """A table sorted by date.

    Attributes:
        migrated: whether the bytes were not of the present schema or order.
        changes: what it was before; None if nothing is noted, or what is can't be read.
        forgot: whether there are changes that can't be read.
    """

    table: pd.DataFrame
    migrated: bool = False
    changes: Changes | None = None
    forgot: bool = False


def encode(table: pd.DataFrame, series: Series, changes: Changes | None = None) -> bytes:
    """The table as Parquet bytes: the same rows and changes give the same bytes, whatever the table's index."""
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), SERIES_KEY: series.name.encode()}
    kinds = schema(series)
    arrays = [pa.array(table[field.name], field.type, from_pandas=True) for field in kinds]
    made = pa.Table.from_arrays(arrays, schema=kinds)
    return to_bytes(made, metadata, long=metadata_of(changes), dictionaries=["symbol"])


def decode(body: bytes, series: Series, symbol: str) -> Decoded:
    """The reverse of :func:`encode`; a table of an older schema version, without one, or in another order is migrated.

    Raises:
        NotATableError: the bytes are not Parquet, lack a column, or hold rows that can't be this symbol's series.
        NewerTableError: a newer release wrote them, or their changes.
    """
    found = from_bytes(body)
    version = version_of(found, SCHEMA_VERSION)
    same_columns = found.schema.equals(schema(series))
    table = found if same_columns else _migrated(found, series, symbol)
    _check_rows(table, symbol)
    frame = to_pandas(table)
    changes, forgot = _changes(found)
    if version == SCHEMA_VERSION and same_columns and frame["date"].is_monotonic_increasing:
        return Decoded(frame, changes=changes, forgot=forgot)
    return Decoded(frame.sort_values("date", ignore_index=True), migrated=True, changes=changes, forgot=forgot)


def _changes(found: pa.Table) -> tuple[Changes | None, bool]:
    """The changes, and whether there are some that can't be read: the rows are right without them."""
    try:
        return changes_of(found.schema.metadata), False
    except NotATableError:
        return None, True


def is_emptied(body: bytes, series: Series, symbol: str) -> bool:
    """Whether the bytes are a table without rows, as it is left where a symbol has moved to another key."""
    try:
        return decode(body, series, symbol).table.empty
    except (NotATableError, NewerTableError):
        return False


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """As the rest of this package expects it: dates as datetime64[s], no index, no pandas metadata."""
    frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas(date_as_object=False)
    return frame.assign(date=frame["date"].astype("datetime64[s]"))


def empty_table(series: Series) -> pd.DataFrame:
    """A table of the series without rows."""
    return _empty(series).copy()


@cache
def _empty(series: Series) -> pd.DataFrame:
    return to_pandas(schema(series).empty_table())


def _migrated(table: pa.Table, series: Series, symbol: str) -> pa.Table:
    """Columns by name, cast without loss; a missing symbol column is filled, unknown columns are dropped."""
    columns = []
    for field in schema(series):
        if field.name == "symbol" and field.name not in table.schema.names:
            columns.append(pa.array([symbol] * len(table), pa.string()))
            continue
        columns.append(column(table, field))
    return pa.Table.from_arrays(columns, schema=schema(series))


def _check_rows(table: pa.Table, symbol: str) -> None:
    for name in table.schema.names:
        if name not in NULLABLE and table.column(name).null_count:
            raise NotATableError(f"its column {name} has empty cells")
    if not pc.all(pc.equal(table.column("symbol"), symbol)).as_py() and len(table):
        raise NotATableError(f"it holds rows of another symbol than {symbol}")
    dates = table.column("date")
    if pc.count_distinct(dates).as_py() != len(table):
        raise NotATableError("it has more than one row for a date")
