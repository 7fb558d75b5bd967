"""A clock that stands still until somebody sleeps."""

NOON_MS = 1_795_194_000_000  # 2026-11-20T17:00:00Z, noon in New York


class FakeClock:
    """Time passes only by ``sleep``, or by setting ``ms``."""

    def __init__(self, ms=NOON_MS):
        self.ms = ms
        self.slept_seconds = []

    def now_ms(self):
        return self.ms

    def sleep(self, seconds):
        self.slept_seconds.append(seconds)
        self.ms += round(seconds * 1000)
