"""Reads what the states of a run left under ``runs/<execution>/``."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.outcome import Failure

Warn = Callable[[str], None]

MOST_IN_SEQUENCE = 20
READERS = 8
"""Threads, fewer than the ten connections of a boto3 client; a read takes some 20 ms."""


class Outcome(Protocol):
    """How an item ended: what the outcomes of every workflow have in common."""

    @property
    def symbol(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def error(self) -> Failure | None: ...


O = TypeVar("O", bound=Outcome)  # noqa: E741 # an outcome, beside P for a plan and M for a manifest


def read_records(bucket: Bucket, execution: str, outcome_of: Callable[[Any], O], warn: Warn) -> dict[str, O]:
    """The items' outcomes by symbol; a record that can't be read is passed to ``warn`` and left out.

    Args:
        outcome_of: reads a record; raises ValueError, TypeError, KeyError or AttributeError if it can't be one.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """

    def read(key: str) -> O | None:
        try:
            return outcome_of(bucket.get_json(key))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    found = list(bucket.keys(keys.symbol_records(execution)))
    if len(found) <= MOST_IN_SEQUENCE:
        outcomes = [read(key) for key in found]
    else:
        with ThreadPoolExecutor(READERS, thread_name_prefix="records") as readers:
            outcomes = list(readers.map(read, found))
    for key, outcome in zip(found, outcomes, strict=True):
        if outcome is None:
            warn(f"the record {key} is not a symbol's record")
    return {outcome.symbol: outcome for outcome in outcomes if outcome}


def read_json(bucket: Bucket, key: str) -> Any:
    """The parsed object, or None if it is missing or not JSON."""
    try:
        return bucket.get_json(key)
    except ValueError:
        return None
