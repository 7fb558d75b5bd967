"""What is known of a symbol besides the answer. Both are only read here: a race costs at most a repeated warning."""

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.known_splits import KnownSplits, known_splits
from stockflow_functions.domain.prices.parquet import decode, empty_table
from stockflow_functions.domain.prices.series import Series


def stored_table(bucket: Bucket, series: Series, symbol: str) -> pd.DataFrame:
    """The dataset's table of the symbol, without rows if there is nothing usable: that is for Save to judge."""
    found = lookup(bucket.get, keys.prices(series.name, symbol))
    if found is None:
        return empty_table(series)
    try:
        return decode(found.body, series, symbol).table
    except (NotATableError, NewerTableError):
        return empty_table(series)


def splits_of(bucket: Bucket, symbol: str) -> KnownSplits:
    """The splits as they were last asked for, with an answer or without."""
    found = (lookup(bucket.get, key) for key in (keys.splits(symbol), keys.splits_refused(symbol)))
    return known_splits(*(None if one is None else one.body for one in found))
