"""The bodies of good answers, in the vendor's own layout: 4-space indent, numbers as text, newest first."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice

from stockflow.simulated_alpha_vantage.bars import Bar, newest_first
from stockflow.simulated_alpha_vantage.terms import DAILY_ADJUSTED

COMPACT_ROWS = 100
Splits = Mapping[date, float]
"""Shares after the split for each share before it, by effective date."""

_INFORMATION = {
    False: "Daily Prices (open, high, low, close) and Volumes - SIMULATED, not market data",
    True: "Daily Time Series with Splits and Dividend Events - SIMULATED, not market data",
}
_RAW_FIELDS = ("1. open", "2. high", "3. low", "4. close", "5. volume")
_ADJUSTED_FIELDS = (
    "1. open",
    "2. high",
    "3. low",
    "4. close",
    "5. adjusted close",
    "6. volume",
    "7. dividend amount",
    "8. split coefficient",
)


def fields_of(function: str) -> tuple[str, ...]:
    """The names of a row's values, in the vendor's order."""
    return _ADJUSTED_FIELDS if function == DAILY_ADJUSTED else _RAW_FIELDS


def series_body(
    symbol: str, information: str, fields: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, full: bool
) -> bytes:
    """A time series from rows of texts, newest first: the date, then the fields."""
    row = '        "%s": {\n' + ",\n".join(f'            "{name}": "%s"' for name in fields) + "\n        }"
    texts = [row % values for values in rows]
    newest = texts[0][9:19] if texts else ""
    series = "{\n" + ",\n".join(texts) + "\n    }" if texts else "{}"
    size = "Full size" if full else "Compact"
    return (
        "{\n"
        '    "Meta Data": {\n'
        f'        "1. Information": "{information}",\n'
        f'        "2. Symbol": "{_escaped(symbol)}",\n'
        f'        "3. Last Refreshed": "{newest}",\n'
        f'        "4. Output Size": "{size}",\n'
        '        "5. Time Zone": "US/Eastern"\n'
        "    },\n"
        f'    "Time Series (Daily)": {series}\n'
        "}"
    ).encode()


def simulated_series(symbol: str, function: str, last: date, splits: Splits, *, full: bool) -> bytes:
    """The invented answer to a time-series request whose newest settled session is ``last``."""
    known = tuple(sorted(item for item in splits.items() if item[0] <= last))
    build = _full if full else _compact
    return build(symbol, function, last, known)


def splits_body(symbol: str, splits: Splits, last: date) -> bytes:
    """The answer to SPLITS, newest first."""
    items = [
        f'        {{\n            "effective_date": "{day}",\n            "split_factor": "{factor:.4f}"\n        }}'
        for day, factor in sorted(splits.items(), reverse=True)
        if day <= last
    ]
    data = "[\n" + ",\n".join(items) + "\n    ]" if items else "[]"
    return f'{{\n    "symbol": "{_escaped(symbol)}",\n    "data": {data}\n}}'.encode()


@lru_cache(maxsize=512)
def _compact(symbol: str, function: str, last: date, splits: tuple[tuple[date, float], ...]) -> bytes:
    return _invented(symbol, function, islice(newest_first(symbol.upper(), last), COMPACT_ROWS), splits, full=False)


@lru_cache(maxsize=16)
def _full(symbol: str, function: str, last: date, splits: tuple[tuple[date, float], ...]) -> bytes:
    return _invented(symbol, function, newest_first(symbol.upper(), last), splits, full=True)


def _invented(
    symbol: str, function: str, bars: Iterable[Bar], splits: tuple[tuple[date, float], ...], *, full: bool
) -> bytes:
    adjusted = function == DAILY_ADJUSTED
    rows = _adjusted_rows(bars, splits) if adjusted else _raw_rows(bars, splits)
    return series_body(symbol, _INFORMATION[adjusted], fields_of(function), rows, full=full)


def _raw_rows(bars: Iterable[Bar], splits: tuple[tuple[date, float], ...]) -> Iterable[tuple[str, ...]]:
    for bar, _, _ in _as_traded(bars, splits):
        yield (
            bar.date.isoformat(),
            f"{bar.open / 100:.4f}",
            f"{bar.high / 100:.4f}",
            f"{bar.low / 100:.4f}",
            f"{bar.close / 100:.4f}",
            str(bar.volume),
        )


def _adjusted_rows(bars: Iterable[Bar], splits: tuple[tuple[date, float], ...]) -> Iterable[tuple[str, ...]]:
    # Since 2020-11 the vendor writes the adjusted series' prices as free floating-point text.
    for bar, later, coefficient in _as_traded(bars, splits):
        yield (
            bar.date.isoformat(),
            str(bar.open / 100),
            str(bar.high / 100),
            str(bar.low / 100),
            str(bar.close / 100),
            str(bar.close / 100 / later),
            str(bar.volume),
            "0.0000",
            str(coefficient),
        )


def _as_traded(bars: Iterable[Bar], splits: tuple[tuple[date, float], ...]) -> Iterable[tuple[Bar, float, float]]:
    """Each bar as it was traded, the product of the splits after it, and the split coefficient of its own day."""
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
