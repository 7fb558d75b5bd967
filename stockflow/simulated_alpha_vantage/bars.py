"""Invented bars: a random walk per symbol, the same in every process, Python version and window.

A year's walk is bridged between two anchors, so that any bar costs at most one year's work, whatever came before.
Only ``random()`` of a generator seeded with an integer is used: Python promises that sequence for good; and only sums,
products and quotients, which IEEE 754 fixes to the last bit.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import NamedTuple

from stockflow.simulated_alpha_vantage.sessions import FIRST_SESSION, closed_days
from stockflow_functions.vendors.alpha_vantage import VENDOR

_LOWEST, _HIGHEST = 6.0, 900.0
_WEEK = 5


class Bar(NamedTuple):
    """One session's prices in cents, as if there had never been a split, and its volume in shares."""

    date: date
    open: int
    high: int
    low: int
    close: int
    volume: int


def newest_first(symbol: str, last: date) -> Iterator[Bar]:
    """The symbol's bars from the last session back to the first, 1999-11-01."""
    for year in range(last.year, FIRST_SESSION.year - 1, -1):
        for bar in reversed(bars_of_year(symbol, year)):
            if FIRST_SESSION <= bar.date <= last:
                yield bar


@lru_cache(maxsize=512)
def bars_of_year(symbol: str, year: int) -> tuple[Bar, ...]:
    """The bars of all the year's sessions, oldest first, including future ones."""
    # The walk takes a step each weekday, so that a change in the calendar of holidays moves no other bar.
    days = _weekdays(year)
    closed = closed_days(VENDOR.exchange_of(symbol), year)
    bars = zip(days, _walk(symbol, year, len(days)), strict=True)
    return tuple(Bar(day, *bar) for day, bar in bars if day not in closed)


def _walk(symbol: str, year: int, length: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Open, high, low, close and volume of each weekday."""
    begin, end, volatility, usual_volume = _character(symbol, year)
    draw = Random(seed_of(symbol, year)).random
    steps = [volatility * (draw() + draw() + draw() - 1.5) for _ in range(length)]
    drift = sum(steps) / length
    sway, before = 0.0, begin
    for number, step in enumerate(steps, start=1):
        sway += step - drift
        close = (begin + (end - begin) * number / length) * max(0.4, 1.0 + sway)
        opened = before * (1.0 + volatility * (draw() - 0.5))
        highest = max(opened, close) * (1.0 + volatility * draw() * 0.6)
        lowest = min(opened, close) * (1.0 - volatility * draw() * 0.6)
        volume = usual_volume * (0.6 + 0.8 * draw() + 12.0 * abs(step))
        yield round(opened * 100), round(highest * 100), round(lowest * 100), round(close * 100), round(volume)
        before = close


@lru_cache(maxsize=4096)
def _character(symbol: str, year: int) -> tuple[float, float, float, int]:
    """Price at the year's beginning and end in dollars, volatility of a day, usual volume of a day."""
    draw = Random(seed_of(symbol, 0)).random
    volatility = 0.012 + 0.03 * draw() * draw()
    usual_volume = int(300_000 + 40_000_000 * draw() * draw() * draw())
    end = 15.0 + 85.0 * draw()
    for _ in range(FIRST_SESSION.year, year + 1):
        begin, end = end, min(max(end * (0.82 + 0.5 * draw()), _LOWEST), _HIGHEST)
    return begin, end, volatility, usual_volume


@lru_cache(maxsize=64)
def _weekdays(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    return tuple(day for day in days if day.weekday() < _WEEK)


def began_at(symbol: str, year: int) -> float:
    """The symbol's price in dollars at the beginning of a year, as if there had never been a split."""
    return _character(symbol, year)[0]


def seed_of(symbol: str, year: int) -> int:
    """What the generator of a symbol's year begins with."""
    return int.from_bytes(blake2b(f"{symbol}/{year}".encode(), digest_size=8).digest())
