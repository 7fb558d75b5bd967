"""Copies bars of symbols' objects into the tables of years, as many at once as memory takes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from stockflow_functions.daily_prices.tables.readers import read_each
from stockflow_functions.daily_prices.tables.reading import UNREADABLE, Copy, Source, read_copy
from stockflow_functions.daily_prices.tables.years import Change, Turn, replace_year
from stockflow_functions.domain.catalog.entry import Entry, Key
from stockflow_functions.domain.catalog.years import by_year
from stockflow_functions.domain.prices.schema import schema

ROWS_AT_ONCE = 4_000_000
"""Bars that are kept until they are written: 0.3 GB. The larger, the fewer times a year's table is written."""


@dataclass(frozen=True)
class Task:
    """The symbols of a series that are to be copied.

    Attributes:
        wanted: the key of each one's object; None for one that is gone.
        old: what the catalog says of the series' symbols.
        known: the symbols that have an object.
        is_late: whether it is time to stop; what is left is for the next call.
    """

    source: Source
    wanted: Mapping[str, str | None]
    old: Mapping[str, Entry]
    known: frozenset[str]
    is_late: Callable[[], bool]


@dataclass
class Copied:
    """What became of symbols: their copies, without the rows; and sentences about objects that can't be read."""

    copies: dict[Key, Copy] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def copy_all(turn: Turn, task: Task) -> Copied:
    """Copies the symbols; those that it had no time for, or that can't be read, are in no copy.

    Raises:
        WriteConflict, DamagedTable, StorageDenied: as :func:`years.replace_year` does.
    """
    done, waiting, rows = Copied(), list[Copy](), 0
    for symbol, copy in _read(task):
        if isinstance(copy, Exception):
            done.warnings.append(f"{task.wanted[symbol]} is not in the tables of years as it is now: {copy}.")
            continue
        waiting.append(copy)
        rows += len(copy.rows)
        if rows >= ROWS_AT_ONCE:
            _flush(turn, task, waiting, done)
            waiting, rows = [], 0
    _flush(turn, task, waiting, done)
    return done


def _read(task: Task) -> Iterator[tuple[str, Copy | Exception]]:
    def read(symbol: str) -> Copy | Exception:
        try:
            return read_copy(task.source, symbol, task.wanted[symbol], task.old.get(symbol))
        except UNREADABLE as error:
            return error

    return read_each(read, sorted(task.wanted), task.is_late)


def _flush(turn: Turn, task: Task, copies: list[Copy], done: Copied) -> None:
    """Writes the tables of all years that these symbols have bars in, or had."""
    if not copies:
        return
    series = task.source.series
    rows = dict(by_year(pa.concat_tables([copy.rows for copy in copies])))
    empty = schema(series).empty_table()
    for year in sorted({year for copy in copies for year in copy.years}):
        symbols = {copy.symbol for copy in copies if year in copy.years}
        replace_year(turn, series, year, Change(symbols, task.known, rows.get(year, empty)))
    for copy in copies:
        done.copies[series.name, copy.symbol] = replace(copy, rows=empty)
