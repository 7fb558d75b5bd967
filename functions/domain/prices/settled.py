"""Which bars are not settled yet."""

from datetime import date, timedelta

import numpy as np

from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.periods import period, periods, week_end
from stockflow_functions.domain.prices.series import Step
from stockflow_functions.domain.prices.sessions import last_session

_WEEK = timedelta(days=7)


def unsettled(
    dates: np.ndarray, exchange: Exchange, step: Step, settled: date, open_session: date | None
) -> np.ndarray:
    """A mask over bars, True if the time that the bar covers was not over.

    Args:
        dates: of all bars of one answer or table, datetime64.
        exchange: where they were traded.
        step: what a bar covers.
        settled: the newest date that is over.
        open_session: the date of a session in which the vendor took its snapshot, if it says so.
    """
    running = dates > np.datetime64(settled)
    if step is Step.WEEK:
        running |= _unfinished_week(dates, exchange, settled)
    if open_session is not None:
        running |= periods(dates, step) == period(open_session, step)
    return running


def _unfinished_week(dates: np.ndarray, exchange: Exchange, settled: date) -> np.ndarray:
    """The bar of a week that may go on: its date is that of the newest session, so it moves until the week is over.

    A bar that ends before its week's last session waits for that session, however late it is: until a later week has a
    bar too, or is over.
    """
    known = dates[~np.isnat(dates) & (dates <= np.datetime64(settled))]
    if not len(known):
        return np.zeros(len(dates), bool)
    newest: date = known.max().astype("datetime64[D]").item()
    end = week_end(newest, exchange)
    whole = end <= settled and newest >= last_session(exchange, end)
    if whole or end + _WEEK <= settled:
        return np.zeros(len(dates), bool)
    return np.asarray(periods(dates, Step.WEEK) == period(newest, Step.WEEK))
