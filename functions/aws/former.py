"""Objects under an earlier name (``keys.former``): no role may delete, so both names are read."""

from collections.abc import Callable
from typing import TypeVar

from stockflow_functions.aws import keys

Found = TypeVar("Found")


def lookup(get: Callable[[str], Found | None], key: str) -> Found | None:
    """The object under the key, or if it is missing, the one under its former key."""
    found = get(key)
    former = keys.former(key)
    return get(former) if found is None and former != key else found
