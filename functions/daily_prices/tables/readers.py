"""Reads many objects, some at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Read = TypeVar("Read")
_READERS = 16
AT_ONCE = 64
"""Objects that are read before the first of them is looked at."""


def read_each(
    read: Callable[[str], Read], symbols: Sequence[str], is_late: Callable[[], bool] = lambda: False
) -> Iterator[tuple[str, Read]]:
    """Each symbol with what was read of it, in their order; when it is late, those that were begun with are the last.

    What ``read`` raises is raised here.
    """
    with ThreadPoolExecutor(_READERS, thread_name_prefix="tables") as readers:
        for start in range(0, len(symbols), AT_ONCE):
            if start and is_late():
                return
            batch = symbols[start : start + AT_ONCE]
            # A thread has a context of its own, which does not say whose call it reads for.
            contexts = [copy_context() for _ in batch]
            found = readers.map(lambda context, symbol: context.run(read, symbol), contexts, batch)
            yield from zip(batch, found, strict=True)
