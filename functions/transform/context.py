"""What is known of a symbol beside the answer: its stored table, and the splits that were asked for before."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from functions.lake import keys
from functions.lake.bucket import Bucket
from functions.prices.parquet import NewerTableError, NotATableError, decode, empty_table
from functions.prices.splits import Splits


@dataclass(frozen=True)
class Context:
    """``stored`` is without rows where there is nothing usable; ``asked_on`` is when the splits were asked for."""

    stored: pd.DataFrame
    splits: Splits
    asked_on: date | None


def read_context(bucket: Bucket, series: str, symbol: str) -> Context:
    """Reads both; neither is written here, so that a race costs a repeated warning at most."""
    known = bucket.get_json(keys.splits(symbol))
    stored = _stored(bucket, series, symbol)
    if known is None:
        return Context(stored, {}, None)
    splits = {date.fromisoformat(item["effective_date"]): float(item["split_factor"]) for item in known["splits"]}
    return Context(stored, splits, date.fromisoformat(known["asked_at"][:10]))


def _stored(bucket: Bucket, series: str, symbol: str) -> pd.DataFrame:
    found = bucket.get(keys.prices(series, symbol))
    if found is None:
        return empty_table(series)
    try:
        return decode(found.body, series, symbol).table
    except (NotATableError, NewerTableError):
        # Save is the one to judge the object and to move it aside.
        return empty_table(series)
