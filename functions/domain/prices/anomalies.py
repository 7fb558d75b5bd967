"""What is odd in a table, yet stored: reported once, when the bars arrive, not by every run that sees them again."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices.bars import Bars
from stockflow_functions.domain.prices.checks import CHECKS, AsOf
from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.known_splits import Splits
from stockflow_functions.domain.prices.merging import fresh
from stockflow_functions.domain.prices.periods import periods
from stockflow_functions.domain.prices.rules import (
    DAY_WITHOUT_SESSION,
    JUMP,
    MISSING_SESSION,
    UNADJUSTED_SPLIT,
    UNIT_SWITCH,
    Severity,
)
from stockflow_functions.domain.prices.sessions import sessions_between
from stockflow_functions.domain.prices.splits import Jump, booked_splits, explains, is_unit_switch, jumps
from stockflow_functions.domain.prices.transforming import RejectedBar
from stockflow_functions.domain.words import counted, named_few

RECENT_BARS = 10
"""Among the newest bars, a jump that was stored unexplained is asked about again: there was no answer before."""


@dataclass(frozen=True)
class Anomalies:
    """The findings speak of new bars only; ``unexplained`` are jumps, new or recent, that no known split explains."""

    findings: list[Finding]
    unexplained: list[Jump]

    @property
    def sentences(self) -> list[str]:
        return [one.sentence for one in self.findings]


@dataclass(frozen=True)
class _Answer:
    """The checked bars of one answer beside the stored ones; what several checks need of them is made once."""

    table: pd.DataFrame
    stored: pd.DataFrame
    as_of: AsOf

    @cached_property
    def days(self) -> np.ndarray:
        return _days(self.table)

    @cached_property
    def fresh(self) -> np.ndarray:
        """Which bars are new, or have other values than the stored ones."""
        return fresh(self.stored, self.table, self.as_of.series.step)

    @cached_property
    def expected(self) -> np.ndarray:
        """The sessions from the first bar to the last, as far back as the calendar is complete."""
        since = self.as_of.exchange.calendar_since
        if since is None:
            return np.array([], "datetime64[D]")
        first, last = self.days[0].item(), self.days[-1].item()
        return sessions_between(self.as_of.exchange, max(first, date(since, 1, 1)), last)


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
    answer, booked = _Answer(table, stored, as_of), booked_splits(table)
    left = [jump for jump in jumps(table, as_of.series.jump) if not explains(booked, jump)]
    unexplained = [jump for jump in left if not explains({**booked, **splits}, jump)]
    new = [jump for jump in unexplained if answer.fresh[jump.row - 1 : jump.row + 1].any()]
    recent = _without([jump for jump in unexplained if jump.row >= len(table) - RECENT_BARS], new)
    split = [jump for jump in _without(left, unexplained) if answer.fresh[jump.row]]
    findings = [
        *_odd_bars(answer),
        *_closed_days(answer),
        *_jumped(new),
        *(_unadjusted(split) if "split_coefficient" in table else []),
        *_missing(answer, seen),
    ]
    return Anomalies(findings, new + recent)


def rejections(rejected: Collection[RejectedBar], where: str) -> list[Finding]:
    """How many bars were set aside by which check, in one sentence."""
    counts = Counter(bar["check"] for bar in rejected).most_common()
    kinds = ", ".join(f"{count} {name}" for name, count in counts)
    sentence = f"{counted(len(rejected), 'bar')} set aside ({kinds}), see {where}."
    return [Finding(name, sentence, count, _newest_of(rejected, name)) for name, count in counts]


def _newest_of(rejected: Collection[RejectedBar], check: str) -> date | None:
    """By the vendor's own texts, of which any may be no date."""
    days = []
    for bar in rejected:
        if bar["check"] == check:
            try:
                days.append(date.fromisoformat(bar["date"]))
            except ValueError:
                continue
    return max(days, default=None)


def _days(table: pd.DataFrame) -> np.ndarray:
    return table["date"].to_numpy().astype("datetime64[D]")


def _among(days: np.ndarray, others: np.ndarray) -> np.ndarray:
    # As numbers: NumPy looks those up many times faster than dates.
    return np.isin(days.astype("int64"), others.astype("int64"))


def _of_days(check: str, what: str, days: Sequence[np.datetime64]) -> list[Finding]:
    """A finding that names the newest days, the oldest of which is first; none of no days."""
    if not len(days):
        return []
    newest: date = days[-1].astype(date)
    return [Finding(check, f"{what}: {named_few(days[::-1])}.", len(days), newest)]


def _odd_bars(answer: _Answer) -> list[Finding]:
    bars = Bars(answer.table, {}, np.zeros(len(answer.table), bool))  # no stored cell is unreadable, no field twice
    findings = []
    for check in CHECKS:
        if check.severity is Severity.ODD:
            days = answer.days[answer.fresh & check.fails(bars, answer.as_of)]
            if len(days):
                sentence = f"{counted(len(days), 'bar')} {check.name}: {check.sentence}; newest {days[-1]}."
                findings.append(Finding(check.name, sentence, len(days), days[-1].item()))
    return findings


def _closed_days(answer: _Answer) -> list[Finding]:
    days, expected = answer.days[answer.fresh], answer.expected
    odd = list(days[~_among(days, expected) & (days >= expected[0])]) if len(expected) else []
    return _of_days(DAY_WITHOUT_SESSION, f"{counted(len(odd), 'bar')} of days without a session", odd)


def _without(found: list[Jump], others: list[Jump]) -> list[Jump]:
    """Those that are not among the others: by their rows, for there may be thousands."""
    rows = {jump.row for jump in others}
    return [jump for jump in found if jump.row not in rows]


def _jumped(new: list[Jump]) -> list[Finding]:
    """A jump that is gone with a hundredfold close is one of the unit, not of the price: a finding for each kind."""
    switched = [jump for jump in new if is_unit_switch(jump)]
    others = _without(new, switched)
    return [
        Finding(check, f"No split explains {what}: {named_few(found[::-1])}.", len(found), found[-1].day)
        for check, what, found in (
            (JUMP, f"{counted(len(others), 'jump')} of the close", others),
            (UNIT_SWITCH, "a hundredfold close, or a hundredth (pence and pounds?)", switched),
        )
        if found
    ]


def _unadjusted(split: list[Jump]) -> list[Finding]:
    """One finding if an adjusted series lacks a split that the vendor itself knows."""
    if not split:
        return []
    days = f"({named_few([jump.day for jump in split[::-1]])})"
    sentence = f"The adjusted series lacks a split that SPLITS has {days}: adjusted closes before it can't be compared."
    return [Finding(UNADJUSTED_SPLIT, sentence, len(split), split[-1].day)]


def _missing(answer: _Answer, seen: np.ndarray) -> list[Finding]:
    """The sessions without a bar, or the last sessions of weeks without one, that no earlier run could report."""
    expected, step = answer.expected, answer.as_of.series.step
    there = np.concatenate([answer.days, seen.astype("datetime64[D]")])
    gone = expected[~np.isin(periods(expected, step), periods(there, step))]
    gone = gone[np.append(np.diff(periods(gone, step)) > 0, True)] if len(gone) else gone
    gone = gone[gone > _days(answer.stored)[-1]] if len(answer.stored) else gone
    return _of_days(MISSING_SESSION, f"{counted(len(gone), step)} without a bar", list(gone))
