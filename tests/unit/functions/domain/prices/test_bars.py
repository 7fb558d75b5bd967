"""Cells as text to typed columns."""

import numpy as np
import pytest

from stockflow_functions.domain.prices.bars import read_bars
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, SERIES
from tests.helpers.vendor_bodies import adjusted_bar, bar, sent


def one(column, cell, series="daily"):
    made = {"daily": bar, "daily_adjusted": adjusted_bar}[series]()
    name = next(name for name in made if name.endswith(f" {column}"))
    bars = read_bars(sent([("2024-09-05", {**made, name: cell})]), SERIES[series])
    key = column.replace(" ", "_")
    return bars.table[key].iloc[0], bool(bars.unreadable[key][0])


@pytest.mark.parametrize(
    ("cell", "value"),
    [("204.0800", 204.08), ("239.9", 239.9), ("1e2", 100.0), (204.08, 204.08), (204, 204.0), ("-1", -1.0)],
)
def test_a_number_is_read(cell, value):
    """Text as the vendor sends it, and bare JSON numbers."""
    assert one("close", cell) == (value, False)


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "n/a",
        "1,000.0",
        "1_000",
        " 1",
        "1 ",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "0x10",
        "٣",
        True,
        [1],
        {"a": 1},
        "\ud800",
    ],
)
def test_what_is_no_number_is_marked(cell):
    """No guess is made at a text that is not plainly a finite number."""
    value, unreadable = one("close", cell)

    assert unreadable
    assert np.isnan(value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("3205828", 3205828), ("9007199254740993", 9007199254740993), (12, 12), (12.0, 12), ("12.0", 12)],
)
def test_a_volume_is_whole_and_exact(cell, value):
    """Volumes above 2^53 are not bent by a float on the way."""
    assert one("volume", cell) == (value, False)


@pytest.mark.parametrize(
    "cell",
    [
        "0x10",
        "0X1F",
        "12.5",
        "9223372036854775808",
        2**63,
        12.5,
        "1e999",
        "many",
        None,
        1e300,
        "9007199254740993.0",
        2.0**60,
    ],
)
def test_a_volume_that_is_not_whole_is_marked(cell):
    """Half a share, more than 64 bits hold, or a float that may have been bent already, is no volume."""
    assert one("volume", cell) == (0, True)


def test_one_bad_cell_does_not_touch_the_others():
    """A column with one unreadable cell gives the other rows' values as they are."""
    rows = [("2024-09-04", bar(101.5)), ("2024-09-05", bar(close="oops")), ("2024-09-06", bar(103.25))]
    bars = read_bars(sent(rows), DAILY)

    assert bars.table["close"].tolist()[::2] == [101.5, 103.25]
    assert bars.unreadable["close"].tolist() == [False, True, False]


def test_adjusted_volume_is_found_under_its_own_number():
    """The adjusted series has volume as its sixth value, not its fifth."""
    bars = read_bars(sent([("2024-09-05", adjusted_bar(100.0, 0.5, dividend=1.25, split=2.0))]), DAILY_ADJUSTED)

    assert bars.table.drop(columns="date").iloc[0].tolist() == [100, 100, 100, 100, 1000, 50, 1.25, 2]


def test_rows_of_differing_layouts_are_all_read():
    """Names in another order, or under other numbers, in some rows only."""
    turned = {"9. close": "5", "2. high": "6", "3. low": "4", "1. open": "4.5", "7. volume": "8"}
    bars = read_bars(sent([("2024-09-05", bar(1.0)), ("2024-09-06", turned)]), DAILY)

    assert bars.table["close"].tolist() == [1.0, 5.0]
    assert not any(flaws.any() for flaws in bars.unreadable.values())


@pytest.mark.parametrize("row", [None, "text", [], {}])
def test_a_row_that_is_no_row_has_no_values(row):
    """It is marked in every column, and stays in the table."""
    bars = read_bars(sent([("2024-09-05", bar()), ("2024-09-06", row)]), DAILY)

    assert [flaws[1] for flaws in bars.unreadable.values()] == [False, True, True, True, True, True]


@pytest.mark.parametrize(
    "text",
    ["2024-9-5", "20240905", "2024-02-30", "2024-09-05 16:00:00", "05/09/2024", "", "x", "10000-01-01", "\ud800"],
)
def test_a_date_that_is_none_is_marked(text):
    """Only a real day written as 2024-09-05 is a date."""
    bars = read_bars(sent([(text, bar()), ("2024-09-05", bar())]), DAILY)

    assert bars.unreadable["date"].tolist() == [True, False]
