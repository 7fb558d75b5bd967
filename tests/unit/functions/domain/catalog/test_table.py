"""The catalog as bytes."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.table import CATALOG, Catalog, decode, encode
from stockflow_functions.domain.parquet import VERSION_KEY, NewerTableError, NotATableError, to_bytes

FULL = Entry(
    symbol="TSCO.LON",
    series="daily",
    name="Tesco",
    exchange="XLON",
    currency="GBP",
    price_scale=0.01,
    first_date=date(2005, 1, 4),
    last_date=date(2026, 11, 20),
    rows=5_500,
    missing_sessions=1,
    rejected=2,
    restated=3,
    splits=4,
    dividends=5,
    actions_asked_at=datetime(2026, 11, 20, 22, tzinfo=UTC),
    last_asked=datetime(2026, 11, 20, 21, tzinfo=UTC),
    last_confirmed=datetime(2026, 11, 20, 21, tzinfo=UTC),
    status="listed",
    stale=True,
    etag="e",
    bytes=100,
    actions_etag="a",
    earlier_digest=-(2**63),
)


def test_what_is_written_is_read():
    """Every column, full or empty, and the turn."""
    catalog = Catalog({one.key: one for one in (FULL, Entry("A", "weekly"))}, 7)
    assert decode(encode(catalog)) == catalog


def test_an_entry_has_the_columns_of_the_schema():
    """In their order, by which they are read back."""
    assert list(Entry.__dataclass_fields__) == CATALOG.names


def test_each_column_says_what_it_is():
    """In the file itself, where other readers find it."""
    assert [each.name for each in CATALOG if b"description" not in each.metadata] == []


def test_the_order_of_entries_does_not_matter():
    """The same catalog is the same bytes, by which an unchanged one is told."""
    one, other = Entry("B", "daily"), Entry("A", "daily")
    assert encode(Catalog({one.key: one, other.key: other})) == encode(Catalog({other.key: other, one.key: one}))


def test_a_newer_catalog_is_known_as_such():
    """It must not be taken for a damaged one, and replaced."""
    body = to_bytes(CATALOG.empty_table(), {VERSION_KEY: b"2"})
    with pytest.raises(NewerTableError):
        decode(body)


def test_a_series_that_nobody_knows_is_a_newer_releases():
    """Its tables are not to be taken for those of symbols that are gone."""
    one = Entry("A", "monthly")
    with pytest.raises(NewerTableError, match="the series monthly"):
        decode(encode(Catalog({one.key: one})))


def test_another_table_is_no_catalog():
    """One without its columns."""
    body = to_bytes(pa.table({"symbol": ["A"]}), {VERSION_KEY: b"1"})
    with pytest.raises(NotATableError, match="no column series"):
        decode(body)


def test_a_catalog_without_its_turn_is_damaged():
    """Whoever writes must know a higher number."""
    body = to_bytes(CATALOG.empty_table(), {VERSION_KEY: b"1"})
    with pytest.raises(NotATableError, match="turn"):
        decode(body)
