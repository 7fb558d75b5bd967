"""What is odd in a table, yet stored: reported once, when the bars arrive, not by every run that sees them again."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices.bars import stored_bars
from stockflow_functions.domain.prices.checks import CHECKS, AsOf
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.known_splits import Splits
from stockflow_functions.domain.prices.merging import merge
from stockflow_functions.domain.prices.periods import periods
from stockflow_functions.domain.prices.rules import Severity
from stockflow_functions.domain.prices.series import Step
from stockflow_functions.domain.prices.sessions import sessions_between
from stockflow_functions.domain.prices.splits import Jump, booked_splits, explains, jumps
from stockflow_functions.domain.words import counted, named_few

RECENT_BARS = 10
"""Among the newest bars, a jump that was stored unexplained is asked about again: there was no answer before."""


@dataclass(frozen=True)
class Anomalies:
    """The sentences speak of new bars only; ``unexplained`` are jumps, new or recent, that no known split explains."""

    sentences: list[str]
    unexplained: list[Jump]


def find_anomalies(
    table: pd.DataFrame, stored: pd.DataFrame, as_of: AsOf, splits: Splits, seen: np.ndarray
) -> Anomalies:
    """Finds odd bars and gaps.

    Args:
        table: the checked bars of one answer.
        stored: what the dataset holds of the symbol.
        as_of: whose bars they are, and what was known when they were fetched.
        splits: splits known from other sources than the table itself.
        seen: the dates, datetime64, for which the answer had a bar, sound or not: those are not missing.
    """
    series, exchange = as_of.series, as_of.exchange
    fresh = _fresh(table, stored, series.step)
    booked = booked_splits(table)
    left = [jump for jump in jumps(table, series.jump) if not explains(booked, jump)]
    unexplained = [jump for jump in left if not explains({**booked, **splits}, jump)]
    new = [jump for jump in unexplained if fresh[jump.row - 1 : jump.row + 1].any()]
    recent = [jump for jump in unexplained if jump.row >= len(table) - RECENT_BARS and jump not in new]
    sentences = [*_odd_bars(table, fresh, as_of), *_closed_days(table, fresh, exchange)]
    if new:
        sentences.append(f"No split explains {counted(len(new), 'jump')} of the close: {named_few(new[::-1])}.")
    sentences += _unadjusted([jump for jump in left if jump not in unexplained and fresh[jump.row]], table)
    gone = _missing(table, stored, as_of, seen)
    if gone:
        sentences.append(f"{counted(len(gone), series.step)} without a bar: {named_few(gone[::-1])}.")
    return Anomalies(sentences, new + recent)


def _unadjusted(split: list[Jump], table: pd.DataFrame) -> list[str]:
    """One sentence if an adjusted series lacks a split that the vendor itself knows."""
    if not split or "split_coefficient" not in table:
        return []
    days = named_few([jump.day for jump in split[::-1]])
    return [f"The adjusted series lacks a split that SPLITS has ({days}): adjusted closes before it can't be compared."]


def rejections(checks: Collection[str], where: str) -> list[str]:
    """How many bars were set aside by which check, in one sentence."""
    kinds = ", ".join(f"{count} {name}" for name, count in Counter(checks).most_common())
    return [f"{counted(len(checks), 'bar')} set aside ({kinds}), see {where}."] if checks else []


def _days(table: pd.DataFrame) -> np.ndarray:
    return table["date"].to_numpy().astype("datetime64[D]")


def _fresh(table: pd.DataFrame, stored: pd.DataFrame, step: Step) -> np.ndarray:
    """Which bars are new or have other values than the stored ones."""
    merged = merge(stored, table, step)
    return _among(_days(table), np.concatenate([_days(merged.added), _days(merged.changed)]))


def _among(days: np.ndarray, others: np.ndarray) -> np.ndarray:
    # As numbers: NumPy looks those up many times faster than dates.
    return np.isin(days.astype("int64"), others.astype("int64"))


def _odd_bars(table: pd.DataFrame, fresh: np.ndarray, as_of: AsOf) -> list[str]:
    bars, days = stored_bars(table), _days(table)
    sentences = []
    for check in CHECKS:
        if check.severity is Severity.ODD:
            found = days[fresh & check.fails(bars, as_of)]
            if len(found):
                sentences.append(f"{counted(len(found), 'bar')} {check.name}: {check.sentence}; newest {found[-1]}.")
    return sentences


def _expected(exchange: Exchange, table: pd.DataFrame) -> np.ndarray:
    """The sessions from the first bar to the last, as far back as the calendar is complete."""
    since = exchange.calendar_since
    if since is None:
        return np.array([], "datetime64[D]")
    first, last = table["date"].iloc[0].date(), table["date"].iloc[-1].date()
    return sessions_between(exchange, max(first, date(since, 1, 1)), last)


def _missing(table: pd.DataFrame, stored: pd.DataFrame, as_of: AsOf, seen: np.ndarray) -> list[np.datetime64]:
    """The sessions without a bar, or the last sessions of weeks without one, that no earlier run could report."""
    expected, step = _expected(as_of.exchange, table), as_of.series.step
    there = np.concatenate([_days(table), seen.astype("datetime64[D]")])
    gone = expected[~np.isin(periods(expected, step), periods(there, step))]
    gone = gone[np.append(np.diff(periods(gone, step)) > 0, True)] if len(gone) else gone
    return list(gone[gone > _days(stored)[-1]] if len(stored) else gone)


def _closed_days(table: pd.DataFrame, fresh: np.ndarray, exchange: Exchange) -> list[str]:
    expected = _expected(exchange, table)
    days = _days(table)[fresh]
    odd = list(days[~_among(days, expected) & (days >= expected[0])]) if len(expected) else []
    return [f"{counted(len(odd), 'bar')} of days without a session: {named_few(odd[::-1])}."] if odd else []
