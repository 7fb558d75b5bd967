"""What a table was before: an undo log in the table's own Parquet object, to which each save adds an event.

An event says when, which dates it added or removed, and by how much each value that it changed was another before. The
table as of a moment is the present one with all later events undone (docs/adr/0079).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.prices.differences import difference
from stockflow_functions.domain.prices.series import ADJUSTED_CLOSE
from stockflow_functions.domain.prices.undo_log import Cells, Changes, Spans, as_text, from_text

CHANGES_KEY = b"stockflow.changes"
_NEVER = np.iinfo(np.int64).max


class UnknownThen(Exception):
    """What the table was then is not known. ``since_s``: from when on it is, seconds since 1970; None if never."""

    def __init__(self, since_s: int | None) -> None:
        self.since_s = since_s
        known = "it has no changes noted" if since_s is None else f"it is known from {to_iso(since_s * 1000)} on"
        super().__init__(f"what the table was then is not known: {known}")


def noted(changes: Changes | None, before: pd.DataFrame, after: pd.DataFrame, at_s: int) -> Changes:
    """The log with the event that makes one table the next; the same log if they are equal.

    Args:
        changes: the log of ``before``; None if there is none, and the log begins with ``after``.
        before: the table that is replaced, sorted by date; without rows if there is none.
        after: the table that replaces it, sorted by date.
        at_s: when it does, in whole seconds since 1970; where a clock is behind, the time of the last event holds.
    """
    if changes is None:
        return Changes(since_s=at_s)
    found = difference(before, after)
    if found.is_none:
        return changes
    event, times = len(changes.at_s), changes.at_s
    latest = max([at_s, changes.since_s or at_s, *times[-1:].tolist()])
    cells = dict(changes.cells)
    for name, (day, more) in found.cells.items():
        cells[name] = cells.get(name, Cells()).and_of(event, day, more)
    return Changes(
        changes.since_s,
        np.append(times, latest),
        changes.added.and_of(event, *found.added),
        changes.renewed.and_of(event, *found.renewed),
        changes.removed.and_of(event, found.removed, found.removed),
        cells,
    )


def metadata_of(changes: Changes | None) -> dict[bytes, bytes]:
    """The log as a Parquet file's metadata; nothing if there is none."""
    return {} if changes is None else {CHANGES_KEY: as_text(changes)}


def changes_of(metadata: Mapping[bytes, bytes] | None) -> Changes | None:
    """The log in the metadata of a table's Parquet file; None if it has none, as those of older releases.

    Raises:
        NotATableError: it can't be read.
        NewerTableError: a newer release wrote it.
    """
    text = (metadata or {}).get(CHANGES_KEY)
    return None if text is None else from_text(text)


def table_as_of(table: pd.DataFrame, changes: Changes | None, moment_s: int) -> pd.DataFrame:
    """The table as it was at the end of that second; without rows before its first event.

    Args:
        table: the present table, sorted by date: ``date``, and any of the dataset's columns.
        changes: its log.
        moment_s: in whole seconds since 1970.

    Raises:
        UnknownThen: the log begins later, or there is none.
    """
    columns = {str(name): table[name].to_numpy() for name in table if name not in {"symbol", "date"}}
    dates = table["date"].to_numpy()
    days, values = columns_as_of(dates.astype("datetime64[D]"), columns, changes, moment_s)
    if values is columns:
        return table
    symbols = {"symbol": table["symbol"].array[:1].repeat(len(days))} if "symbol" in table else {}
    return pd.DataFrame({**symbols, "date": days.astype(dates.dtype), **values}, columns=table.columns)


def columns_as_of(
    dates: np.ndarray, columns: Mapping[str, np.ndarray], changes: Changes | None, moment_s: int
) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """The same as :func:`table_as_of` of arrays; the very ones that were given if there is no later event.

    Args:
        dates: sorted, datetime64[D].
        columns: any of the series' columns of values, int64 or float64, by name.
        changes: the table's log.
        moment_s: in whole seconds since 1970.

    Raises:
        UnknownThen: the log begins later, or there is none.
    """
    if changes is None or moment_s < (changes.since_s or moment_s):
        raise UnknownThen(None if changes is None else changes.since_s)
    first = int(np.searchsorted(changes.at_s, moment_s, side="right"))
    if first == len(changes.at_s):
        return dates, columns
    bits = {name: each.view(np.int64) for name, each in columns.items()}
    days, undone = _undone(dates.view(np.int64), bits, changes, first)
    return days.view("datetime64[D]"), {name: each.view(columns[name].dtype) for name, each in undone.items()}


def _undone(
    present: np.ndarray, columns: Mapping[str, np.ndarray], changes: Changes, first: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Days, and the bits of each column, before the event at place ``first`` and all later ones."""
    gone = changes.removed.first[changes.removed.event >= first]
    days = np.union1d(present, gone) if len(gone) else present
    until, since = _earliest(changes.removed, days, first), _earliest(changes.added, days, first)
    # A day that was never removed nor added since is there, and one that was both is if it was removed first.
    there = until <= since
    stayed, at = until == _NEVER, np.searchsorted(days, present)
    found = {}
    for name, now in columns.items():
        bits = np.zeros(len(days), np.int64)
        bits[at] = now
        bits[~stayed] = 0
        _add(bits, changes.cells.get(name), days, until, first)
        if name == ADJUSTED_CLOSE:
            bits[_earliest(changes.renewed, days, first) != _NEVER] = np.array(np.nan).view(np.int64)
        found[name] = bits[there]
    return days[there], found


def _add(bits: np.ndarray, cells: Cells | None, days: np.ndarray, until: np.ndarray, first: int) -> None:
    """Adds what the cells were more before, up to where their row was removed."""
    if cells is None:
        return
    later = cells.event >= first
    at = np.searchsorted(days, cells.day[later])
    counts = cells.event[later] <= until[at]
    np.add.at(bits, at[counts], cells.more[later][counts])


def _earliest(spans: Spans, days: np.ndarray, first: int) -> np.ndarray:
    """For each day the earliest event from ``first`` on with a span that it lies in; _NEVER if there is none."""
    later = spans.event >= first
    start = np.searchsorted(days, spans.first[later])
    lengths = np.searchsorted(days, spans.last[later], side="right") - start
    at = np.arange(lengths.sum()) + np.repeat(start - np.cumsum(lengths) + lengths, lengths)
    earliest = np.full(len(days), _NEVER)
    np.minimum.at(earliest, at, np.repeat(spans.event[later], lengths))
    return earliest
