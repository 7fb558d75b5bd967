"""Many objects of a dataset, read at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow_functions.domain.parquet import NewerTableError, NotATableError

_Item, _Read = TypeVar("_Item"), TypeVar("_Read")


def each(items: Sequence[_Item], read: Callable[[_Item], _Read], readers: int) -> list[_Read]:
    """What ``read`` makes of each item, in their order; ``readers`` of them at a time.

    A thread takes every so many-th item, as handing out small ones would take as long as reading them.
    """
    readers = min(readers, len(items))
    if readers < 2:  # noqa: PLR2004 # one needs no thread
        return [read(item) for item in items]
    found: list[_Read] = [None] * len(items)  # type: ignore[list-item] # until its thread has been there
    with ThreadPoolExecutor(readers) as pool:
        parts = pool.map(lambda first: [read(item) for item in items[first::readers]], range(readers))
        for first, part in enumerate(parts):
            found[first::readers] = part
    return found


def as_sentence(place: Place, key: str, error: NotATableError | NewerTableError) -> DatasetError:
    """What is wrong with an object, for the one who asked for what is in it."""
    if isinstance(error, NewerTableError):
        return DatasetError(f"{key} in {place.name} is a newer release's ({error}): install that one.")
    return DatasetError(
        f"{key} in {place.name} is no table to read, as {error}: `stockflow verify {place.name}` checks all of them."
    )
