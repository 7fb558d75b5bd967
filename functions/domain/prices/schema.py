"""The columns of each series as Arrow has them, in the dataset's order."""

import pandas as pd
import pyarrow as pa

from stockflow_functions.domain.parquet import described
from stockflow_functions.domain.prices.series import Series

SCHEMA_VERSION = 1
_CURRENCY = "listing's currency"


_FIELDS = (
    described("symbol", pa.string(), "as it was asked for"),
    described("date", pa.date32(), "the exchange's own; of a week, its last session's"),
    described("open", pa.float64(), "first price, as traded", _CURRENCY),
    described("high", pa.float64(), "highest price, as traded", _CURRENCY),
    described("low", pa.float64(), "lowest price, as traded", _CURRENCY),
    described("close", pa.float64(), "last price, as traded", _CURRENCY),
    described("volume", pa.int64(), "traded", "shares"),
    described("adjusted_close", pa.float64(), "close, adjusted by the vendor; empty if not known", _CURRENCY),
    described("dividend_amount", pa.float64(), "cash a share, on its ex-date", _CURRENCY),
    described("split_coefficient", pa.float64(), "shares after a split, for each before"),
)
_BY_NAME = {field.name: field for field in _FIELDS}


def schema(series: Series) -> pa.Schema:
    """The Parquet schema of a series: each column with a description, and a unit if it has one; no other metadata."""
    return pa.schema([_BY_NAME[name] for name in series.columns])


def span(table: pd.DataFrame) -> tuple[str | None, str | None]:
    """The first and the last date of a table sorted by date, ISO; None twice if it has no rows."""
    dates = table["date"]
    return (str(dates.iloc[0].date()), str(dates.iloc[-1].date())) if len(dates) else (None, None)
