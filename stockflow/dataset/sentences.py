"""What is wrong with an object, for the one who asked for what is in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow_functions.domain.parquet import NewerTableError, NotATableError


@contextmanager
def decoding(place: Place, key: str) -> Iterator[None]:
    """Raises what a decoder finds wrong with the object under the key as one sentence.

    Raises:
        DatasetError: it is no table of what it should be, or a newer release's.
    """
    try:
        yield
    except NewerTableError as error:
        raise DatasetError(f"{key} in {place.name} is a newer release's ({error}): install that one.") from None
    except NotATableError as error:
        raise DatasetError(
            f"{key} in {place.name} can't be read as a table, as {error}: `stockflow verify {place.name}` checks all "
            "tables of prices and calls."
        ) from None


def at_moment(moment_s: int) -> str:
    """Seconds since 1970 as ``2026-11-20T23:59:59Z``."""
    return datetime.fromtimestamp(moment_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
