"""What the catalog takes from a symbol's own table. Pure."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.periods import periods
from stockflow_functions.domain.prices.series import Series
from stockflow_functions.domain.prices.sessions import sessions_between


@dataclass(frozen=True)
class Facts:
    """What is known of a table with bars; the names are those of the catalog's columns."""

    first_date: date
    last_date: date
    rows: int
    missing_sessions: int | None
    earlier_digest: int


NO_BARS = dict.fromkeys(("first_date", "last_date", "missing_sessions")) | {"rows": 0, "earlier_digest": 0}
"""The same columns of a table without bars."""


def facts_of(table: pd.DataFrame, series: Series, exchange: Exchange) -> Facts | None:
    """The facts of a table that is sorted by date; None if it has no bar."""
    if table.empty:
        return None
    days = _days(table)
    first, last = days[0].item(), days[-1].item()
    missing = _missing(days, series, exchange)
    return Facts(first, last, len(days), missing, digest_before(table, last.year))


def digest_before(table: pd.DataFrame, year: int) -> int:
    """A number that differs where the bars before that year do, but for one chance in 2**64; fits a signed int64."""
    count = int(np.searchsorted(_days(table), np.datetime64(f"{year:04}-01-01")))
    hashed = blake2b(digest_size=8)
    for name in table.columns:
        if name != "symbol":
            hashed.update(np.ascontiguousarray(table[name].to_numpy()[:count]).tobytes())
    return int.from_bytes(hashed.digest(), "big", signed=True)


def _missing(days: np.ndarray, series: Series, exchange: Exchange) -> int | None:
    """How many periods between the first and the last bar have none, as far back as the calendar is whole."""
    if exchange.calendar_since is None:
        return None
    since = max(days[0].item(), date(exchange.calendar_since, 1, 1))
    expected = sessions_between(exchange, since, days[-1].item())
    there = periods(days, series.step)
    return len(np.setdiff1d(periods(expected, series.step), there))


def _days(table: pd.DataFrame) -> np.ndarray:
    return table["date"].to_numpy().astype("datetime64[D]")
