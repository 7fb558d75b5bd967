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
_JSON = "json"
DEFERRED_AS = "earnings-calls"
"""The series under which the state table remembers calls that were deferred."""
MOST_CALLS = 30
"""In one run. Recordings whose jobs all hang, fail, and hang again, take 22,000 of a history's 25,000 events, and 37 of
the run's 50 hours: tests/contract/test_calls_history.py."""

_DROPPED = re.compile(r"(\d{4}-\d\d-\d\d)(?:-([a-z0-9][a-z0-9-]{0,39}))?\.([A-Za-z0-9]{1,8})", re.ASCII)
_PUBLISHED = re.compile(r"(20\d\dQ[1-4])(?:@(\d{4}-\d\d-\d\d))?", re.ASCII)
_FISCAL = timedelta(days=366)
"""The vendor says that its quarters are the company's, which may be named up to a year ahead of the calendar's."""
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
        return self.quarter if self.date is None else day_of(self.date, self.label)


def day_of(day: str, label: str) -> str:
    """A call's date, with its label if it has one: a part of keys."""
    return f"{day}-{label}" if label else day


def calls_of(entries: Iterable[tuple[str, str]], today: date) -> list[CallName]:
    """The calls that these entries name, each once; each entry comes with its place, for the sentences.

    Of a quarter that is named with its call's date and without, the name with the date is kept.

    Raises:
        InvalidInput: one can't be a call, two objects are one call, or there are no calls or too many.
    """
    found: dict[tuple[str, str], CallName] = {}
    for call in (call_of(entry, place, today) for entry, place in entries):
        same = found.setdefault((call.symbol, call.quarter or call.when), call)
        if call.door == VENDOR:
            found[call.symbol, call.quarter] = same if same.date else call
        elif same.name != call.name:
            raise InvalidInput(
                f"{quoted(same.name)} and {quoted(call.name)} are one call: write one of them, or give one a -label."
            )
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
    if not slash and text.rpartition(".")[2].lower() in {*RECORDINGS, _JSON}:
        raise InvalidInput(f"{quoted(entry)} ({place}) lacks its symbol: {_HOW}.")
    if not slash:
        folder, rest = rest, quarters.latest(today)
    symbol = symbol_of(unquote(folder), place)
    if published := _PUBLISHED.fullmatch(rest):
        quarter, day = published.groups()
        _has_ended(entry, place, quarters.end_of(quarter) - _FISCAL, today)
        known = _day(entry, place, day, today) if day else None
        return CallName(f"{symbol}/{rest}", symbol, known, "", quarter, VENDOR)
    dropped = _DROPPED.fullmatch(rest)
    if not dropped:
        raise InvalidInput(f"{quoted(entry)} ({place}) can't be a call: {_HOW}.")
    day, label, extension = dropped.groups()
    kind = _door_of(entry, place, extension.lower())
    return CallName(text, symbol, _day(entry, place, day, today), label or "", "", kind)


def _door_of(entry: str, place: str, extension: str) -> str:
    if extension == _JSON:
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
