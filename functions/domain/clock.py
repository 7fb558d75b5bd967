"""The time, as something that is handed in."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and sleeps."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""

    def sleep(self, seconds: float) -> None:
        """Pauses the caller."""


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def to_iso(moment_ms: int) -> str:
    """``1764547200250`` to ``"2025-12-01T00:00:00.250Z"``, the form in every state, manifest and message."""
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> int:
    """The reverse of :func:`to_iso`; any ISO 8601 time with an offset is accepted.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text!r} has no offset: write it like 2026-11-20T22:30:00Z")
    return round(moment.timestamp() * 1000)
