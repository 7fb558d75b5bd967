"""Bars adjusted for splits and dividends, beside a loop over rows and actions; and against the vendor's own closes.

Times are CPU of this machine, the median of many rounds. The loop is what most people would write first: for each
action, each earlier row is multiplied in place. "Within" is the share of a recorded adjusted series' rows that differ
by no more than a cent from what its bars as traded and its actions give; "largest" is the largest difference.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from kit.recorded_adjusted import booked_actions, recorded, recordings

from stockflow.dataset.adjusting import adjusted

CENT = 0.01
ROUNDS = 51
ROWS, SYMBOLS, YEAR = 6_749, 500, 251
"""A full history, and a year of many symbols."""


def bars(rows: int, symbol: str = "BENCH") -> pd.DataFrame:
    """Invented bars as traded, one each weekday."""
    random = np.random.default_rng(rows)
    close = 100 * np.exp(random.normal(0, 0.01, rows).cumsum())
    dates = pd.bdate_range(end="2026-11-27", periods=rows).astype("datetime64[s]")
    prices = {"open": close * 0.99, "high": close * 1.01, "low": close * 0.98, "close": close}
    volumes = random.integers(10**5, 10**8, rows)
    return pd.DataFrame({"symbol": pd.array([symbol] * rows, "str"), "date": dates, **prices, "volume": volumes})


def actions(table: pd.DataFrame) -> pd.DataFrame:
    """A dividend each quarter and a split each eight years, of a table of one symbol."""
    dividends = table.iloc[30::63][["symbol", "date"]].assign(kind="dividend", value=0.4)
    splits = table.iloc[200::2000][["symbol", "date"]].assign(kind="split", value=2.0)
    return pd.concat([dividends, splits], ignore_index=True)


def naive(table: pd.DataFrame, known: pd.DataFrame) -> list[list[float]]:
    """The same for one symbol by loops: newest action first, and each row before it."""
    rows = table[["date", "open", "high", "low", "close", "volume"]].to_numpy(object).tolist()
    traded = {row[0]: row[4] for row in rows}
    for date, kind, value in known.sort_values("date", ascending=False)[["date", "kind", "value"]].to_numpy().tolist():
        factor = 1 / value if kind == "split" else traded[date] / (traded[date] + value)
        for row in rows:
            if row[0] < date:
                row[1:5] = (price * factor for price in row[1:5])
                row[5] = row[5] * value if kind == "split" else row[5]
    return rows


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median, in CPU time."""
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return 1000 * median(spent)


def speed() -> None:
    """Prints what adjusting takes, of one full history and of a year of many symbols."""
    table = bars(ROWS)
    known = actions(table)
    ours, loop = milliseconds(lambda: adjusted(table, known, "all")), milliseconds(lambda: naive(table, known), 3)
    print(
        f"{ROWS:,} rows, {len(known)} actions: {ours:.1f} ms; a loop {loop:,.0f} ms, {loop / ours:,.0f} times as much"
    )
    tables = [bars(YEAR, f"S{number:04}") for number in range(SYMBOLS)]
    many, theirs = pd.concat(tables, ignore_index=True), pd.concat(map(actions, tables), ignore_index=True)
    print(f"{len(many):,} rows of {SYMBOLS} symbols: {milliseconds(lambda: adjusted(many, theirs, 'all')):.1f} ms")


def accuracy() -> None:
    """Prints how near the recorded adjusted series are."""
    if not (files := recordings()):
        print("The recorded answers are not beside this checkout (../shared): nothing is compared.")
        return
    print(f"{'recording':<36} {'rows':>6} {'actions':>7} {'within':>7} {'largest':>9}")
    for file in files:
        table = recorded(file)
        known = booked_actions(table)
        off = (adjusted(table, known, "all")["close"] - table["adjusted_close"]).abs()
        print(f"{file.name:<36} {len(table):>6} {len(known):>7} {(off <= CENT).mean():>7.1%} {off.max():>9.6f}")


if __name__ == "__main__":
    speed()
    accuracy()
