"""The bars of many symbols in one table, as they are stored."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.places import Place
from stockflow.dataset.reading import as_arrow, as_written, each, joined
from stockflow.dataset.sentences import decoding
from stockflow_functions.aws import keys
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.prices.parquet import NULLABLE, decode
from stockflow_functions.domain.prices.schema import SCHEMA_VERSION, schema
from stockflow_functions.domain.prices.series import Series


@dataclass(frozen=True)
class Bars:
    """The bars of the symbols that have a table, sorted by symbol and date, and the symbols that have none."""

    table: pa.Table
    missing: list[str]


class Reader:
    """Reads the tables of a series, of each only the columns that are asked for.

    A table that is as this release writes it is taken as it is, and all of them are checked at once. Where one is
    not, it is read again by the rules that runs read it by.
    """

    def __init__(self, place: Place, series: Series, columns: Collection[str]) -> None:
        self._place = place
        self._series = series
        self._schema = pa.schema([field for field in schema(series) if field.name in columns])

    def bars(self, symbols: Sequence[str]) -> Bars:
        """The bars of these symbols, which are sorted.

        Raises:
            DatasetError: an object is no table of the series, or a newer release's.
        """
        tables = each(symbols, self._read, self._place.readers)
        found = {symbol: table for symbol, table in zip(symbols, tables, strict=True) if table is not None}
        whole = joined(list(found.values()), self._schema)
        if not _is_sound(whole, found):
            whole = joined(each(list(found), self._checked, self._place.readers), self._schema)
        return Bars(whole, [symbol for symbol in symbols if symbol not in found])

    def _read(self, symbol: str) -> pa.Table | None:
        body = self._body(symbol)
        if body is None:
            return None
        found = as_written(body, self._schema, SCHEMA_VERSION)
        return self._decoded(body, symbol) if found is None else found

    def _checked(self, symbol: str) -> pa.Table:
        body = self._body(symbol)
        return self._schema.empty_table() if body is None else self._decoded(body, symbol)

    def _body(self, symbol: str) -> bytes | None:
        return lookup(self._place.read, keys.prices(self._series.name, symbol))

    def _decoded(self, body: bytes, symbol: str) -> pa.Table:
        with decoding(self._place, keys.prices(self._series.name, symbol)):
            return as_arrow(decode(body, self._series, symbol).table, self._schema)


def _is_sound(whole: pa.Table, tables: dict[str, pa.Table]) -> bool:
    """Whether the joined tables hold what :func:`decode` asks of each: no gap, their own symbol, sorted dates."""
    if any(whole.column(name).null_count for name in whole.schema.names if name not in NULLABLE):
        return False
    rows = np.array([len(table) for table in tables.values()], dtype=np.int64)
    of_row = np.repeat(np.arange(len(rows)), rows)
    own = pa.array(list(tables), pa.string()).take(pa.array(of_row))
    days = whole.column("date").cast(pa.int32()).to_numpy()
    later = (np.diff(days) > 0) | (np.diff(of_row) > 0)
    return bool(later.all()) and (not len(whole) or pc.all(pc.equal(whole.column("symbol"), own)).as_py())
