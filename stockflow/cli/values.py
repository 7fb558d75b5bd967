"""A value as people and programs read it. Pure."""

import math
from datetime import date, time
from decimal import Decimal
from functools import singledispatch
from typing import Any

from stockflow.terminal import printable

_DIGITS = ".12g"


def cell(value: Any) -> str:
    """The value for a person; "" for none."""
    bare = plain(value)
    if bare is None:
        return ""
    return format(bare, _DIGITS) if isinstance(bare, float) else printable(str(bare))


@singledispatch
def plain(value: Any) -> Any:
    """The value as JSON and CSV have it: dates and moments as ISO 8601, NaN as none."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@plain.register
def _(value: float) -> float | None:
    return value if math.isfinite(value) else None


@plain.register
def _(value: Decimal) -> float | int:
    return float(value) if value.as_tuple().exponent else int(value)


@plain.register(date | time)
def _(value: date | time) -> str:
    return value.isoformat().replace("+00:00", "Z")


@plain.register
def _(value: dict) -> dict[str, Any]:  # type: ignore[type-arg] # what it is registered by
    return {str(name): plain(each) for name, each in value.items()}


@plain.register
def _(value: list) -> list[Any]:  # type: ignore[type-arg] # as above
    return [plain(each) for each in value]


@plain.register
def _(value: bytes) -> str:
    return value.hex()
