"""The days on which an exchange trades."""

from datetime import date, timedelta

import numpy as np

from stockflow_functions.domain.prices.closed_days import closed_days
from stockflow_functions.domain.prices.exchanges import Exchange

DAYS_WITHOUT_CALENDAR = 10
"""The longest closure to expect of an exchange with unknown holidays (China closes for up to nine days)."""


def sessions_between(exchange: Exchange, first: date, last: date) -> np.ndarray:
    """The days on which the exchange trades, both ends included, as datetime64[D]; without a calendar, all weekdays."""
    if last < first:
        return np.array([], "datetime64[D]")
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + np.timedelta64(1, "D"))
    return days[np.is_busday(days, holidays=_closed(exchange, first.year, last.year))]


def last_session(exchange: Exchange, on_or_before: date) -> date:
    """The newest day on which the exchange trades, not after the given one."""
    first = on_or_before - timedelta(days=20)
    found: date = sessions_between(exchange, first, on_or_before)[-1].item()
    return found


def newest_expected(exchange: Exchange, settled: date) -> date:
    """The earliest date that the newest bar should have, if ``settled`` is the last date that is over."""
    if exchange.calendar is None:
        return settled - timedelta(days=DAYS_WITHOUT_CALENDAR)
    return last_session(exchange, settled)


def _closed(exchange: Exchange, first_year: int, last_year: int) -> np.ndarray:
    if exchange.calendar is None:
        return np.array([], "datetime64[D]")
    years = range(first_year, last_year + 1)
    return np.array([day for year in years for day in closed_days(exchange.calendar, year)], "datetime64[D]")
