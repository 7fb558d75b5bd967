"""What is known of a symbol beside the answer: its stored table, and the splits that were asked for before."""

from dataclasses import dataclass

import pandas as pd

from functions.lake import keys
from functions.lake.bucket import Bucket
from functions.prices.parquet import NewerTableError, NotATableError, decode, empty_table
from functions.prices.splits import KnownSplits, known_splits


@dataclass(frozen=True)
class Context:
    """``stored`` is without rows where there is nothing usable."""

    stored: pd.DataFrame
    splits: KnownSplits


def read_context(bucket: Bucket, series: str, symbol: str) -> Context:
    """Reads both; neither is written here, so that a race costs a repeated warning at most."""
    found = bucket.get(keys.splits(symbol))
    return Context(_stored(bucket, series, symbol), known_splits(None if found is None else found.body))


def _stored(bucket: Bucket, series: str, symbol: str) -> pd.DataFrame:
    found = bucket.get(keys.prices(series, symbol))
    if found is None:
        return empty_table(series)
    try:
        return decode(found.body, series, symbol).table
    except (NotATableError, NewerTableError):
        # Save is the one to judge the object and to move it aside.
        return empty_table(series)
