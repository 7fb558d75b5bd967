"""Asks AWS again until there is an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TypeVar

Found = TypeVar("Found")

_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Waiting:
    """How a promotion waits; tests hand in their own time.

    Args:
        now_seconds: a monotonic clock.
        pause: sleeps for a number of seconds.
    """

    now_seconds: Callable[[], float] = monotonic
    pause: Callable[[float], None] = sleep

    def until(self, find: Callable[[], Found | None], timeout_seconds: float) -> Found | None:
        """What ``find`` returns, called once a second and at least once; None if it returns nothing in time."""
        ends = self.now_seconds() + timeout_seconds
        while (found := find()) is None and self.now_seconds() <= ends:
            self.pause(_POLL_SECONDS)
        return found
