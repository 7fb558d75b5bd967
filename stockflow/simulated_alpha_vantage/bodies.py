"""The bodies of good answers, in the vendor's own layout: 4-space indent, numbers as text, newest first."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, islice, takewhile
from typing import NamedTuple

from stockflow.simulated_alpha_vantage.bars import Bar, newest_first
from stockflow.simulated_alpha_vantage.dividends import known_by
from stockflow.simulated_alpha_vantage.sessions import FIRST_SESSION
from stockflow.simulated_alpha_vantage.terms import DAILY, DAILY_ADJUSTED, WEEKLY
from stockflow_functions.domain.actions.answers import Dividend

COMPACT_ROWS = 100
Splits = Mapping[date, float]
"""Shares after the split for each share before it, by effective date."""
Dividends = Iterable[Dividend]
Turns = Sequence[Mapping[str, str]]
"""A transcript: ``speaker``, ``title``, ``content`` and ``sentiment`` of each turn."""

_AS_TRADED = ("1. open", "2. high", "3. low", "4. close", "5. volume")
_ADJUSTED = (*_AS_TRADED[:4], "5. adjusted close", "6. volume", "7. dividend amount", "8. split coefficient")


@dataclass(frozen=True)
class Shape:
    """What the answer of one function looks like; a sized one says which outputsize it is, others are always whole."""

    information: str
    fields: tuple[str, ...] = _AS_TRADED
    key: str = "Time Series (Daily)"
    sized: bool = True


SHAPES = {
    DAILY: Shape("Daily Prices (open, high, low, close) and Volumes"),
    DAILY_ADJUSTED: Shape("Daily Time Series with Splits and Dividend Events", _ADJUSTED),
    WEEKLY: Shape("Weekly Prices (open, high, low, close) and Volumes", key="Weekly Time Series", sized=False),
}


def series_body(symbol: str, function: str, rows: Iterable[tuple[str, ...]], *, full: bool, note: str = "") -> bytes:
    """A time series from rows of texts, newest first: the date, then the fields. ``note`` is added to its title."""
    shape = SHAPES[function]
    row = '        "%s": {\n' + ",\n".join(f'            "{name}": "%s"' for name in shape.fields) + "\n        }"
    texts = [row % values for values in rows]
    about = [
        ("Information", shape.information + note),
        ("Symbol", _escaped(symbol)),
        ("Last Refreshed", texts[0][9:19] if texts else ""),
        *([("Output Size", "Full size" if full else "Compact")] if shape.sized else []),
        ("Time Zone", "US/Eastern"),
    ]
    facts = ",\n".join(f'        "{number}. {name}": "{fact}"' for number, (name, fact) in enumerate(about, 1))
    series = "{\n" + ",\n".join(texts) + "\n    }" if texts else "{}"
    return f'{{\n    "Meta Data": {{\n{facts}\n    }},\n    "{shape.key}": {series}\n}}'.encode()


def simulated_series(
    symbol: str,
    function: str,
    last: date,
    splits: Splits,
    dividends: Dividends = (),
    *,
    full: bool,
    first: date = FIRST_SESSION,
) -> bytes:
    """The invented answer to a time-series request, from the ``first`` session to ``last``, the newest settled one."""
    known = tuple(sorted(item for item in splits.items() if item[0] <= last))
    paid = tuple((each.ex_date, each.amount) for each in dividends)
    build = _full if full or not SHAPES[function].sized else _compact
    return build(symbol, function, first, last, _Events(known, paid))


def splits_body(symbol: str, splits: Splits, last: date) -> bytes:
    """The answer to SPLITS, newest first."""
    items = [
        f'        {{\n            "effective_date": "{day}",\n            "split_factor": "{factor:.4f}"\n        }}'
        for day, factor in sorted(splits.items(), reverse=True)
        if day <= last
    ]
    data = "[\n" + ",\n".join(items) + "\n    ]" if items else "[]"
    return f'{{\n    "symbol": "{_escaped(symbol)}",\n    "data": {data}\n}}'.encode()


def dividends_body(symbol: str, dividends: Dividends, last: date) -> bytes:
    """The answer to DIVIDENDS, newest first: those declared by ``last``, so some that are to come."""
    data = [
        {
            "ex_dividend_date": each.ex_date.isoformat(),
            "declaration_date": str(each.declared),
            "record_date": str(each.recorded),
            "payment_date": str(each.paid),
            "amount": str(each.amount),
        }
        for each in sorted(known_by(dividends, last), key=lambda each: each.ex_date, reverse=True)
    ]
    return json.dumps({"symbol": symbol, "data": data}, indent=4, ensure_ascii=False).encode()


def transcript_body(symbol: str, quarter: str, turns: Turns) -> bytes:
    """The answer to EARNINGS_CALL_TRANSCRIPT; without a turn it is the one for a call that the vendor does not have."""
    answer = {"symbol": symbol, "quarter": quarter, "transcript": [dict(turn) for turn in turns]}
    return json.dumps(answer, indent=4).encode()


class _Events(NamedTuple):
    """What changes the meaning of prices, oldest first: factors of splits and amounts of dividends, by their days."""

    splits: tuple[tuple[date, float], ...]
    dividends: tuple[tuple[date, float], ...]


@lru_cache(maxsize=512)
def _compact(symbol: str, function: str, first: date, last: date, events: _Events) -> bytes:
    newest = islice(_bars(symbol, first, last), COMPACT_ROWS)
    return _invented(symbol, function, newest, events, full=False)


@lru_cache(maxsize=16)
def _full(symbol: str, function: str, first: date, last: date, events: _Events) -> bytes:
    return _invented(symbol, function, _bars(symbol, first, last), events, full=True)


def _bars(symbol: str, first: date, last: date) -> Iterable[Bar]:
    return takewhile(lambda bar: bar.date >= first, newest_first(symbol.upper(), last))


def _invented(symbol: str, function: str, bars: Iterable[Bar], events: _Events, *, full: bool) -> bytes:
    if function == DAILY_ADJUSTED:
        rows = _adjusted_rows(bars, events)
    else:
        traded = (bar for bar, _, _ in _as_traded(bars, events.splits))
        rows = map(_row, _weeks(traded) if function == WEEKLY else traded)
    return series_body(symbol, function, rows, full=full, note=" - SIMULATED, not market data")


def _row(bar: Bar) -> tuple[str, ...]:
    prices = (f"{price / 100:.4f}" for price in bar[1:5])
    return (bar.date.isoformat(), *prices, str(bar.volume))


def _weeks(newest_first: Iterable[Bar]) -> Iterable[Bar]:
    """One bar a week, with the date of its newest session: the running week's moves from day to day."""
    for _, days in groupby(newest_first, key=lambda bar: bar.date.isocalendar()[:2]):
        week = list(days)
        highest, lowest = max(bar.high for bar in week), min(bar.low for bar in week)
        yield Bar(week[0].date, week[-1].open, highest, lowest, week[0].close, sum(bar.volume for bar in week))


