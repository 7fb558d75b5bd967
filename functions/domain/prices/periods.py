"""The time that a bar covers: its session, or the week of its date, Monday to Sunday."""

from datetime import date, timedelta

import numpy as np

from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.series import Step

_MONDAY_BEFORE_1970 = 3
"""Days from a Monday to 1970-01-01."""
_WEEK = timedelta(days=7)


def periods(dates: np.ndarray, step: Step) -> np.ndarray:
    """A number for the period of each date, datetime64; later periods have higher ones."""
    days = dates.astype("datetime64[D]").astype("int64")
    return days if step is Step.SESSION else (days + _MONDAY_BEFORE_1970) // 7


def weekdays(dates: np.ndarray) -> np.ndarray:
    """The day of the week of each date, datetime64: 0 is Monday."""
    return (dates.astype("datetime64[D]").astype("int64") + _MONDAY_BEFORE_1970) % 7


def period(day: date, step: Step) -> int:
    """The number of the day's period."""
    return int(periods(np.array([day], "datetime64[D]"), step)[0])


def week_end(day: date, exchange: Exchange) -> date:
    """The last day of the day's week on which the exchange could trade, whether it does or not."""
    return day + timedelta(days=(6 if exchange.weekend_sessions else 4) - day.weekday())


def last_over(settled: date, exchange: Exchange, step: Step) -> date:
    """The last day of the newest period that is over, where ``settled`` is the newest date that is over."""
    if step is Step.SESSION:
        return settled
    end = week_end(settled, exchange)
    return end if end <= settled else end - _WEEK
