"""Jumps of the close from one bar to the next, and the splits that explain them.

Raw prices are as traded: a four-for-one split looks like a crash of 75 % (FACTS.md section 6).
"""

from dataclasses import dataclass
from datetime import date
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices.known_splits import Splits
from stockflow_functions.domain.prices.series import JumpLimits

A_HUNDRED = 100
A_MILLION = 1_000_000


@dataclass(frozen=True)
class Jump:
    """From one close to the next, with the days of both bars; ``row`` is the later one's place in the table.

    ``limits`` are those that it broke.
    """

    row: int
    day: date
    open: float
    close: float
    before_day: date
    before_close: float
    limits: JumpLimits

    @property
    def change_percent(self) -> float:
        return (self.close / self.before_close - 1) * 100

    def __str__(self) -> str:
        percent = self.change_percent
        change = f"{percent:+.0f}" if abs(percent) < A_MILLION else f"{percent:+.3g}"
        return f"{self.day}: close {self.before_close:g} to {self.close:g}, {change} %"


def jumps(table: pd.DataFrame, limits: JumpLimits) -> list[Jump]:
    """Every jump in a table sorted by date, whether a split explains it or not."""
    opens, closes = table["open"].to_numpy(), table["close"].to_numpy()
    dates = table["date"].to_numpy().astype("datetime64[D]")
    with np.errstate(all="ignore"):
        found = _is_jump(opens[1:] / closes[:-1], closes[1:] / closes[:-1], limits)
    found &= (closes[1:] > 0) & (closes[:-1] > 0)
    return [
        Jump(
            row,
            dates[row].item(),
            float(opens[row]),
            float(closes[row]),
            dates[row - 1].item(),
            float(closes[row - 1]),
            limits,
        )
        for row in (np.flatnonzero(found) + 1).tolist()
    ]


def _is_jump(opened: Any, closed: Any, limits: JumpLimits) -> Any:
    """Open and close as multiples of the close before: numbers, or NumPy arrays of them."""
    alone = (closed <= 1 / limits.close) | (closed >= limits.close)
    if limits.overnight is None:
        return alone
    fell = (opened <= 1 / limits.overnight) & (closed <= 1 / limits.overnight)
    rose = (opened >= limits.overnight) & (closed >= limits.overnight)
    return alone | fell | rose


def explains(splits: Splits, jump: Jump) -> bool:
    """Whether the jump disappears once the splits between its two bars are undone."""
    factor = prod(share for effective, share in splits.items() if jump.before_day < effective <= jump.day)
    left = factor / jump.before_close
    return factor != 1 and not _is_jump(jump.open * left, jump.close * left, jump.limits)


def is_unit_switch(jump: Jump) -> bool:
    """Whether the jump disappears once one of its closes is taken a hundredfold: as pence are pounds, or cents rand."""
    return any(explains({jump.day: factor}, jump) for factor in (A_HUNDRED, 1 / A_HUNDRED))


def booked_splits(table: pd.DataFrame) -> dict[date, float]:
    """The splits that an adjusted series carries itself; a raw one carries none."""
    if "split_coefficient" not in table:
        return {}
    split = table[table["split_coefficient"] != 1]
    return {day.date(): factor for day, factor in zip(split["date"], split["split_coefficient"], strict=True)}


def unseen(splits: Splits, table: pd.DataFrame, limits: JumpLimits) -> list[date]:
    """The days of the splits, in a table of prices as traded, that no price shows.

    Between the bars around them the close does not jump, and would if they were undone. A split that is too small to
    make a jump, or that lies before the first bar or after the last, can't be told.
    """
    days = table["date"].to_numpy().astype("datetime64[D]")
    opens, closes = table["open"].to_numpy(), table["close"].to_numpy()
    at_bar: dict[int, list[date]] = {}
    for effective in sorted(splits):
        at_bar.setdefault(int(np.searchsorted(days, np.datetime64(effective))), []).append(effective)
    found: list[date] = []
    for bar, effective_days in at_bar.items():
        if 0 < bar < len(days) and closes[bar - 1] > 0:
            opened, closed = opens[bar] / closes[bar - 1], closes[bar] / closes[bar - 1]
            factor = prod(splits[day] for day in effective_days)
            if not _is_jump(opened, closed, limits) and _is_jump(opened * factor, closed * factor, limits):
                found += effective_days
    return found