def _adjusted_rows(bars: Iterable[Bar], events: _Events) -> Iterable[tuple[str, ...]]:
    # Since 2020-11 the vendor writes the adjusted series' prices as free floating-point text.
    paid: dict[date, float] = {}
    for day, dividend in events.dividends:
        paid[day] = paid.get(day, 0.0) + dividend
    left = 1.0
    for bar, later, coefficient in _as_traded(bars, events.splits):
        close, amount = bar.close / 100, paid.get(bar.date, 0.0)
        yield (
            bar.date.isoformat(),
            str(bar.open / 100),
            str(bar.high / 100),
            str(bar.low / 100),
            str(close),
            str(close / later * left),
            str(bar.volume),
            f"{amount:.4f}",
            str(coefficient),
        )
        # The vendor's own factor, to the last digit in its recorded series.
        left *= close / (close + amount)


def _as_traded(bars: Iterable[Bar], splits: tuple[tuple[date, float], ...]) -> Iterable[tuple[Bar, float, float]]:
    """Each bar as traded, the product of the splits after it, and the split coefficient of its own day."""
    coming = list(splits)
    later = 1.0
    for bar in bars:
        coefficient = 1.0
        while coming and bar.date < coming[-1][0]:
            later *= coming.pop()[1]
        if coming and bar.date == coming[-1][0]:
            coefficient = coming[-1][1]
        if later == 1.0:
            yield bar, later, coefficient
        else:
            yield _times(bar, later), later, coefficient


def _times(bar: Bar, factor: float) -> Bar:
    opened, high, low, close = (round(price * factor) for price in bar[1:5])
    return Bar(bar.date, opened, high, low, close, round(bar.volume / factor))


def _escaped(symbol: str) -> str:
    return symbol.replace("\\", "\\\\").replace('"', '\\"')
