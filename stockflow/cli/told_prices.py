"""A quick look at a symbol's prices in words, and the closes as a small picture. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.words import counted

_BLOCKS = "▁▂▃▄▅▆▇█"
_SIGNS = ".:-=+*#@"
"""In place of the blocks, where a terminal has none."""
_WIDTH = 60
"""Of the picture at most, in characters; each is the last close of as many bars as come to it."""


def heading(symbol: str, facts: Mapping[str, Any] | None, currency: str | None, scale: float | None) -> str:
    """Whose prices: symbol, name, exchange, in what they are quoted, and whether it is listed.

    Args:
        symbol: whose.
        facts: its row of the catalog; None if there is none.
        currency: ISO 4217; None if unknown.
        scale: a price times this is in the currency.
    """
    facts = facts or {}
    unit = currency if scale in {None, 1.0} else f"{scale:g} {currency}"
    status = facts.get("status")
    told = [facts.get("name"), facts.get("exchange"), unit, None if status == "unknown" else status]
    stale = "stale" if facts.get("stale") else None
    return f"{symbol}  {', '.join(str(each) for each in (*told, stale) if each)}".rstrip()


def extent(bars: pd.DataFrame, series: str) -> str:
    """How many bars of which days."""
    first, last = bars["date"].iloc[0].date(), bars["date"].iloc[-1].date()
    days = f"of {first}" if first == last else f"from {first} to {last}"
    return f"{counted(len(bars), 'bar')} of {series} {days}"


def adjusting(how: str | None, actions: pd.DataFrame) -> str:
    """What the prices are adjusted for; ``actions`` are those of the symbol that count."""
    if how is None:
        return "as traded"
    kinds = {"splits": (SPLIT,), "all": (SPLIT, DIVIDEND)}[how]
    return f"adjusted for {' and '.join(_counted(kind, actions[actions['kind'] == kind]) for kind in kinds)}"


def _counted(kind: str, rows: pd.DataFrame) -> str:
    if not len(rows):
        return f"no {kind}"
    newest = rows.iloc[-1]
    which = "" if len(rows) == 1 else "the last "
    return f"{counted(len(rows), kind)} ({which}{newest['value']:g} on {newest['date'].date()})"


def that_count(actions: pd.DataFrame, bars: pd.DataFrame, newest: pd.Timestamp) -> pd.DataFrame:
    """The actions that change a price of these bars: after the first one, up to the newest bar there is."""
    later = actions["date"] > bars["date"].iloc[0]
    found: pd.DataFrame = actions[later & (actions["date"] <= newest)]
    return found


def picture(closes: Sequence[float], width: int = _WIDTH, *, blocks: bool = True) -> str:
    """The closes as a line of blocks, or of signs, from the lowest to the highest."""
    low, high = min(closes), max(closes)
    step = max(1, -(-len(closes) // width))
    shown = list(closes)[::-1][::step][::-1]
    steps = _BLOCKS if blocks else _SIGNS
    return "".join(steps[round((close - low) / (high - low or 1) * (len(steps) - 1))] for close in shown)


def moves(closes: Sequence[float], width: int, *, blocks: bool = True) -> Iterator[str]:
    """The picture between its first and last close, and the lowest and the highest.

    Args:
        closes: one at least.
        width: of the terminal, in characters.
        blocks: whether it has blocks to draw with.
    """
    first, last = closes[0], closes[-1]
    percent = f", {100 * (last / first - 1):+.1f} %" if first else ""
    left = width - len(f"{first:g}  {last:g}")
    yield f"{first:g} {picture(closes, max(1, min(left, _WIDTH)), blocks=blocks)} {last:g}"
    yield f"low {min(closes):g}, high {max(closes):g}{percent}"
