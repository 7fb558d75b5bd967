"""The pure part of Transform: takes what the vendor sent, returns the checked table and the fate of other bars."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices import exchanges
from stockflow_functions.domain.prices.bars import read_bars
from stockflow_functions.domain.prices.checks import AsOf, check_bars
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.periods import last_over, period, periods
from stockflow_functions.domain.prices.rules import SECOND_SERIES, STALE
from stockflow_functions.domain.prices.sent import SentSeries, pairs_of
from stockflow_functions.domain.prices.sentences import plain
from stockflow_functions.domain.prices.series import Series
from stockflow_functions.domain.prices.sessions import newest_expected, sessions_between

_DATE_LENGTH = len("2024-09-05")


class RejectedBar(TypedDict):
    """A bar that was set aside: the check that it failed, a sentence, and what the vendor sent."""

    date: str
    check: str
    reason: str
    sent: dict[str, str]


@dataclass(frozen=True)
class Transformed:
    """What became of one answer.

    ``table`` has the series' columns, sorted by date, one row a date; it may have no rows. ``rejected`` is JSON-ready.
    ``seen`` are the dates (datetime64) of all bars sent, sound or not; ``full`` says that it is the whole history.
    """

    table: pd.DataFrame
    rejected: list[RejectedBar]
    left_out: int
    seen: np.ndarray
    full: bool
    as_of: AsOf


def transform_answer(
    sent: SentSeries, symbol: str, series: Series, exchange: Exchange, *, fetched_ms: int
) -> Transformed:
    """Reads and checks; which bars are settled depends on when the answer was fetched, not on when this runs."""
    bars = read_bars(sent, series)
    seen = bars.table["date"].dropna().to_numpy()
    as_of = _as_of(sent, series, exchange, fetched_ms, seen)
    checked = check_bars(bars, as_of)
    rejected = [_set_aside(sent.rows[row], name, sentence) for row, name, sentence in checked.rejected]
    rejected += [_set_aside(row, SECOND_SERIES.name, SECOND_SERIES.sentence) for row in sent.others]
    table = checked.kept.assign(symbol=symbol)[list(series.columns)]
    return Transformed(table, rejected, checked.left_out, seen, sent.whole, as_of)


def is_stale(newest: date, as_of: AsOf) -> bool:
    """Whether a session or week later than the newest bar has ended, including the margin after its close."""
    step = as_of.series.step
    expected = newest_expected(as_of.exchange, last_over(as_of.settled, as_of.exchange, step))
    return period(newest, step) < period(expected, step)


def staleness(tables: Iterable[pd.DataFrame], as_of: AsOf) -> list[Finding]:
    """One finding if the newest bar in the tables, each sorted by date, is older than it should be."""
    days: list[date] = [table["date"].iloc[-1].date() for table in tables if len(table)]
    if not days or not is_stale(newest := max(days), as_of):
        return []
    return [Finding(STALE, f"Stale: the newest bar is from {newest}.", late_by(newest, as_of), newest)]


def late_by(newest: date, as_of: AsOf) -> int:
    """How many sessions, or weeks, after that of the newest bar are over."""
    step = as_of.series.step
    over = last_over(as_of.settled, as_of.exchange, step)
    ended = periods(sessions_between(as_of.exchange, newest, over), step)
    return len(np.unique(ended[ended > period(newest, step)]))


def _as_of(sent: SentSeries, series: Series, exchange: Exchange, fetched_ms: int, seen: np.ndarray) -> AsOf:
    today = exchanges.today(exchange, fetched_ms)
    newest = max((day for day in seen.astype("datetime64[D]").tolist() if day <= today), default=None)
    open_session = _open_session(sent.last_refreshed, newest)
    return AsOf(series, exchange, today, exchanges.last_settled(exchange, fetched_ms), open_session)


def _open_session(last_refreshed: str, newest: date | None) -> date | None:
    """``"2018-05-31 14:43:40"`` is 2018-05-31; a plain date, or "", says that the session was over.

    What can't be read may be a time: on the day that it begins with, or else on that of the newest bar.
    """
    try:
        day = date.fromisoformat(last_refreshed[:_DATE_LENGTH])
    except ValueError:
        return newest if last_refreshed else None
    return day if len(last_refreshed) > _DATE_LENGTH else None


def _set_aside(sent: tuple[str, Any], check: str, sentence: str) -> RejectedBar:
    """A bar that was set aside, as its file shows it: the vendor's own texts, cut if they are absurdly long."""
    date_text, fields = sent
    values: dict[str, str] = {}
    for name, value in pairs_of(fields)[:12] if isinstance(fields, dict) else [("", fields)]:
        shown = plain(str(name), 40)
        values[f"{shown} (again)" if shown in values else shown] = plain(str(value), 80)
    return {"date": plain(date_text, 40), "check": check, "reason": sentence, "sent": values}
