"""The columns of each series as Arrow has them, in the dataset's order."""

import pandas as pd
import pyarrow as pa

from stockflow_functions.domain.prices.series import Series

SCHEMA_VERSION = 1
_CURRENCY = "listing's currency"


def _field(name: str, kind: pa.DataType, what: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"description": what, "unit": unit} if unit else {"description": what})


_FIELDS = (
    _field("symbol", pa.string(), "as it was asked for"),
    _field("date", pa.date32(), "the exchange's own; of a week, its last session's"),
    _field("open", pa.float64(), "first price, as traded", _CURRENCY),
    _field("high", pa.float64(), "highest price, as traded", _CURRENCY),
    _field("low", pa.float64(), "lowest price, as traded", _CURRENCY),
    _field("close", pa.float64(), "last price, as traded", _CURRENCY),
    _field("volume", pa.int64(), "traded", "shares"),
    _field("adjusted_close", pa.float64(), "close, adjusted by the vendor; empty if not known", _CURRENCY),
    _field("dividend_amount", pa.float64(), "cash a share, on its ex-date", _CURRENCY),
    _field("split_coefficient", pa.float64(), "shares after a split, for each before"),
)
_BY_NAME = {field.name: field for field in _FIELDS}


def schema(series: Series) -> pa.Schema:
    """The Parquet schema of a series: each column with a description, and a unit if it has one; no other metadata."""
    return pa.schema([_BY_NAME[name] for name in series.columns])


def span(table: pd.DataFrame) -> tuple[str | None, str | None]:
    """The first and the last date of a table sorted by date, ISO; None twice if it has no rows."""
    dates = table["date"]
    return (str(dates.iloc[0].date()), str(dates.iloc[-1].date())) if len(dates) else (None, None)
