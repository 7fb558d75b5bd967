"""The vendor's JSON body, parsed but not yet checked. The shape: FACTS on the vendor, section 2."""

import json
import re
from typing import Any

from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.prices.sent import RepeatedFields, SentSeries, pairs_of
from stockflow_functions.vendors.alpha_vantage.functions import FUNCTIONS

_NUMBERED = re.compile(r"^\d+\. ")


def read(body: bytes) -> SentSeries:
    """The rows of an answer to a time-series function.

    If a fact is stated twice, the more cautious statement counts.

    Raises:
        BadPrices: the body is not a JSON object, holds no time series, or belongs to two symbols.
    """
    try:
        value = json.loads(body)
        if body.count(b":") != _keys_in(value):
            value = json.loads(body, object_pairs_hook=_keeping_repeated)
    except (ValueError, RecursionError):
        raise BadPrices("The stored answer is not JSON: fetch the symbol again.") from None
    if not isinstance(value, dict):
        raise BadPrices("The stored answer is not a JSON object: fetch the symbol again.")
    held = [(name, item) for name, item in pairs_of(value) if isinstance(item, dict)]
    (key, rows), *more = [(name, pairs_of(item)) for name, item in held if is_series(name) and item] or [("", [])]
    if not rows:
        raise BadPrices("The stored answer holds no time series: fetch the symbol again.")
    facts = _facts([item for name, item in held if name == "Meta Data"])
    if len({symbol.casefold() for symbol in facts.get("symbol", [])}) > 1:
        raise BadPrices("The stored answer names two symbols: fetch the symbol again.")
    return SentSeries(
        last_refreshed=max(facts.get("last_refreshed", [""]), key=len),
        whole=_is_whole(key, facts.get("output_size", [""])),
        rows=rows,
        others=[row for _, rows in more for row in rows],
        column_of=column_of,
    )


def is_series(key: str) -> bool:
    """Whether this is the key under which any function has its bars by date."""
    return any(key.startswith(function.key) for function in FUNCTIONS.values())


def _is_whole(key: str, sizes: list[str]) -> bool:
    sized = any(key.startswith(function.key) for function in FUNCTIONS.values() if function.sized)
    return not sized or all(size.lower().startswith("full") for size in sizes)


def column_of(vendor_name: str) -> str:
    """``"5. adjusted close"`` to ``"adjusted_close"``: the number differs from series to series, so it says nothing."""
    return _NUMBERED.sub("", vendor_name).strip().lower().replace(" ", "_")


def _facts(abouts: list[dict[str, Any]]) -> dict[str, list[str]]:
    facts: dict[str, list[str]] = {}
    for about in abouts:
        for name, fact in pairs_of(about):
            facts.setdefault(column_of(name), []).append(str(fact))
    return facts


def _keys_in(value: Any) -> int:
    """How many keys an ordinary answer has. JSON has a colon for each, so more colons may mean a repeated key."""
    if not isinstance(value, dict):
        return 0
    inner = [item for item in value.values() if isinstance(item, dict)]
    rows = [row for item in inner for row in item.values() if isinstance(row, dict)]
    return len(value) + sum(map(len, inner)) + sum(map(len, rows))


def _keeping_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else RepeatedFields(pairs)
