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

_Floats = npt.NDArray[np.floating[Any]]
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
    if table.empty:
        return table.copy()
    rows = _Rows.of(table)
    kinds, moments, values = rows.past(actions)
    split, paid = kinds == SPLIT, kinds == DIVIDEND
    splits = _Steps.of(rows, moments[split], values[split])
    shares = splits.after(rows.moments)
    new: dict[str, Any] = {name: table[name].to_numpy() / shares for name in PRICES if name in table}
    if how == "all":
        cash = _dividends(rows, new["close"], splits, moments[paid], values[paid]).after(rows.moments)
        new = {name: prices * cash for name, prices in new.items()}
    if VOLUME in table:
        new[VOLUME] = np.rint(table[VOLUME].to_numpy() * shares).astype(np.int64)
    return table.assign(**new)


def adjusted_kinds(kinds: pa.Schema, how: How) -> pa.Schema:
    """The schema of a table once it is adjusted: what is adjusted says so, where it said "as traded"."""
    return pa.schema([_adjusted_kind(field, how) for field in kinds])


def _adjusted_kind(field: pa.Field, how: How) -> pa.Field:
    if field.name not in {*PRICES, VOLUME}:
        return field
    told = field.metadata[b"description"].decode().removesuffix(", as traded")
    reasons = "splits and dividends" if how == "all" and field.name != VOLUME else "splits"
    return field.with_metadata({**field.metadata, b"description": f"{told}, adjusted for {reasons}".encode()})


@dataclass(frozen=True)
class _Rows:
    """The rows of a table: the moment of each; and its symbols in their order, with the newest moment of each."""

    moments: _Ints
    symbols: pa.Array
    newest: _Ints

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        column = pa.array(table["symbol"])
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        plain = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
        runs = pc.run_end_encode(plain)
        ends = runs.run_ends.to_numpy()
        moments = _moments(np.arange(len(ends)).repeat(np.diff(ends, prepend=0)), table["date"])
        if (moments[1:] <= moments[:-1]).any() or pc.count_distinct(runs.values).as_py() < len(ends):
            raise ValueError("A table to adjust must be sorted by symbol and date, with one row for each.")
        return cls(moments, runs.values, moments[ends - 1])

    def past(self, actions: pd.DataFrame) -> tuple[npt.NDArray[np.object_], _Ints, _Floats]:
        """Kinds, moments and values of the actions on these symbols, up to the newest row of each."""
        symbols = pa.array(actions["symbol"].to_numpy(object), self.symbols.type)
        numbers = pc.index_in(symbols, value_set=self.symbols).fill_null(-1).to_numpy()
        kinds, values = actions["kind"].to_numpy(object), actions["value"].to_numpy(np.float64)
        moments = _moments(numbers, actions["date"])
        held = np.flatnonzero(numbers >= 0)
        past = held[moments[held] <= self.newest[numbers[held]]]
        return kinds[past], moments[past], values[past]


@dataclass(frozen=True)
class _Steps:
    """Moments with a factor for what lies before each, as the product of it and those of the symbol's later moments.

    A symbol's last one is the day after its newest row, with 1.
    """

    moments: _Ints
    products: _Floats

    @classmethod
    def of(cls, rows: _Rows, moments: _Ints, factors: _Floats) -> Self:
        moments = np.append(moments, rows.newest + 1)
        order = moments.argsort(kind="stable")
        products = np.append(factors, np.ones(len(rows.newest)))[order]
        return cls(moments[order], _products(moments[order] >> _BITS, products))

    def after(self, moments: _Ints) -> _Floats:
        """For each of these moments, none later than the symbol's newest row, the product of what is later."""
        return self.products[self.moments.searchsorted(moments, side="right")]


def _dividends(rows: _Rows, closes: _Floats, splits: _Steps, paid_at: _Ints, paid: _Floats) -> _Steps:
    """The steps of dividends: closes and cash are both of a share of the newest bar, and those of one bar one sum."""
    at, which = np.unique(rows.moments.searchsorted(paid_at), return_inverse=True)
    cash = np.bincount(which, paid / splits.after(paid_at), len(at))
    return _Steps.of(rows, rows.moments[at], closes[at] / (closes[at] + cash))


def _products(symbols: _Ints, factors: _Floats) -> _Floats:
    """Of each factor and those after it of the same symbol: of two, then of four, and so on."""
    reach = 1
    while reach < len(factors):
        factors = factors * np.append(np.where(symbols[reach:] == symbols[:-reach], factors[reach:], 1), np.ones(reach))
        reach *= 2
    return factors


def _moments(symbols: npt.NDArray[np.integer[Any]], dates: pd.Series) -> _Ints:
    days = pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)
    return (symbols.astype(np.int64) << _BITS) + days + (1 << (_BITS - 1))
