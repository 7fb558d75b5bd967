"""All symbols' bars of one year as one table, sorted by date and symbol, made of the symbols' own tables. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.domain.catalog.table import TURN_KEY, turn_in
from stockflow_functions.domain.parquet import VERSION_KEY, column, from_bytes, to_bytes, version_of
from stockflow_functions.domain.prices.parquet import SERIES_KEY
from stockflow_functions.domain.prices.schema import SCHEMA_VERSION, schema
from stockflow_functions.domain.prices.series import Series

ROWS_A_GROUP = 60_000
"""Of the file: five sessions of 12,000 symbols. Whoever wants one day reads one group or two."""


@dataclass(frozen=True, eq=False)
class YearTable:
    """The bars of a year, and the turn in which they were written (:class:`table.Catalog`)."""

    rows: pa.Table
    turn: int


def rows_of(table: pd.DataFrame, series: Series) -> pa.Table:
    """A symbol's bars, or some of them, as the tables of years have them."""
    arrays = [pa.array(table[each.name], each.type, from_pandas=True) for each in schema(series)]
    return pa.Table.from_arrays(arrays, schema=schema(series))


def by_year(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """The bars of each year that has any, sorted by date and symbol."""
    ordered = _ordered(rows)
    years = ordered.column("date").to_numpy().astype("datetime64[Y]").astype("int64") + 1970
    found, begins = np.unique(years, return_index=True)
    for year, begin, end in zip(found, begins, np.append(begins, len(years))[1:], strict=True):
        yield int(year), ordered.slice(begin, end - begin)


def replaced(before: pa.Table, symbols: Collection[str], known: Collection[str], rows: pa.Table) -> pa.Table:
    """The bars of a year with those of some symbols replaced by these rows, sorted by date and symbol.

    Args:
        before: the bars as they were.
        symbols: whose bars are replaced; one without rows has none left.
        known: of these symbols and no others bars stay.
        rows: the bars of ``symbols``.
    """
    staying = pa.array(sorted(set(known) - set(symbols)), pa.string())
    stay = before.filter(pc.is_in(before.column("symbol"), staying))
    return _ordered(pa.concat_tables([stay, rows]))


def encode_year(table: YearTable, series: Series) -> bytes:
    """The bars of a year as Parquet bytes."""
    metadata = {
        VERSION_KEY: str(SCHEMA_VERSION).encode(),
        SERIES_KEY: series.name.encode(),
        TURN_KEY: str(table.turn).encode(),
    }
    return to_bytes(table.rows, metadata, rows_a_group=ROWS_A_GROUP)


def decode_year(body: bytes, series: Series) -> YearTable:
    """The reverse of :func:`encode_year`.

    Raises:
        NotATableError: the bytes are not such a table.
        NewerTableError: a newer release wrote them.
    """
    found = from_bytes(body)
    version_of(found, SCHEMA_VERSION)
    arrays = [column(found, each) for each in schema(series)]
    return YearTable(pa.Table.from_arrays(arrays, schema=schema(series)), turn_in(found))


def _ordered(rows: pa.Table) -> pa.Table:
    """Sorted by date and symbol; by numbers, as Arrow takes ten times as long over texts."""
    symbols = rows.column("symbol").combine_chunks().dictionary_encode()
    if isinstance(symbols, pa.ChunkedArray):
        symbols = pa.concat_arrays(symbols.unify_dictionaries().chunks) if symbols.num_chunks else symbols
    names = symbols.dictionary.to_numpy(zero_copy_only=False)
    rank = np.argsort(np.argsort(names))
    days = rows.column("date").to_numpy().astype("datetime64[D]").astype("int64")
    order = np.argsort(days * (len(names) + 1) + rank[symbols.indices.to_numpy(zero_copy_only=False)], kind="stable")
    return rows.take(pa.array(order))
