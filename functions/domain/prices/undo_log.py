"""The undo log of a table as a value, and as text in the metadata of the table's own Parquet object."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.packed import packed, unpacked

VERSION = 1
_DAY_SECONDS = 86_400


def no_numbers() -> np.ndarray:
    """An array of int64 without any."""
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Spans:
    """Spans of days: the place in the log of the event that each is of, and its first and last day since 1970."""

    event: np.ndarray = field(default_factory=no_numbers)
    first: np.ndarray = field(default_factory=no_numbers)
    last: np.ndarray = field(default_factory=no_numbers)

    def and_of(self, event: int, first: np.ndarray, last: np.ndarray) -> "Spans":
        """These, and those of one more event."""
        return Spans(
            np.append(self.event, np.full(len(first), event)), np.append(self.first, first), np.append(self.last, last)
        )


@dataclass(frozen=True)
class Cells:
    """What events changed in one column: by how much more the bits of a day's value were before.

    Bits are those of a number in its 64-bit type, taken as int64: so the differences of floats add up exactly too.
    """

    event: np.ndarray = field(default_factory=no_numbers)
    day: np.ndarray = field(default_factory=no_numbers)
    more: np.ndarray = field(default_factory=no_numbers)

    def and_of(self, event: int, day: np.ndarray, more: np.ndarray) -> "Cells":
        """These, and those of one more event."""
        return Cells(
            np.append(self.event, np.full(len(day), event)), np.append(self.day, day), np.append(self.more, more)
        )


@dataclass(frozen=True)
class Changes:
    """The undo log of a table, the oldest event first.

    Attributes:
        since_s: from when on the table is known, in whole seconds since 1970; None if from its beginning.
        at_s: when each event was, in whole seconds since 1970; none is before the one before it.
        added: spans of days of which none had a row before.
        renewed: spans of days of which no adjusted close of before is kept.
        removed: days that had a row before; first and last are the same.
        cells: by column; a row that was removed counts as zero bits after that.
    """

    since_s: int | None
    at_s: np.ndarray = field(default_factory=no_numbers)
    added: Spans = field(default_factory=Spans)
    renewed: Spans = field(default_factory=Spans)
    removed: Spans = field(default_factory=Spans)
    cells: Mapping[str, Cells] = field(default_factory=dict)


def as_text(changes: Changes) -> bytes:
    """The log as ASCII text. Most numbers are small: days count from that of their event, times from the usual one."""
    day, second = np.divmod(changes.at_s, _DAY_SECONDS)
    usual = int(np.median(second)) if len(second) else 0
    arrays = [np.diff(day, prepend=0), second - usual]
    for spans in (changes.added, changes.renewed, changes.removed):
        arrays += [np.diff(spans.event, prepend=0), spans.first - day[spans.event], spans.last - spans.first]
    for cells in changes.cells.values():
        arrays += [np.diff(cells.event, prepend=0), cells.day - day[cells.event], cells.more]
    return packed([VERSION, changes.since_s, usual, list(changes.cells)], arrays)


def from_text(text: bytes) -> Changes:
    """The reverse of :func:`as_text`.

    Raises:
        NotATableError: the text is not such a log, or not whole.
        NewerTableError: a newer release wrote it.
    """
    try:
        (version, *facts), arrays = unpacked(text)
        if version > VERSION:
            raise NewerTableError(f"its changes are of version {version}, and this release knows {VERSION}")
        since_s, usual, names = facts
        day = np.cumsum(arrays[0])
        threes = _by_event(arrays[2:], day)
        added, renewed, removed = (Spans(event, first, first + more) for event, first, more in threes[:3])
        cells = {name: Cells(*each) for name, each in zip(names, threes[3:], strict=True)}
        return Changes(since_s, day * _DAY_SECONDS + arrays[1] + usual, added, renewed, removed, cells)
    except (ValueError, IndexError, TypeError) as error:
        raise NotATableError(f"its changes can't be read ({type(error).__name__})") from error


def _by_event(arrays: list[np.ndarray], day: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The arrays by threes, with the places of events and the days as they were."""
    threes = zip(arrays[::3], arrays[1::3], arrays[2::3], strict=True)
    found = [(np.cumsum(event), since, third) for event, since, third in threes]
    return [(event, since + day[event], third) for event, since, third in found]
