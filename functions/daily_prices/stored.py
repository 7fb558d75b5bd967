"""What is stored of a symbol's prices, to hold something against. A race costs at most a repeated warning."""

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
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
