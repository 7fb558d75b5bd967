"""The days on which an exchange trades, and its newest session."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from stockflow_functions.domain.prices import closed_days as calendars
from stockflow_functions.domain.prices.exchanges import MARGIN, US, Exchange

NEW_YORK = ZoneInfo(US.zone)
FIRST_SESSION = date(1999, 11, 1)
"""Full histories of the vendor start here, as recorded since 2020-11."""

_FRIDAY = 4


def closed_days(exchange: Exchange, year: int) -> Collection[date]:
    """The year's weekdays without trading; empty if the exchange's calendar is unknown."""
    return calendars.closed_days(exchange.calendar, year) if exchange.calendar else ()


def is_session(day: date, exchange: Exchange = US) -> bool:
    """Whether the exchange trades on this day."""
    return day.weekday() <= _FRIDAY and day not in closed_days(exchange, day.year)


def last_settled_session(now_ms: int, exchange: Exchange = US) -> date:
    """The newest session that is over at this time (milliseconds since 1970), so that its bar counts as settled.

    The vendor's own may have one sooner (MARKET_STATUS gives 16:15 as its close of the US market), which a run leaves
    out: an invented answer has as many bars at each hour of the day.
    """
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(exchange.zone))
    over = now.replace(tzinfo=None) >= datetime.combine(now.date(), exchange.close) + MARGIN
    day = now.date() if over else now.date() - timedelta(days=1)
    while not is_session(day, exchange):
        day -= timedelta(days=1)
    return day
