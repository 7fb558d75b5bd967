"""The limits that a service's own model sets to what a request says: enumerations, patterns, lengths, ranges."""

import re
from collections.abc import Iterator
from typing import Any


def broken_constraints(shape: Any, value: Any) -> str:
    """AWS's sentence about the values that break a constraint of the model, or "" if none does.

    Args:
        shape: botocore's shape of the operation's input.
        value: the request, as it came.
    """
    found = [
        f"Value '{given}' at '{where}' failed to satisfy constraint: {rule}"
        for where, given, rule in _broken(shape, value)
    ]
    if not found:
        return ""
    return f"{len(found)} validation error{'s' * (len(found) > 1)} detected: {'; '.join(found)}"


def _broken(shape: Any, value: Any, where: str = "") -> Iterator[tuple[str, Any, str]]:
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from _broken(member, value[name], f"{where}.{_small(name)}".lstrip("."))
    elif shape.type_name == "list" and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _broken(shape.member, item, f"{where}.{number}.member")
    elif rule := _broken_by(shape, value):
        yield where, value, rule


def _broken_by(shape: Any, value: Any) -> str:
    """The rule that one value breaks, or ""."""
    limits = shape.metadata
    if isinstance(value, str):
        allowed = getattr(shape, "enum", [])
        if allowed and value not in allowed:
            return f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        if not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
            return f"Member must have length between {limits.get('min', 0)} and {limits.get('max')}"
        if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
            return f"Member must satisfy regular expression pattern: {limits['pattern']}"
    elif isinstance(value, int) and not limits.get("min", value) <= value <= limits.get("max", value):
        return f"Member must have value between {limits.get('min')} and {limits.get('max')}"
    return ""


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]
