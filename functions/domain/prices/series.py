"""The columns of each series, in the dataset's order."""

import pandas as pd
import pyarrow as pa

DAILY, DAILY_ADJUSTED = "daily", "daily_adjusted"
SERIES = (DAILY, DAILY_ADJUSTED)
PRICES = ("open", "high", "low", "close")

SCHEMA_VERSION = 1

_RAW = [("symbol", pa.string()), ("date", pa.date32())] + [(name, pa.float64()) for name in PRICES]
_RAW += [("volume", pa.int64())]
_ADJUSTED = [(name, pa.float64()) for name in ("adjusted_close", "dividend_amount", "split_coefficient")]

_COLUMNS: dict[str, list[tuple[str, pa.DataType]]] = {DAILY: _RAW, DAILY_ADJUSTED: _RAW + _ADJUSTED}


def schema(series: str) -> pa.Schema:
    """The Parquet schema of a series, without metadata."""
    return pa.schema(_COLUMNS[series])


def columns(series: str) -> list[str]:
    """The column names, in order, from ``symbol`` on."""
    return [name for name, _ in _COLUMNS[series]]


def value_columns(series: str) -> list[str]:
    """The columns that the vendor gives a value for: all but ``symbol`` and ``date``."""
    return columns(series)[2:]


def span(table: pd.DataFrame) -> tuple[str | None, str | None]:
    """The first and the last date of a table sorted by date, ISO; None twice where it has no rows."""
    dates = table["date"]
    return (str(dates.iloc[0].date()), str(dates.iloc[-1].date())) if len(dates) else (None, None)
