"""Tables of prices as they were at a moment: those of many symbols are undone at once, as arrays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow.dataset.reading import joined, number_of_row
from stockflow.dataset.sentences import at_moment
from stockflow_functions.domain.parquet import NotATableError
from stockflow_functions.domain.prices.changes import changes_of, columns_as_of
from stockflow_functions.domain.prices.undo_log import Cells, Changes, Spans, no_numbers
from stockflow_functions.domain.words import named_few

_Arrays: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]
_NOTHING: _Arrays = (no_numbers(), no_numbers(), no_numbers())
_BITS = 32
"""A day of a symbol is the symbol's number and the day in one integer; so many bits are the day's."""


def log_of(table: pa.Table) -> Changes | None:
    """The undo log in a table's metadata; None if it has none that can be read: its rows are right without.

    Raises:
        NewerTableError: a newer release wrote it.
    """
    try:
        return changes_of(table.schema.metadata)
    except NotATableError:
        return None


def reaches(log: Changes | None, moment_s: int) -> bool:
    """Whether a log says what its table was at that second."""
    return log is not None and (log.since_s is None or log.since_s <= moment_s)


def rows_then(tables: Mapping[str, pa.Table], logs: Sequence[Changes], moment_s: int, kinds: pa.Schema) -> pa.Table:
    """The rows of all tables at the end of that second; of each none before the first of them came in.

    Args:
        tables: by symbol, in order, each sorted by date: symbol, date and any columns of values.
        logs: of each; all reach the moment.
        moment_s: in whole seconds since 1970.
        kinds: what the tables have.
    """
    rows = joined(list(tables.values()), kinds)
    firsts = [int(np.searchsorted(log.at_s, moment_s, side="right")) for log in logs]
    if all(first == len(log.at_s) for first, log in zip(firsts, logs, strict=True)):
        return rows
    days = rows.column("date").cast(pa.int32()).to_numpy().astype(np.int64) + (number_of_row(tables) << _BITS)
    values = {name: rows.column(name).to_numpy() for name in kinds.names[2:]}
    later = _later(logs, firsts, list(values), moment_s)
    left, then = columns_as_of(days.view("datetime64[D]"), values, later, moment_s)
    days = left.view(np.int64)
    numbers = (days + (1 << (_BITS - 1))) >> _BITS
    symbols = pa.array(list(tables), pa.string()).take(pa.array(numbers))
    dates = pa.array((days - (numbers << _BITS)).astype("datetime64[D]"))
    found = [pa.array(each, from_pandas=True) for each in then.values()]
    return pa.Table.from_arrays([symbols, dates, *found], schema=kinds)


def _later(logs: Sequence[Changes], firsts: Sequence[int], columns: Iterable[str], moment_s: int) -> Changes:
    """What the logs say of events after the moment, as one log of all symbols' days."""
    numbered = list(zip(range(len(logs)), firsts, logs, strict=True))
    kept = {
        name: Spans(*_joined(_spans_of(number, first, getattr(log, name)) for number, first, log in numbered))
        for name in ("added", "renewed", "removed")
    }
    cells = {
        name: Cells(*_joined(_cells_of(number, first, log.cells.get(name)) for number, first, log in numbered))
        for name in columns
    }
    return Changes(None, np.array([moment_s + 1]), **kept, cells=cells)


def _spans_of(number: int, first: int, spans: Spans) -> _Arrays:
    at = int(np.searchsorted(spans.event, first))
    base = number << _BITS
    return spans.event[at:], spans.first[at:] + base, spans.last[at:] + base


def _cells_of(number: int, first: int, cells: Cells | None) -> _Arrays:
    if cells is None:
        return _NOTHING
    at = int(np.searchsorted(cells.event, first))
    return cells.event[at:], cells.day[at:] + (number << _BITS), cells.more[at:]


def _joined(parts: Iterable[_Arrays]) -> Iterator[np.ndarray]:
    return (np.concatenate(arrays) for arrays in zip(*parts, strict=True))


def not_known_then(place: Place, unknown: Mapping[str, Changes | None], moment_s: int) -> DatasetError:
    """That neither the logs of these symbols nor the place say what their tables were then."""
    since = [log.since_s for log in unknown.values() if log is not None and log.since_s is not None]
    older = len(since) < len(unknown)
    from_then_on = "" if older else f"only what it was from {at_moment(max(since))} on"
    why = from_then_on or "as an older release wrote it, or its changes can't be read"
    return DatasetError(
        f"What {place.name} had of {named_few(list(unknown))} at {at_moment(moment_s)} is not known, {why}: write a "
        "later as_of, or none for what is known now."
    )


def nothing_then(place: Place, symbols: Sequence[str], moment_s: int) -> DatasetError:
    """That no bar of these symbols was there yet."""
    return DatasetError(
        f"{place.name} had no bar of {named_few(symbols)} at {at_moment(moment_s)}, which is before the first run that "
        "saved one: write a later as_of, or none for what is known now."
    )
