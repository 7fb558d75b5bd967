"""All symbols' bars of a year."""

import pyarrow as pa
import pytest

from stockflow_functions.domain.catalog.years import YearTable, by_year, decode_year, encode_year, replaced, rows_of
from stockflow_functions.domain.parquet import NotATableError
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.schema import schema
from tests.helpers.price_objects import DAILY, DAILY_ADJUSTED, prices_of


def rows(**closes):
    return pa.concat_tables([rows_of(prices_of(symbol, given), DAILY) for symbol, given in closes.items()])


def told(table):
    return [(row["symbol"], row["date"].isoformat(), row["close"]) for row in table.to_pylist()]


def test_bars_are_sorted_by_date_and_then_by_symbol():
    """A day's bars stand together."""
    merged = replaced(
        rows(B={"2025-01-02": 1, "2025-01-03": 2}), {"A"}, {"A", "B"}, rows(A={"2025-01-02": 3, "2025-01-03": 4})
    )
    assert [row[:2] for row in told(merged)] == [
        ("A", "2025-01-02"),
        ("B", "2025-01-02"),
        ("A", "2025-01-03"),
        ("B", "2025-01-03"),
    ]


def test_a_symbols_bars_are_replaced_as_a_whole():
    """One that its object no longer has is gone, all others stay."""
    before = rows(A={"2025-01-02": 1, "2025-01-03": 2}, B={"2025-01-02": 3})
    merged = replaced(before, {"A"}, {"A", "B"}, rows(A={"2025-01-03": 9}))
    assert told(merged) == [("B", "2025-01-02", 3.0), ("A", "2025-01-03", 9.0)]


def test_bars_of_symbols_that_nobody_knows_go():
    """As those of a symbol that went while there was no catalog."""
    merged = replaced(rows(A={"2025-01-02": 1}, GONE={"2025-01-02": 3}), set(), {"A"}, rows(A={}))
    assert told(merged) == [("A", "2025-01-02", 1.0)]


def test_bars_are_parted_by_year():
    """From the first of January to the last of December."""
    parted = dict(by_year(rows(A={"2024-12-31": 1, "2025-01-01": 2, "2026-06-01": 3}, B={"2024-01-01": 4})))
    assert {year: told(part) for year, part in parted.items()} == {
        2024: [("B", "2024-01-01", 4.0), ("A", "2024-12-31", 1.0)],
        2025: [("A", "2025-01-01", 2.0)],
        2026: [("A", "2026-06-01", 3.0)],
    }


def test_no_bars_are_of_no_year():
    """Of symbols that are all gone."""
    assert dict(by_year(schema(DAILY).empty_table())) == {}


def test_what_is_written_is_read():
    """With the turn, and with an adjusted close that is not known."""
    table = prices_of("A", {"2025-01-02": 1, "2025-01-03": 2}, DAILY_ADJUSTED)
    table.loc[0, "adjusted_close"] = None
    year = YearTable(rows_of(table, DAILY_ADJUSTED), 8)
    found = decode_year(encode_year(year, DAILY_ADJUSTED), DAILY_ADJUSTED)
    assert (found.turn, found.rows.to_pylist()) == (8, year.rows.to_pylist())
    assert found.rows.column("adjusted_close").to_pylist() == [None, 2.0]


def test_a_table_without_a_turn_is_none():
    """Somebody else put it there."""
    with pytest.raises(NotATableError, match="turn"):
        decode_year(encode(prices_of("A", {"2025-01-02": 1}), DAILY), DAILY)
