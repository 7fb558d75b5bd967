"""The bars of many symbols in one table, as they are stored, or as they were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.places import Place
from stockflow.dataset.reading import as_arrow, as_written, each, is_of, joined
from stockflow.dataset.sentences import decoding
from stockflow.dataset.then import log_of, not_known_then, rows_then
from stockflow_functions.aws import keys
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.prices.changes import UnknownThen
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
    not, they are read again by the rules that runs read them by.
    """

    def __init__(self, place: Place, series: Series, columns: Collection[str], moment_s: int | None) -> None:
        self._place = place
        self._series = series
        self._schema = pa.schema([field for field in schema(series) if field.name in columns])
        self._moment_s = moment_s
        self._unknown: dict[str, UnknownThen] = {}

    def bars(self, symbols: Sequence[str]) -> Bars:
        """The bars of these symbols, which are sorted.

        Raises:
            DatasetError: an object is no table of the series, or a newer release's; or what it was at the moment is
                not known.
        """
        tables = each(symbols, self._read, self._place.readers)
        found = {symbol: table for symbol, table in zip(symbols, tables, strict=True) if table is not None}
        whole = joined(list(found.values()), self._schema)
        if not _is_sound(whole, found):
            again = each(list(found), partial(self._read, careful=True), self._place.readers)
            whole = joined([table for table in again if table is not None], self._schema)
        if self._unknown and self._moment_s is not None:
            raise not_known_then(self._place, self._unknown, self._moment_s)
        return Bars(whole, [symbol for symbol in symbols if symbol not in found])

    def _read(self, symbol: str, *, careful: bool = False) -> pa.Table | None:
        key = keys.prices(self._series.name, symbol)
        body = lookup(self._place.read, key)
        if body is None:
            return None
        with decoding(self._place, key):
            found = None if careful else as_written(body, self._schema, SCHEMA_VERSION)
            if self._moment_s is None:
                return self._decoded(body, symbol) if found is None else found
            try:
                return self._then(body, symbol, found, self._moment_s)
            except UnknownThen as unknown:
                return self._version_of_then(symbol, key, unknown, self._moment_s)

    def _then(self, body: bytes, symbol: str, found: pa.Table | None, moment_s: int) -> pa.Table:
        if found is not None and is_of(found, symbol) and _is_sorted(found) and not _has_gaps(found):
            return rows_then(found, symbol, log_of(found), moment_s)
        decoded = decode(body, self._series, symbol)
        return rows_then(as_arrow(decoded.table, self._schema), symbol, decoded.changes, moment_s)

    def _version_of_then(self, symbol: str, key: str, unknown: UnknownThen, moment_s: int) -> pa.Table:
        """The object itself, as it was then, if the place keeps earlier versions: those of an older release's too."""
        body = lookup(partial(self._place.read_at, moment_s=moment_s), key)
        if body is not None:
            return self._decoded(body, symbol)
        self._unknown[symbol] = unknown
        return self._schema.empty_table()

    def _decoded(self, body: bytes, symbol: str) -> pa.Table:
        return as_arrow(decode(body, self._series, symbol).table, self._schema)


def _is_sound(whole: pa.Table, tables: dict[str, pa.Table]) -> bool:
    """Whether the joined tables hold what :func:`decode` asks of each: no gap, their own symbol, sorted dates."""
    rows = np.array([len(table) for table in tables.values()], dtype=np.int64)
    of_row = np.repeat(np.arange(len(rows)), rows)
    days = whole.column("date").cast(pa.int32()).to_numpy()
    if _has_gaps(whole) or not ((np.diff(days) > 0) | (np.diff(of_row) > 0)).all():
        return False
    own = pa.array(list(tables), pa.string()).take(pa.array(of_row))
    return pc.all(pc.equal(whole.column("symbol"), own)).as_py() is not False


def _is_sorted(table: pa.Table) -> bool:
    days = table.column("date").to_numpy()
    return bool((days[1:] > days[:-1]).all())


def _has_gaps(table: pa.Table) -> bool:
    return any(table.column(name).null_count for name in table.schema.names if name not in NULLABLE)
