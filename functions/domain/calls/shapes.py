"""What the readers of any shape share: values of a JSON document that may hold anything."""

import math
from typing import Any

from stockflow_functions.domain.calls.joining import one_line
from stockflow_functions.domain.errors import BadTranscript

_LONGEST_NAME = 100
_LONGEST_SECONDS = 1e6


def objects(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list; an absent or null one is empty.

    Raises:
        BadTranscript: it is something else, or holds something else.
    """
    value = holder.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadTranscript(f"The transcript's {name} is not a list of objects: write the whole file again as it came.")
    return value


def text(holder: dict[str, Any], name: str) -> str:
    """A text on one line; an absent or null one is empty.

    Raises:
        BadTranscript: it is something else.
    """
    value = holder.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadTranscript(f"The transcript has a {name} that is not a text: write the whole file again as it came.")
    return one_line(value)


def name_of(holder: dict[str, Any], *names: str) -> str | None:
    """The first of these that is a text with something in it, not endless."""
    found = [value[:_LONGEST_NAME] for name in names if (value := text(holder, name))]
    return found[0] if found else None


def number(value: Any, most: float = _LONGEST_SECONDS) -> float | None:
    """A number from 0, also one that is written as a text; None if it is none, or too large to be meant."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and 0 <= found <= most else None
