"""Bars and actions for the tests of what adjusts them, and the same adjusted one row after another."""

from math import prod

import numpy as np
import pandas as pd

NO_ACTIONS = pd.DataFrame({"symbol": [], "date": [], "kind": [], "value": []})


def bars(closes, symbol="ACME", volume=100):
    """A table of ``{date: close}``, whose other prices are the close."""
    table = pd.DataFrame({"symbol": pd.array([symbol] * len(closes), "str")})
    table["date"] = pd.to_datetime(list(closes)).astype("datetime64[s]")
    prices = dict.fromkeys(("open", "high", "low", "close"), np.fromiter(closes.values(), float))
    return table.assign(**prices, volume=volume)


def actions(*rows, symbol="ACME"):
    """A table of actions from ``(date, kind, value)``, or with the symbol as a fourth."""
    named = [(row[3] if len(row) > 3 else symbol, pd.Timestamp(row[0]), row[1], float(row[2])) for row in rows]
    return pd.DataFrame(named, columns=["symbol", "date", "kind", "value"])


def at_random(seed, symbols=4, sessions=20):
    """Bars with gaps, and actions before, in and after them: some on days without a bar, some on one day."""
    random = np.random.default_rng(seed)
    tables, rows = [], []
    for name in (f"S{number}" for number in range(symbols)):
        days = np.sort(random.choice(30, sessions, replace=False))
        dates = np.datetime64("2026-01-05") + days
        table = bars(dict(zip(dates, random.uniform(20, 200, sessions).round(2), strict=True)), name)
        tables.append(table.assign(volume=random.integers(0, 10**9, sessions), low=table["low"] * 0.9))
        for _ in range(random.integers(0, 8)):
            day = np.datetime64("2026-01-05") + random.integers(-5, 35)
            kind = random.choice(["split", "dividend"])
            value = random.choice([0.1, 1.046, 1.5, 2, 7]) if kind == "split" else round(random.uniform(0, 2), 4)
            rows.append((day, kind, value, name))
    return pd.concat(tables, ignore_index=True), actions(*rows)


def one_by_one(table, known, how):
    """The close of each row, as the formula says it, by loops over plain values."""
    found = []
    for symbol, own in table.groupby("symbol", sort=False):
        closes = dict(zip(_days(own), own["close"], strict=True))
        mine = known[known["symbol"] == symbol]
        rows = [row for row in zip(_days(mine), mine["kind"], mine["value"], strict=True) if row[0] <= max(closes)]
        found += [_adjusted(day, closes, rows, how) for day in closes]
    return np.array(found)


def _days(table):
    return table["date"].to_numpy().astype("datetime64[D]").astype(int).tolist()


def _adjusted(day, closes, rows, how):
    price = closes[day] / _splits(rows, day, max(closes))
    for bar, close in closes.items():
        cash = sum(
            value / _splits(rows, ex_date, bar)
            for ex_date, kind, value in rows
            if kind == "dividend" and bar == min(day for day in closes if day >= ex_date)
        )
        if bar > day and how == "all":
            price *= close / (close + cash)
    return price


def _splits(rows, after, until):
    return prod(value for day, kind, value in rows if kind == "split" and after < day <= until)
