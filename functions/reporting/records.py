"""Reads how the items of a run ended: from what the Map passed on, and from what its states left in the bucket."""

import json
from collections.abc import Callable, Mapping, Sequence
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


def ended_outcomes(bucket: Bucket, plan: Mapping[str, Any], outcome_of: Callable[[Any], O], warn: Warn) -> dict[str, O]:
    """The outcomes of a Map's items by name: as the Map passed them on, else from their records.

    Args:
        plan: the state of the execution when its Map has ended; what the Map gave on is under ``symbols``.
        outcome_of: reads a record; raises ValueError, TypeError, KeyError or AttributeError if it can't be one.
        warn: takes a sentence about a record that can't be read; its item is left out, as one without a record is.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    items = plan.get("symbols", [])
    passed_on = {item["symbol"]: outcome_of(given) for item in items if (given := item.get("outcome"))}
    execution = plan["run"]["execution"]
    rest = [keys.symbol_record(execution, item["symbol"]) for item in items if item["symbol"] not in passed_on]
    return {**passed_on, **_read(bucket, rest, outcome_of, warn)}


def read_records(bucket: Bucket, execution: str, outcome_of: Callable[[Any], O], warn: Warn) -> dict[str, O]:
    """The outcomes of the items that left a record, by name, whatever the run has come to.

    ``outcome_of``, ``warn`` and errors: as in :func:`ended_outcomes`.
    """
    return _read(bucket, list(bucket.keys(keys.symbol_records(execution))), outcome_of, warn)


def _read(bucket: Bucket, names: list[str], outcome_of: Callable[[Any], O], warn: Warn) -> dict[str, O]:
    def read(key: str) -> O | None:
        try:
            stored = bucket.get(key)
            return outcome_of(json.loads(stored.body)) if stored else None
        except (ValueError, TypeError, KeyError, AttributeError):
            warn(f"the record {key} is not a symbol's record")
            return None

    return {outcome.symbol: outcome for outcome in read_each(read, names) if outcome}


def read_each(read: Callable[[str], O | None], names: Sequence[str]) -> list[O | None]:
    """What ``read`` gives for each name, in their order; of many names, several at a time."""
    if len(names) <= MOST_IN_SEQUENCE:
        return [read(name) for name in names]
    with ThreadPoolExecutor(READERS, thread_name_prefix="records") as readers:
        return list(readers.map(read, names))


def read_json(bucket: Bucket, key: str) -> Any:
    """The parsed object, or None if it is missing or not JSON."""
    try:
        return bucket.get_json(key)
    except ValueError:
        return None
