"""When the New York Stock Exchange trades, after the ``holidays`` package's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

NEW_YORK = ZoneInfo("America/New_York")
FIRST_SESSION = date(1999, 11, 1)
"""Full histories of the vendor start here (FACTS on the vendor, section 2)."""

# MARKET_STATUS gives 16:15 as the vendor's close of the US market.
_SETTLED_AT = time(16, 15)
_FRIDAY = 4


@lru_cache(maxsize=64)
def closed_days(year: int) -> frozenset[date]:
    """The year's weekdays without trading."""
    return frozenset(holidays.financial_holidays("NYSE", years=year))


def is_session(day: date) -> bool:
    """Whether the exchange trades on this day."""
    return day.weekday() <= _FRIDAY and day not in closed_days(day.year)


def last_settled_session(now_ms: int) -> date:
    """The newest session that is over at this time (milliseconds since 1970)."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(NEW_YORK)
    day = now.date() if now.time() >= _SETTLED_AT else now.date() - timedelta(days=1)
    while not is_session(day):
        day -= timedelta(days=1)
    return day
