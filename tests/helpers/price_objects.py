"""Symbols' objects of the dataset, for the tests of what reads them all."""

import io
from datetime import date, timedelta

import pandas as pd
import pyarrow.parquet as pq

from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, WEEKLY


def prices_of(symbol, closes, series=DAILY):
    """The table of ``{date: close}``, dates as ISO texts."""
    table = pd.DataFrame({"symbol": symbol, "date": pd.to_datetime(list(closes)).astype("datetime64[s]")})
    for column in ("open", "high", "low", "close"):
        table[column] = [float(close) for close in closes.values()]
    table["volume"] = 5
    if series is DAILY_ADJUSTED:
        table = table.assign(adjusted_close=table["close"], dividend_amount=0.0, split_coefficient=1.0)
    return table


def prices_object(symbol, closes, series=DAILY):
    """The same as the symbol's object holds it."""
    return encode(prices_of(symbol, closes, series), series)


def rows_in(body):
    """What a Parquet object holds: a dict a row."""
    return pq.read_table(io.BytesIO(body)).to_pylist()


def closes_in(body):
    """Symbol, date and close of each row, in the object's order."""
    return [(row["symbol"], row["date"].isoformat(), row["close"]) for row in rows_in(body)]


def weekdays(first, count):
    """So many weekdays from that day on, as ISO texts."""
    days = (date.fromisoformat(first) + timedelta(days=ahead) for ahead in range(count * 2))
    return [day.isoformat() for day in days if day.isoweekday() < 6][:count]


__all__ = ["DAILY", "DAILY_ADJUSTED", "WEEKLY", "closes_in", "prices_object", "prices_of", "rows_in", "weekdays"]
