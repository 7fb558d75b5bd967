"""Asking AWS again until there is an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TypeVar

Found = TypeVar("Found")

_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Waiting:
    """How a promotion waits; tests hand in a time of their own.

    Args:
        now_seconds: a clock that only ever goes forward, from any beginning.
        pause: does nothing for so many seconds.
    """

    now_seconds: Callable[[], float] = monotonic
    pause: Callable[[float], None] = sleep

    def until(self, find: Callable[[], Found | None], timeout_seconds: float) -> Found | None:
        """What ``find`` gives, asked once a second, at least once; None where it gives nothing for so long."""
        ends = self.now_seconds() + timeout_seconds
        while (found := find()) is None and self.now_seconds() <= ends:
            self.pause(_POLL_SECONDS)
        return found
