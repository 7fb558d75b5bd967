"""The vendor's JSON body, taken apart but not yet believed."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from stockflow_functions.domain.errors import BadPrices

_NUMBERED = re.compile(r"^\d+\. ")


@dataclass(frozen=True)
class Answer:
    """One daily response: what it says of itself, and its rows as they were sent.

    ``rows`` are (date, fields) in the body's order; a date that the body holds twice is there twice. ``others`` are
    those of a second time series, should it have one.
    ``last_refreshed`` is a date, or a date and a time while the session is open (FACTS.md section 2);
    ``output_size`` is ``Compact`` or ``Full size``. Of two, that one counts by which less can be concluded.
    """

    symbol: str
    last_refreshed: str
    output_size: str
    rows: list[tuple[str, Any]]
    others: list[tuple[str, Any]]


class _Doubled(dict[str, Any]):
    """A JSON object with a key that occurs more than once; a plain dict would keep only the last."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def parse(body: bytes) -> Answer:
    """Takes a response of TIME_SERIES_DAILY or TIME_SERIES_DAILY_ADJUSTED apart.

    Raises:
        BadPrices: the body is no JSON object, holds no time series, or is of two symbols.
    """
    try:
        value = json.loads(body)
        if body.count(b":") != _keys_in(value):
            value = json.loads(body, object_pairs_hook=_keeping_doubles)
    except (ValueError, RecursionError):
        raise BadPrices("The stored answer is not JSON: fetch the symbol again.") from None
    if not isinstance(value, dict):
        raise BadPrices("The stored answer is not a JSON object: fetch the symbol again.")
    held = [(name, item) for name, item in pairs_of(value) if isinstance(item, dict)]
    rows, *more = [pairs_of(item) for name, item in held if name.startswith("Time Series") and item] or [[]]
    if not rows:
        raise BadPrices("The stored answer holds no time series: fetch the symbol again.")
    told: dict[str, list[str]] = {}
    for about in (item for name, item in held if name == "Meta Data"):
        for name, fact in pairs_of(about):
            told.setdefault(plain_name(name), []).append(str(fact))
    symbols = told.get("symbol", [""])
    if len(set(map(str.casefold, symbols))) > 1:
        raise BadPrices("The stored answer names two symbols: fetch the symbol again.")
    last_refreshed = max(told.get("last_refreshed", [""]), key=len)
    output_size = min(told.get("output_size", [""]), key=_is_full)
    return Answer(symbols[0], last_refreshed, output_size, rows, [row for rows in more for row in rows])


def pairs_of(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """A JSON object's keys and values as they were sent, a key that came twice twice."""
    return value.pairs if isinstance(value, _Doubled) else list(value.items())


def has_a_field_twice(row: Any) -> bool:
    """Whether a bar has a field twice, be it under two numbers."""
    return isinstance(row, _Doubled) or (isinstance(row, dict) and _ambiguous(tuple(row)))


@lru_cache(maxsize=1000)
def _ambiguous(vendor_names: tuple[str, ...]) -> bool:
    return len(set(map(plain_name, vendor_names))) < len(vendor_names)


def _is_full(output_size: str) -> bool:
    return output_size.lower().startswith("full")


def plain_name(vendor_name: str) -> str:
    """``"5. adjusted close"`` to ``"adjusted_close"``: the number differs from series to series, so it says nothing."""
    return _NUMBERED.sub("", vendor_name).strip().lower().replace(" ", "_")


def _keys_in(value: Any) -> int:
    """How many keys an ordinary answer has. JSON has a colon for each, so more colons may be a key that came twice."""
    if not isinstance(value, dict):
        return 0
    inner = [item for item in value.values() if isinstance(item, dict)]
    rows = [row for item in inner for row in item.values() if isinstance(row, dict)]
    return len(value) + sum(map(len, inner)) + sum(map(len, rows))


def _keeping_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _Doubled(pairs)
