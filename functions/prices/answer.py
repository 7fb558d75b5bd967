"""The vendor's JSON body, taken apart but not yet believed."""

import json
import re
from dataclasses import dataclass
from typing import Any

from functions.errors import BadPrices

_NUMBERED = re.compile(r"^\d+\. ")


@dataclass(frozen=True)
class Answer:
    """One daily response: what it says of itself, and its rows as they were sent.

    ``rows`` are (date, fields) in the body's order; a date that the body holds twice is there twice.
    ``last_refreshed`` is a date, or a date and a time while the session is open (FACTS.md section 2);
    ``output_size`` is ``Compact`` or ``Full size``.
    """

    symbol: str
    last_refreshed: str
    output_size: str
    rows: list[tuple[str, Any]]


class _Doubled(dict[str, Any]):
    """A JSON object with a key that occurs more than once; a plain dict would keep only the last."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def parse(body: bytes) -> Answer:
    """Takes a response of TIME_SERIES_DAILY or TIME_SERIES_DAILY_ADJUSTED apart.

    Raises:
        BadPrices: the body is no JSON object, or holds no time series.
    """
    try:
        value = json.loads(body)
        if body.count(b":") != _keys_in(value):
            value = json.loads(body, object_pairs_hook=_keeping_doubles)
    except (ValueError, RecursionError):
        raise BadPrices("The stored answer is not JSON: fetch the symbol again.") from None
    if not isinstance(value, dict):
        raise BadPrices("The stored answer is not a JSON object: fetch the symbol again.")
    series = next((item for name, item in value.items() if name.startswith("Time Series")), None)
    if not isinstance(series, dict) or not series:
        raise BadPrices("The stored answer holds no time series: fetch the symbol again.")
    about = value.get("Meta Data")
    told = {plain_name(name): item for name, item in about.items()} if isinstance(about, dict) else {}
    rows = series.pairs if isinstance(series, _Doubled) else list(series.items())
    symbol, last_refreshed, output_size = (
        str(told.get(name, "")) for name in ("symbol", "last_refreshed", "output_size")
    )
    return Answer(symbol, last_refreshed, output_size, rows)


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
