"""A clock that stands still until somebody sleeps."""

NOON_MS = 1_795_194_000_000
"""2026-11-20T17:00:00Z, a Friday's noon in New York."""


class FakeClock:
    """Time passes only by ``sleep``, or by setting ``ms``.

    >>> clock = FakeClock()
    >>> clock.sleep(1.5)
    >>> clock.now_ms() - NOON_MS, clock.slept_seconds
    (1500, [1.5])

    Attributes:
        ms: what time it is, in milliseconds since 1970-01-01T00:00:00Z.
        slept_seconds: each sleep, in order.
    """

    def __init__(self, ms: int = NOON_MS) -> None:
        self.ms = ms
        self.slept_seconds: list[float] = []

    def now_ms(self) -> int:
        """The time, as code that is handed a clock asks for it."""
        return self.ms

    def sleep(self, seconds: float) -> None:
        """Returns at once; so much time has passed."""
        self.slept_seconds.append(seconds)
        self.ms += round(seconds * 1000)
