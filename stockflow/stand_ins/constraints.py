"""The limits that a service's own model sets to what a request says: enumerations, patterns, lengths, ranges."""

import re
from collections.abc import Iterator, Mapping
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
    if isinstance(value, str):
        allowed, pattern = getattr(shape, "enum", []), shape.metadata.get("pattern")
        if allowed and value not in allowed:
            return f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        if rule := _out_of_range(shape.metadata, len(value), "length"):
            return rule
        if pattern and not re.fullmatch(pattern, value):
            return f"Member must satisfy regular expression pattern: {pattern}"
    return _out_of_range(shape.metadata, value, "value") if isinstance(value, int) else ""


def _out_of_range(limits: Mapping[str, Any], size: int, kind: str) -> str:
    if size < limits.get("min", size):
        return f"Member must have {kind} greater than or equal to {limits['min']}"
    if size > limits.get("max", size):
        return f"Member must have {kind} less than or equal to {limits['max']}"
    return ""


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]
