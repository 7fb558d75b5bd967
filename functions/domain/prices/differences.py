"""What differs between two tables of a symbol, by date: arrays of days since 1970 and of the bits of values."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices.series import ADJUSTED_CLOSE

RENEWAL = 10
"""With so many bars or more of which only the adjusted close differs, the whole basis was renewed."""


@dataclass(frozen=True)
class Difference:
    """From one table to the next.

    Attributes:
        added: first and last days of the spans of new rows; no row of the first table lies in one.
        renewed: the same of the bars whose adjusted closes were renewed: one span, or none.
        removed: days whose row is gone.
        cells: by column, days and by how much more the value's bits were before; of removed rows, those bits.
    """

    added: tuple[np.ndarray, np.ndarray]
    renewed: tuple[np.ndarray, np.ndarray]
    removed: np.ndarray
    cells: Mapping[str, tuple[np.ndarray, np.ndarray]]

    @property
    def is_none(self) -> bool:
        """Whether the tables are equal."""
        return not (len(self.added[0]) or len(self.renewed[0]) or len(self.removed) or self.cells)


def difference(before: pd.DataFrame, after: pd.DataFrame) -> Difference:
    """Compares two tables of one series, each sorted by date with one row a date."""
    old, new = days_of(before), days_of(after)
    if not len(old):
        return Difference(_spans(new, old), (old, old), old, {})
    stays, was = np.isin(old, new), np.isin(new, old)
    more = {name: _more(before[name], after[name], stays, was) for name in before if name not in {"symbol", "date"}}
    renewed = _renewed(more, stays)
    if renewed.any():
        more[ADJUSTED_CLOSE] = np.where(stays, 0, more[ADJUSTED_CLOSE])
    ends = old[renewed][[0, -1]] if renewed.any() else old[:0]
    cells = {str(name): (old[bits != 0], bits[bits != 0]) for name, bits in more.items() if bits.any()}
    return Difference(_spans(new[~was], old), (ends[:1], ends[1:]), old[~stays], cells)


def days_of(table: pd.DataFrame) -> np.ndarray:
    """The dates as days since 1970, int64."""
    return table["date"].to_numpy().astype("datetime64[D]").astype(np.int64)


def bits_of(column: pd.Series) -> np.ndarray:
    """The bits of 64-bit numbers, as int64."""
    return column.to_numpy().view(np.int64)


def _more(before: pd.Series, after: pd.Series, stays: np.ndarray, was: np.ndarray) -> np.ndarray:
    """By how much more the bits were before, for each row of before."""
    more = bits_of(before).copy()
    more[stays] -= bits_of(after)[was]
    return more


def _renewed(more: Mapping[object, np.ndarray], stays: np.ndarray) -> np.ndarray:
    """Which rows of before have another adjusted close, if they are enough of a renewal; else none."""
    adjusted = (more[ADJUSTED_CLOSE] != 0) & stays if ADJUSTED_CLOSE in more else np.zeros_like(stays)
    others = [bits != 0 for name, bits in more.items() if name != ADJUSTED_CLOSE]
    alone = adjusted & ~np.logical_or.reduce(others)
    return adjusted if np.count_nonzero(alone) >= RENEWAL else np.zeros_like(stays)


def _spans(added: np.ndarray, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The added days as spans that no old day lies in."""
    breaks = np.flatnonzero(np.diff(np.searchsorted(old, added))) + 1
    starts = np.concatenate([[0], breaks])[: len(added)].astype(np.int64)
    return added[starts], added[np.append(starts[1:], len(added))[: len(starts)] - 1]
