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
    """The log as ASCII text. Most numbers in it are small: times count from the usual one of the day, places of events
    from the last one, days from that of the event, and those of values from the newest that the table had then.
    """
    day, second = np.divmod(changes.at_s, _DAY_SECONDS)
    usual = int(np.median(second)) if len(second) else 0
    newest = _newest_before(changes.added, len(day))
    spans = [
        [np.diff(each.event, prepend=0), each.first - day[each.event], each.last - each.first]
        for each in (changes.added, changes.renewed, changes.removed)
    ]
    cells = [
        [np.diff(each.event, prepend=0), each.day - newest[each.event], each.more] for each in changes.cells.values()
    ]
    groups = [[np.diff(day, prepend=0), second - usual], *spans, *cells]
    return packed([VERSION, changes.since_s, usual, list(changes.cells)], groups)


def from_text(text: bytes) -> Changes:
    """The reverse of :func:`as_text`.

    Raises:
        NotATableError: the text is not such a log, or not whole.
        NewerTableError: a newer release wrote it.
    """
    try:
        (version, *facts), groups = unpacked(text)
        if version > VERSION:
            raise NewerTableError(f"its changes are of version {version}, and this release knows {VERSION}")
        since_s, usual, names = facts
        return _understood(since_s, usual, names, groups)
    except (ValueError, IndexError, TypeError) as error:
        raise NotATableError(f"its changes can't be read ({type(error).__name__})") from error


def _understood(since_s: int | None, usual: int, names: list[str], groups: list[list[np.ndarray]]) -> Changes:
    (days, seconds), *threes = groups
    day = np.cumsum(days)
    places = [(np.cumsum(event), first, third) for event, first, third in threes]
    spans = [Spans(event, first + day[event], first + day[event] + more) for event, first, more in places[:3]]
    added, renewed, removed = spans
    newest = _newest_before(added, len(day))
    cells = [Cells(event, since + newest[event], more) for event, since, more in places[3:]]
    named = dict(zip(names, cells, strict=True))
    return Changes(since_s, day * _DAY_SECONDS + seconds + usual, added, renewed, removed, named)


def _newest_before(added: Spans, events: int) -> np.ndarray:
    """The newest day that was added before each event, 0 for the first."""
    newest = np.zeros(events + 1, np.int64)
    np.maximum.at(newest, added.event + 1, added.last)
    return np.maximum.accumulate(newest)
