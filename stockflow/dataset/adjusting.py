"""Bars as traded, adjusted for splits and dividends: the vendor's own formula, over many symbols at once.

What lies before a split's effective date has its prices divided by the factor and its volume multiplied by it. What
lies before a dividend's ex-date has its prices multiplied by ``C / (C + D)``: ``C`` is the close of the ex-date as
traded, ``D`` the cash a share as paid. The vendor does the same in every adjusted series that was recorded, to its own
rounding (docs/adjusted.md). The newest bar is always as traded.
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.prices.series import PRICES, VOLUME

How = Literal["splits", "all"]
"""``splits``: for splits alone, so that all prices are of a share of the newest bar; ``all``: for dividends also."""

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_BITS = 32
"""A moment is a symbol's number and a day in one integer, so that it sorts by both; so many bits are the day's."""


def adjusted(table: pd.DataFrame, actions: pd.DataFrame, how: How) -> pd.DataFrame:
    """The table with its ``open``, ``high``, ``low``, ``close`` and ``volume`` adjusted, as far as it has them.

    A dividend without a bar on its ex-date takes the close of the next one. An action after a symbol's newest bar
    changes nothing: rows before those of interest may be left out of the table, rows after them may not.

    Args:
        table: columns ``symbol``, ``date`` and any of the dataset's; sorted by both, a row for each. For ``all`` it
            needs ``close``. Columns that are not named above stay as they are.
        actions: columns ``symbol``, ``date`` (a split's effective date, a dividend's ex-date), ``kind`` (``split`` or
            ``dividend``) and ``value`` (shares after for each before; cash a share as paid), in any order. A symbol
            without a row is taken to have none: whether its actions are known is for the caller to say.
        how: for splits alone, or for dividends also.

    Returns:
        A new table: prices as float64, not rounded; volumes as int64.

    Raises:
        ValueError: the table is not sorted by symbol and date, or has two rows for one.
    """
    symbols = _Symbols.of(table["symbol"])
    moments = symbols.moments(table["date"])
    splits = _Steps.of(*symbols.held(actions, SPLIT, moments))
    shares = splits.after(moments)
    cash: _Floats | float = 1.0
    if how == "all":
        closes = table["close"].to_numpy() / shares
        cash = _dividends(moments, closes, *symbols.held(actions, DIVIDEND, moments), splits).after(moments)
    new: dict[str, Any] = {name: table[name].to_numpy() / shares * cash for name in PRICES if name in table}
    if VOLUME in table:
        new[VOLUME] = np.rint(table[VOLUME].to_numpy() * shares).astype(np.int64)
    return table.assign(**new)


@dataclass(frozen=True)
class _Symbols:
    """The symbols of a table, in its order, and at which row the rows of each end."""

    names: pa.Array
    ends: _Ints

    @classmethod
    def of(cls, column: pd.Series) -> Self:
        symbols = pa.array(column, pa.string())
        runs = pc.run_end_encode(symbols.combine_chunks() if isinstance(symbols, pa.ChunkedArray) else symbols)
        return cls(runs.values, runs.run_ends.to_numpy().astype(np.int64))

    def moments(self, dates: pd.Series) -> _Ints:
        """The moment of each row of the table."""
        numbers = np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))
        moments = _moments(numbers, dates)
        if (np.diff(moments) <= 0).any() or pc.count_distinct(self.names).as_py() != len(self.names):
            raise ValueError("A table to adjust must be sorted by symbol and date, with one row for each.")
        return moments

    def held(self, actions: pd.DataFrame, kind: str, moments: _Ints) -> tuple[_Ints, _Floats]:
        """Moments and values of the actions of a kind on these symbols, up to the newest bar of each."""
        wanted = actions[actions["kind"] == kind]
        found = pc.index_in(pa.array(wanted["symbol"], pa.string()), value_set=self.names)
        there = found.is_valid().to_numpy(zero_copy_only=False)
        numbers = found.drop_null().to_numpy().astype(np.int64)
        at = _moments(numbers, wanted["date"][there])
        past = at <= moments[self.ends[numbers] - 1]
        return at[past], wanted["value"].to_numpy(np.float64)[there][past]


@dataclass(frozen=True)
class _Steps:
    """Factors, each for all that lies before its moment, as the product of it and those of later moments."""

    moments: _Ints
    products: _Floats

    @classmethod
    def of(cls, moments: _Ints, factors: _Floats) -> Self:
        newest_first = np.argsort(moments)[::-1]
        symbols = moments[newest_first] >> _BITS
        products = pd.Series(factors[newest_first]).groupby(symbols, sort=False).cumprod().to_numpy()
        return cls(moments[newest_first][::-1], products[::-1])

    def after(self, moments: _Ints) -> _Floats:
        """For each moment the product of what is later, of the same symbol; 1 where nothing is."""
        step = np.searchsorted(self.moments, moments, side="right")
        same = np.append(self.moments >> _BITS, -1)[step] == moments >> _BITS
        return np.where(same, np.append(self.products, 1.0)[step], 1.0)


def _dividends(moments: _Ints, closes: _Floats, paid_at: _Ints, values: _Floats, splits: _Steps) -> _Steps:
    """The steps of dividends: closes and cash both in shares of the newest bar, those of one bar added up."""
    cash = values / splits.after(paid_at)
    rows, which = np.unique(np.searchsorted(moments, paid_at), return_inverse=True)
    together = np.bincount(which, weights=cash, minlength=len(rows))
    return _Steps.of(moments[rows], closes[rows] / (closes[rows] + together))


def _moments(numbers: _Ints, dates: pd.Series) -> _Ints:
    days = pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)
    return (numbers << _BITS) + days + (1 << (_BITS - 1))
