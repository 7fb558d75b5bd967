"""Objects under an earlier name (``keys.former``): no role may delete, so both names are read."""

from collections.abc import Callable
from typing import TypeVar

from stockflow_functions.aws import keys

Found = TypeVar("Found")


def lookup(get: Callable[[str], Found | None], key: str) -> Found | None:
    """The object under the key, or if it is missing, the one under its former key."""
    found = get(key)
    if found is not None:
        return found
    former = keys.former(key)
    return None if former == key else get(former)
