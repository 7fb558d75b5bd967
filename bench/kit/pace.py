"""What is measured of a pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SECOND_MS = 1000


@dataclass(frozen=True)
class Pace:
    """The pace of requests that came at these times (milliseconds, in order)."""

    times_ms: Sequence[int]
    interval_ms: float

    @property
    def span_seconds(self) -> float:
        """From the first request to the last one."""
        return (self.times_ms[-1] - self.times_ms[0]) / 1000

    def bound_seconds(self, requests: int) -> float:
        """The least that so many requests take: one interval less than there are requests."""
        return (requests - 1) * self.interval_ms / 1000

    @property
    def smallest_gap_ms(self) -> int:
        """Between one request and the next."""
        return min(later - earlier for earlier, later in pairwise(self.times_ms))

    @property
    def most_in_a_second(self) -> int:
        """Requests in any second, wherever it begins."""
        return max(
            sum(first <= time_ms < first + SECOND_MS for time_ms in self.times_ms[place:])
            for place, first in enumerate(self.times_ms)
        )
