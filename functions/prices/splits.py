"""Jumps of the close from one bar to the next, and the splits that explain them.

Raw prices are as traded: a four-for-one split looks like a crash of 75 % (FACTS.md section 6). A split is given as
{effective date: shares after it for each share before it}.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import prod

import numpy as np
import pandas as pd

JUMP_FACTOR = 1.4
"""A close that is this many times the one before, or as small a part of it, is a jump: a three-for-two split is 1.5."""

Splits = Mapping[date, float]


@dataclass(frozen=True)
class KnownSplits:
    """The splits of a symbol as they were last asked for, and when that was; None for never."""

    factors: Splits
    asked_on: date | None = None


@dataclass(frozen=True)
class Jump:
    """From one close to the next, with the days of both bars; ``row`` is the later one's place in the table."""

    row: int
    day: date
    close: float
    before_day: date
    before_close: float

    @property
    def change_percent(self) -> float:
        return (self.close / self.before_close - 1) * 100

    def __str__(self) -> str:
        return f"{self.day}: close {self.before_close:g} to {self.close:g}, {self.change_percent:+.0f} %"


def jumps(table: pd.DataFrame) -> list[Jump]:
    """Every jump in a table sorted by date, whether a split explains it or not."""
    closes, dates = table["close"].to_numpy(), table["date"].to_numpy().astype("datetime64[D]")
    with np.errstate(all="ignore"):
        moved = np.abs(np.diff(np.log(closes))) >= np.log(JUMP_FACTOR)
    moved &= (closes[1:] > 0) & (closes[:-1] > 0)
    return [
        Jump(int(row), dates[row].item(), float(closes[row]), dates[row - 1].item(), float(closes[row - 1]))
        for row in np.flatnonzero(moved) + 1
    ]


def explains(splits: Splits, jump: Jump) -> bool:
    """Whether the jump is none any more once the splits between its two bars are undone."""
    factor = prod(share for effective, share in splits.items() if jump.before_day < effective <= jump.day)
    undone = jump.close * factor / jump.before_close
    return factor != 1 and 1 / JUMP_FACTOR < undone < JUMP_FACTOR


def known_splits(body: bytes | None) -> KnownSplits:
    """Reads ``splits/<SYMBOL>.json``; a file that is no such thing is as good as none."""
    try:
        told = json.loads(body or b"{}")
        factors = {date.fromisoformat(item["effective_date"]): float(item["split_factor"]) for item in told["splits"]}
        return KnownSplits(factors, date.fromisoformat(told["asked_at"][:10]))
    except (ValueError, KeyError, TypeError):
        return KnownSplits({})


def booked_splits(table: pd.DataFrame) -> dict[date, float]:
    """The splits that an adjusted series carries itself; a daily one carries none."""
    if "split_coefficient" not in table:
        return {}
    split = table[table["split_coefficient"] != 1]
    return {day.date(): factor for day, factor in zip(split["date"], split["split_coefficient"], strict=True)}
