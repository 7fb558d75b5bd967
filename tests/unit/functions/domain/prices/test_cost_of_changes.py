"""What the undo log of a table adds to its object, after a year of daily runs (bench/as_of.py has more figures)."""

import random

import pandas as pd
import pytest

from stockflow_functions.domain.prices.changes import noted
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.undo_log import Changes
from tests.helpers.tables import daily
from tests.helpers.vendor_bodies import weekdays

YEAR = 250


def history(count, draws):
    """A table with prices in cents and volumes of seven digits, as the vendor's are."""
    close, rows = 200.0, {}
    for day in weekdays("2000-01-03", count):
        close = max(round(close * draws.uniform(0.98, 1.02), 2), 1.0)
        prices = [round(close * draws.uniform(0.99, 1.01), 2) for _ in range(3)]
        opened, high, low = prices[0], max(close, *prices), min(close, *prices)
        rows[day] = {
            "1. open": f"{opened:.2f}",
            "2. high": f"{high:.2f}",
            "3. low": f"{low:.2f}",
            "4. close": f"{close:.2f}",
            "5. volume": str(draws.randrange(2_000_000, 9_000_000)),
        }
    return daily(rows)


@pytest.mark.parametrize("rows", [100 + YEAR, 6_749])
def test_a_year_of_daily_runs_adds_a_tenth_at_most(rows):
    """A bar a day from a fixed list of symbols, and every other day a newest volume that is final a day late."""
    draws = random.Random(5)
    whole = history(rows, draws)
    table, log = empty_table(DAILY), Changes(since_s=None)
    for count in range(rows - YEAR, rows + 1):
        after = whole[:count].copy()
        if count % 2:
            after.loc[count - 1, "volume"] -= draws.randrange(200_000)
        evening = pd.Timestamp(after["date"].iloc[-1]) + pd.Timedelta(hours=22, seconds=draws.randrange(60))
        table, log = after, noted(log, table, after, int(evening.timestamp()))

    assert len(log.at_s) == YEAR + 1
    assert len(encode(table, DAILY, log)) * 0.9 <= len(encode(table, DAILY))
