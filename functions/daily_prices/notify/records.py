"""Reads what the states of a run left under ``runs/<execution>/``."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.outcome import SymbolOutcome

Warn = Callable[[str], None]

MOST_IN_SEQUENCE = 20
READERS = 8
"""Threads, fewer than the ten connections of a boto3 client; a read takes some 20 ms."""


def read_records(bucket: Bucket, execution: str, warn: Warn) -> dict[str, SymbolOutcome]:
    """The symbols' records by symbol; one that can't be read is told to ``warn`` and left out.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    found = list(bucket.keys(keys.symbol_records(execution)))
    if len(found) <= MOST_IN_SEQUENCE:
        values = [_read(bucket, key) for key in found]
    else:
        with ThreadPoolExecutor(READERS, thread_name_prefix="records") as readers:
            values = list(readers.map(lambda key: _read(bucket, key), found))
    for key, outcome in zip(found, values, strict=True):
        if outcome is None:
            warn(f"the record {key} is no symbol's record")
    return {outcome.symbol: outcome for outcome in values if outcome}


def read_json(bucket: Bucket, key: str) -> Any:
    """The parsed object, or None where there is none or it is no JSON."""
    try:
        return bucket.get_json(key)
    except ValueError:
        return None


def _read(bucket: Bucket, key: str) -> SymbolOutcome | None:
    try:
        return SymbolOutcome.from_dict(bucket.get_json(key))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
