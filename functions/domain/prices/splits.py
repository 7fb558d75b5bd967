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

JUMP_FACTOR = 1.4
"""A close that is this many times the one before, or as small a part of it, is a jump: a three-for-two split is 1.5."""
OVERNIGHT_FACTOR = 1.19
"""So is a smaller one that was there at the open: splits happen overnight, and five-for-four is 1.25. What both
factors cost in questions is in docs/data.md."""

A_MILLION = 1_000_000


@dataclass(frozen=True)
class Jump:
    """From one close to the next, with the days of both bars; ``row`` is the later one's place in the table."""

    row: int
    day: date
    open: float
    close: float
    before_day: date
    before_close: float

    @property
    def change_percent(self) -> float:
        return (self.close / self.before_close - 1) * 100

    def __str__(self) -> str:
        percent = self.change_percent
        change = f"{percent:+.0f}" if abs(percent) < A_MILLION else f"{percent:+.3g}"
        return f"{self.day}: close {self.before_close:g} to {self.close:g}, {change} %"


def jumps(table: pd.DataFrame) -> list[Jump]:
    """Every jump in a table sorted by date, whether a split explains it or not."""
    opens, closes = table["open"].to_numpy(), table["close"].to_numpy()
    dates = table["date"].to_numpy().astype("datetime64[D]")
    with np.errstate(all="ignore"):
        found = _is_jump(opens[1:] / closes[:-1], closes[1:] / closes[:-1])
    found &= (closes[1:] > 0) & (closes[:-1] > 0)
    return [
        Jump(
            row,
            dates[row].item(),
            float(opens[row]),
            float(closes[row]),
            dates[row - 1].item(),
            float(closes[row - 1]),
        )
        for row in (np.flatnonzero(found) + 1).tolist()
    ]


def _is_jump(opened: Any, closed: Any) -> Any:
    """Open and close as multiples of the close before: numbers, or NumPy arrays of them."""
    fell = (closed <= 1 / JUMP_FACTOR) | ((opened <= 1 / OVERNIGHT_FACTOR) & (closed <= 1 / OVERNIGHT_FACTOR))
    rose = (closed >= JUMP_FACTOR) | ((opened >= OVERNIGHT_FACTOR) & (closed >= OVERNIGHT_FACTOR))
    return fell | rose


def explains(splits: Splits, jump: Jump) -> bool:
    """Whether the jump disappears once the splits between its two bars are undone."""
    factor = prod(share for effective, share in splits.items() if jump.before_day < effective <= jump.day)
    left = factor / jump.before_close
    return factor != 1 and not _is_jump(jump.open * left, jump.close * left)


def booked_splits(table: pd.DataFrame) -> dict[date, float]:
    """The splits that an adjusted series carries itself; a raw one carries none."""
    if "split_coefficient" not in table:
        return {}
    split = table[table["split_coefficient"] != 1]
    return {day.date(): factor for day, factor in zip(split["date"], split["split_coefficient"], strict=True)}
