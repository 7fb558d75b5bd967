"""The names of calls, as people, schedules and S3's events write them. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import unquote

from stockflow_functions.aws.keys import CALLS
from stockflow_functions.domain import quarters
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.symbols import quoted, symbol_of

AUDIO, TRANSCRIPT, VENDOR = "audio", "transcript", "vendor"
"""The doors of the workflow."""
RECORDINGS = ("mp3", "mp4", "wav", "flac", "ogg", "webm", "m4a", "amr")
"""What Transcribe takes (docs.aws.amazon.com/transcribe, "Data input and output")."""
DEFERRED_AS = "earnings-calls"
"""The series under which the state table remembers calls that were deferred."""
MOST_CALLS = 50
"""In one run. A recording whose job hangs is looked at some 40 times, ten events each, and a history has 25,000."""

_DROPPED = re.compile(r"(\d{4}-\d\d-\d\d)(?:-([a-z0-9][a-z0-9-]{0,39}))?\.([A-Za-z0-9]{1,8})")
_PUBLISHED = re.compile(r"(\d{4}Q[1-4])(?:@(\d{4}-\d\d-\d\d))?")
_HOW = (
    f"write {CALLS}SYMBOL/YYYY-MM-DD.mp3 or another of {', '.join(RECORDINGS)}, .json for a transcript, with -label "
    "after the date if you like, or SYMBOL/2024Q1 for the vendor's transcript"
)


@dataclass(frozen=True)
class CallName:
    """A call as it is named.

    Attributes:
        name: the key without ``calls/``, or the vendor's form.
        symbol: the company's.
        date: ISO 8601, or None where it is not known.
        label, quarter: as in ``contracts.EarningsCall``.
        door: AUDIO, TRANSCRIPT or VENDOR.
    """

    name: str
    symbol: str
    date: str | None
    label: str
    quarter: str
    door: str

    @property
    def when(self) -> str:
        """Date and label, or the quarter where the date is not known: a part of keys."""
        if self.date is None:
            return self.quarter
        return f"{self.date}-{self.label}" if self.label else self.date


def calls_of(entries: Iterable[tuple[str, str]], today: date) -> list[CallName]:
    """The calls that these entries name, each once; each entry comes with its place, for the sentences.

    Raises:
        InvalidInput: one can't be a call, or there are none or too many.
    """
    found = {call.name: call for call in (call_of(entry, place, today) for entry, place in entries)}
    if not found:
        raise InvalidInput(f'There are no calls: {_HOW}, as in {{"symbols": ["AAPL/2026-10-29.mp3"]}}.')
    if len(found) > MOST_CALLS:
        raise InvalidInput(f"There are {len(found)} calls, and one run takes {MOST_CALLS}: start several runs.")
    return list(found.values())


def call_of(entry: str, place: str, today: date) -> CallName:
    """The call that the entry names; a symbol alone stands for the vendor's transcript of the latest quarter.

    Raises:
        InvalidInput: it can't be a call, or lies ahead.
    """
    text = entry.strip().removeprefix(CALLS)
    folder, slash, rest = text.rpartition("/")
    if not slash:
        folder, rest = rest, quarters.latest(today)
    symbol = symbol_of(unquote(folder), place)
    published = _PUBLISHED.fullmatch(rest)
    if published:
        quarter, day = published.groups()
        _has_ended(entry, place, quarters.end_of(quarter), today)
        return CallName(
            f"{symbol}/{rest}", symbol, _day(entry, place, day, today) if day else None, "", quarter, VENDOR
        )
    dropped = _DROPPED.fullmatch(rest)
    if not dropped:
        raise InvalidInput(f"{quoted(entry)} ({place}) can't be a call: {_HOW}.")
    day, label, extension = dropped.groups()
    kind = _door_of(entry, place, extension.lower())
    return CallName(text, symbol, _day(entry, place, day, today), label or "", "", kind)


def _door_of(entry: str, place: str, extension: str) -> str:
    if extension == "json":
        return TRANSCRIPT
    if extension not in RECORDINGS:
        raise InvalidInput(f"{quoted(entry)} ({place}) is no recording that Transcribe takes: {_HOW}.")
    return AUDIO


def _day(entry: str, place: str, text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{quoted(entry)} ({place}) has no such date: {_HOW}.") from None
    _has_ended(entry, place, day, today)
    return text


def _has_ended(entry: str, place: str, day: date, today: date) -> None:
    # A day later, for it is tomorrow already where the call is held.
    if day > today + timedelta(days=1):
        raise InvalidInput(f"{quoted(entry)} ({place}) lies ahead: a call is judged once it has been held.")
