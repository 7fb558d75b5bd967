"""Invented dividends: most symbols pay each quarter, an amount that they change once a year, and others never do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import prod
from random import Random

from stockflow.simulated_alpha_vantage.bars import began_at, seed_of
from stockflow.simulated_alpha_vantage.sessions import FIRST_SESSION, is_session
from stockflow_functions.domain.actions.answers import Dividend
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.vendors.alpha_vantage import VENDOR

FULL_SINCE = date(2010, 1, 1)
"""Of older dividends the vendor lacks the other days."""
_PAYERS = 0.65
_LOWEST, _SPREAD = 0.006, 0.036
"""Of a year's dividends, as a share of the price at the year's beginning."""
_QUARTERS = 4
_BEFORE, _AFTER = timedelta(days=25), timedelta(days=21)


@dataclass(frozen=True)
class _Habit:
    """How a symbol pays: dollars a year for each dollar of price, in which month of a quarter, around which day."""

    a_year: float
    month: int
    day: int


def invented_dividends(symbol: str, splits: Mapping[date, float], last: date) -> tuple[Dividend, ...]:
    """Those that are declared by ``last``, oldest first, as they are paid on the shares of their time."""
    known = [(effective, factor) for effective, factor in splits.items() if effective <= last]
    return tuple(
        each._replace(amount=round(each.amount * prod(factor for day, factor in known if each.ex_date < day), 4))
        for each in known_by(_unsplit(symbol.upper(), last.year + 1), last)
    )


def known_by(dividends: Iterable[Dividend], day: date) -> Iterator[Dividend]:
    """Those that are declared by that day, or, where nothing says when they were, begin by then."""
    return (each for each in dividends if (each.declared or each.ex_date) <= day)


@lru_cache(maxsize=256)
def _unsplit(symbol: str, last_year: int) -> tuple[Dividend, ...]:
    """All of them, as if there had never been a split."""
    habit = _habit(symbol)
    if habit is None:
        return ()
    exchange = VENDOR.exchange_of(symbol)
    years = range(FIRST_SESSION.year, last_year + 1)
    quarters = [(year, quarter) for year in years for quarter in range(_QUARTERS)]
    found = (_dividend(symbol, habit, year, habit.month + 3 * quarter, exchange) for year, quarter in quarters)
    return tuple(each for each in found if each.ex_date > FIRST_SESSION)


def _habit(symbol: str) -> _Habit | None:
    draw = Random(seed_of(f"{symbol}/dividends", 0)).random
    pays, a_year = draw() < _PAYERS, _LOWEST + _SPREAD * draw()
    return _Habit(a_year, 1 + int(3 * draw()), 4 + int(18 * draw())) if pays else None


def _dividend(symbol: str, habit: _Habit, year: int, month: int, exchange: Exchange) -> Dividend:
    amount = max(0.01, round(began_at(symbol, year) * habit.a_year / _QUARTERS, 2))
    ex_date = _session_from(date(year, month, habit.day), exchange)
    if ex_date < FULL_SINCE:
        return Dividend(ex_date, amount, None, None, None)
    declared, paid = (_session_from(day, exchange) for day in (ex_date - _BEFORE, ex_date + _AFTER))
    return Dividend(ex_date, amount, declared, ex_date, paid)


def _session_from(day: date, exchange: Exchange) -> date:
    while not is_session(day, exchange):
        day += timedelta(days=1)
    return day
