"""Tables for the tests of what joins and encodes them."""

import pandas as pd

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.parquet import empty_table
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from tests.helpers.vendor_bodies import adjusted_bar, bar, body, transformed_body

LONG_AFTER = from_iso("2030-01-01T00:00:00Z")


def daily(bars, symbol="IBM"):
    """A checked daily table of ``{date: close}`` or ``{date: fields}``."""
    if not bars:
        return empty_table(DAILY)
    rows = {day: value if isinstance(value, dict) else bar(value) for day, value in bars.items()}
    return transformed_body(body(rows, symbol), symbol, DAILY, fetched_ms=LONG_AFTER).table


def adjusted(bars, symbol="IBM"):
    """A checked adjusted table of ``{date: (close, factor)}``."""
    rows = {day: adjusted_bar(close, factor) for day, (close, factor) in bars.items()}
    return transformed_body(body(rows, symbol), symbol, DAILY_ADJUSTED, fetched_ms=LONG_AFTER).table


def days(table):
    return table["date"].to_numpy().astype("datetime64[D]").astype(str).tolist()


def closes(table):
    return dict(zip(days(table), table["close"].tolist(), strict=True))


def same(one, other):
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))
