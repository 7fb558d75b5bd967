"""The columns of each series as Arrow has them, in the dataset's order."""

import pandas as pd
import pyarrow as pa

from stockflow_functions.domain.prices.series import VOLUME, Series

SCHEMA_VERSION = 1


def schema(series: Series) -> pa.Schema:
    """The Parquet schema of a series, without metadata."""
    values = [(name, pa.int64() if name == VOLUME else pa.float64()) for name in series.value_columns]
    return pa.schema([("symbol", pa.string()), ("date", pa.date32()), *values])


def span(table: pd.DataFrame) -> tuple[str | None, str | None]:
    """The first and the last date of a table sorted by date, ISO; None twice if it has no rows."""
    dates = table["date"]
    return (str(dates.iloc[0].date()), str(dates.iloc[-1].date())) if len(dates) else (None, None)
