"""When the New York Stock Exchange is closed. Pure, except for the calendar that it is computed from."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from stockflow_functions.domain.prices.closed_days import closed_days
from stockflow_functions.domain.prices.exchanges import US, US_CODE

NEW_YORK = ZoneInfo(US.zone)
WEEKEND = (5, 6)


def closed_market(moment_ms: int) -> str | None:
    """Why a scheduled run at this moment finds no new bar: a sentence; None if a session ended within 24 hours."""
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    today = moment.astimezone(NEW_YORK).date()
    for day in (today, today - timedelta(days=1)):
        ended = datetime.combine(day, US.close, NEW_YORK).astimezone(UTC)
        if moment - timedelta(days=1) < ended <= moment and why_closed(day) is None:
            return None
    day = today if moment >= datetime.combine(today, US.close, NEW_YORK) else today - timedelta(days=1)
    why = why_closed(day)
    return f"The New York Stock Exchange had no session on {day.isoformat()} ({why}): there is nothing new to fetch."


def why_closed(day: date) -> str | None:
    """The holiday's name or the day of the weekend; None on a session's day."""
    if day.weekday() in WEEKEND:
        return day.strftime("%A")
    return closed_days(US_CODE, day.year).get(day)
