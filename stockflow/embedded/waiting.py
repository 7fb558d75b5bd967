"""What a run says while it waits for another one."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from stockflow.embedded.holder import Holder
from stockflow.page.as_words import clock_time
from stockflow_functions.domain.clock import Clock, SystemClock
from stockflow_functions.domain.words import counted

POLL_SECONDS = 0.2
TELL_AGAIN_MS = 600_000


@dataclass(frozen=True)
class Waiting:
    """How a run waits for another one to end.

    Attributes:
        say: gets a sentence when the wait begins, when more is known about it, and when it is over.
        most_seconds: after so long the run is refused; 0 for no wait at all.
    """

    say: Callable[[str], None] = logging.getLogger("stockflow").warning
    most_seconds: float = math.inf
    clock: Clock = field(default_factory=SystemClock)


class Told:
    """What has been said so far: the same is not said twice, and a moment that moves is told again after ten minutes.

    Args:
        shares: what the others have in common with this run.
    """

    def __init__(self, waiting: Waiting, shares: str) -> None:
        self._waiting = waiting
        self._shares = shares
        self._holder: Holder | None = None
        self._expected_ms: int | None = None
        self._at_ms: int | None = None

    def tell(self, holder: Holder | None, before: int) -> None:
        """Says whom this run waits for, if that is new; ``before`` others wait that came before."""
        now_ms = self._waiting.clock.now_ms()
        expected_ms = holder.last_request_ms(now_ms) if holder else None
        if self._at_ms is not None and holder == self._holder and not self._is_news(expected_ms, now_ms):
            return
        self._holder, self._expected_ms, self._at_ms = holder, expected_ms, now_ms
        whom = holder.words if holder else "another run"
        self._waiting.say(f"Waiting for {whom}, which {self._shares}. {_expectation(expected_ms, before)}")

    def _is_news(self, expected_ms: int | None, now_ms: int) -> bool:
        if expected_ms is None:
            return False
        if self._expected_ms is None:
            return True
        return self._expected_ms <= now_ms and now_ms - (self._at_ms or 0) >= TELL_AGAIN_MS


def _expectation(expected_ms: int | None, before: int) -> str:
    others = f"{counted(before, 'other run')} {'goes' if before == 1 else 'go'} before this one"
    if expected_ms is None:
        return f"This run begins when that one has ended{f'; {others}' if before else ''}."
    if before:
        return f"Its last request is planned for {clock_time(expected_ms)}; {others}."
    return f"This run is expected to begin at {clock_time(expected_ms)}, after that one's last request."
