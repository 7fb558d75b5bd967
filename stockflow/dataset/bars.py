"""The bars of many symbols in one table, as they are stored, or as they were."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from stockflow.dataset.places import Place
from stockflow.dataset.reading import are_own, as_arrow, as_written, each, joined, number_of_row
from stockflow.dataset.sentences import decoding
from stockflow.dataset.then import log_of, not_known_then, reaches, rows_then
from stockflow_functions.aws import keys
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.prices.changes import metadata_of
from stockflow_functions.domain.prices.parquet import NULLABLE, decode
from stockflow_functions.domain.prices.schema import SCHEMA_VERSION, schema
from stockflow_functions.domain.prices.series import Series
from stockflow_functions.domain.prices.undo_log import Changes


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

    def __init__(self, place: Place, series: Series, columns: Collection[str]) -> None:
        self._place = place
        self._series = series
        self._schema = pa.schema([field for field in schema(series) if field.name in columns])

    def bars(self, symbols: Sequence[str], moment_s: int | None = None) -> Bars:
        """The bars of these symbols, which are sorted; as they were then, seconds since 1970, or as they are now.

        Raises:
            DatasetError: an object is no table of the series, or a newer release's; or what it was at the moment is
                not known.
        """
        found = self._each(symbols, self._read)
        whole = joined(list(found.values()), self._schema)
        if not _is_sound(whole, found):
            found = self._each(list(found), partial(self._read, careful=True))
            whole = joined(list(found.values()), self._schema)
        missing = [symbol for symbol in symbols if symbol not in found]
        return Bars(whole if moment_s is None else self._then(found, moment_s), missing)

    def _then(self, tables: dict[str, pa.Table], moment_s: int) -> pa.Table:
        """What their logs say; where one does not reach, the object itself as it was, if the place keeps versions."""
        logs = {symbol: self._log(symbol, table) for symbol, table in tables.items()}
        unknown = {symbol: log for symbol, log in logs.items() if not reaches(log, moment_s)}
        versions = self._each(list(unknown), partial(self._version, moment_s=moment_s))
        if len(versions) < len(unknown):
            without = {symbol: log for symbol, log in unknown.items() if symbol not in versions}
            raise not_known_then(self._place, without, moment_s)
        known = [Changes(None) if symbol in versions else log for symbol, log in logs.items()]
        return rows_then(tables | versions, [log for log in known if log is not None], moment_s, self._schema)

    def _each(self, symbols: Sequence[str], read: Callable[[str], pa.Table | None]) -> dict[str, pa.Table]:
        """The tables of those that have one."""
        tables = each(symbols, read, self._place.readers)
        return {symbol: table for symbol, table in zip(symbols, tables, strict=True) if table is not None}

    def _read(self, symbol: str, *, careful: bool = False) -> pa.Table | None:
        body = lookup(self._place.read, self._key(symbol))
        found = None if careful or body is None else as_written(body, self._schema, SCHEMA_VERSION)
        return self._decoded(symbol, body) if found is None else found

    def _version(self, symbol: str, moment_s: int) -> pa.Table | None:
        return self._decoded(symbol, lookup(partial(self._place.read_at, moment_s=moment_s), self._key(symbol)))

    def _decoded(self, symbol: str, body: bytes | None) -> pa.Table | None:
        if body is None:
            return None
        with decoding(self._place, self._key(symbol)):
            found = decode(body, self._series, symbol)
        return as_arrow(found.table, self._schema).replace_schema_metadata(metadata_of(found.changes))

    def _log(self, symbol: str, table: pa.Table) -> Changes | None:
        with decoding(self._place, self._key(symbol)):
            return log_of(table)

    def _key(self, symbol: str) -> str:
        return keys.prices(self._series.name, symbol)


def _is_sound(whole: pa.Table, tables: dict[str, pa.Table]) -> bool:
    """Whether the joined tables hold what :func:`decode` asks of each: no gap, sorted dates, their own symbol."""
    days = whole.column("date").cast(pa.int32()).to_numpy()
    in_order = (np.diff(days) > 0) | (np.diff(number_of_row(tables)) > 0)
    return not _has_gaps(whole) and bool(in_order.all()) and are_own(whole, tables)


def _has_gaps(table: pa.Table) -> bool:
    return any(table.column(name).null_count for name in table.schema.names if name not in NULLABLE)
