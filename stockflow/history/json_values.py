"""JSON from elsewhere: values of any shape, read as far as they fit. Nothing here raises."""

import json
from collections.abc import Mapping

JsonObject = Mapping[str, object]


def parsed(text: object) -> object:
    """The JSON in a text; None if it is not JSON, for example because it was cut off."""
    try:
        return json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def object_in(value: object) -> JsonObject:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def list_in(value: object) -> list[object]:
    """The value, if it is a list; else an empty one."""
    return value if isinstance(value, list) else []


def objects_in(value: object) -> list[JsonObject]:
    """Those parts of a list that are objects."""
    return [item for item in list_in(value) if isinstance(item, dict)]


def text_in(value: object) -> str:
    """The value, if it is a text; else an empty one."""
    return value if isinstance(value, str) else ""


def count_in(value: object) -> int:
    """The value, if it is a whole number; else 0."""
    return value if isinstance(value, int) else 0
