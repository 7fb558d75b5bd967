"""The simulated vendor's limits: how many requests it takes in a second, a minute and a day."""

import math
from collections import deque
from datetime import UTC, datetime

from stockflow.simulated_alpha_vantage import refusals
from stockflow.simulated_alpha_vantage.sessions import NEW_YORK
from stockflow.simulated_alpha_vantage.terms import Reply

SECOND_WINDOW_MS = 800
MINUTE_WINDOW_MS = 57_000
_SLOWEST_PAID = 60
_SMALLEST_PAID_BURST = 5


class RateLimits:
    """Counts the requests of one API key; not thread-safe by itself.

    How the real vendor counts is not documented. These rules are strict, and fair to a client that keeps its pace:

    - at most ``requests_per_second`` in any 0.8 seconds, and at most ``requests_per_minute`` in any 57 seconds. The
      windows are a little shorter than their names, so that evenly spaced requests at the plan's rate always pass,
      although each comes some milliseconds early or late;
    - if ``requests_per_second`` is not given, it is 1 up to 60 a minute, as with a free key, and beyond that one and
      a half times the plan's average, at least 5 (5, 10, 20 and 30 were seen on real plans);
    - at most ``requests_per_day`` between two midnights in New York;
    - a refused request counts nowhere.

    Zero means no limit. A rate of up to one request a second is refused in the words for free keys, a higher one in
    those for paid keys.
    """

    def __init__(self, requests_per_minute: float, requests_per_second: int, requests_per_day: int) -> None:
        self._per_minute = math.ceil(requests_per_minute)
        self._per_second = requests_per_second or _burst_of(requests_per_minute)
        self._per_day = requests_per_day
        self._taken_ms: deque[int] = deque()
        self._day = ""
        self._taken_today = 0

    def refusal(self, now_ms: int, api_key: str) -> Reply | None:
        """Counts the request and returns None, or returns why it is refused."""
        refused = self._quota(now_ms, api_key) or self._pace(now_ms)
        if refused is None:
            self._taken_today += 1
            self._taken_ms.append(now_ms)
        return refused

    def _quota(self, now_ms: int, api_key: str) -> Reply | None:
        day = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(NEW_YORK).date().isoformat()
        if day != self._day:
            self._day, self._taken_today = day, 0
        if self._per_day and self._taken_today >= self._per_day:
            return refusals.quota(api_key, self._per_day)
        return None

    def _pace(self, now_ms: int) -> Reply | None:
        if self._taken_ms and self._taken_ms[-1] > now_ms:
            self._taken_ms.clear()  # the clock was put back: what is in its future would refuse all until then
        while self._taken_ms and self._taken_ms[0] <= now_ms - MINUTE_WINDOW_MS:
            self._taken_ms.popleft()
        free = self._per_second == 1
        count = self._per_second
        if count and len(self._taken_ms) >= count and self._taken_ms[-count] > now_ms - SECOND_WINDOW_MS:
            return refusals.throttled() if free else refusals.burst(count)
        if self._per_minute and len(self._taken_ms) >= self._per_minute:
            return refusals.throttled() if free else refusals.volume()
        return None


def _burst_of(requests_per_minute: float) -> int:
    if requests_per_minute <= 0:
        return 0
    if requests_per_minute <= _SLOWEST_PAID:
        return 1
    return max(_SMALLEST_PAID_BURST, math.ceil(requests_per_minute / 60 * 1.5))
