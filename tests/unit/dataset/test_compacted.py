"""A day of all symbols, from the tables of years."""

from datetime import date
from random import Random

import pytest

from stockflow.dataset.compacted import day
from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Folder, Lake
from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.catalog import years
from stockflow_functions.domain.catalog.years import YearTable, encode_year, replaced, rows_of
from stockflow_functions.domain.errors import WriteConflict
from stockflow_functions.domain.prices.schema import schema
from tests.helpers.price_objects import DAILY, WEEKLY, prices_of, weekdays

DAYS = weekdays("2026-01-05", 30)
SYMBOLS = [f"S{number:02}" for number in range(20)]


def table(series, closes):
    """A table of a year of ``{symbol: {date: close}}``."""
    rows = schema(series).empty_table()
    for symbol, given in closes.items():
        rows = replaced(rows, {symbol}, set(closes), rows_of(prices_of(symbol, given, series), series))
    return encode_year(YearTable(rows, 1), series)


@pytest.fixture(autouse=True)
def groups_of_fifty(monkeypatch):
    """So that a small table has several groups, which days lie across."""
    monkeypatch.setattr(years, "ROWS_A_GROUP", 50)


@pytest.fixture
def s3():
    s3 = FakeS3()
    closes = {symbol: dict(zip(DAYS, range(1, 31), strict=True)) for symbol in SYMBOLS}
    s3.place(keys.table("daily", 2026), table(DAILY, closes))
    s3.place(keys.table("daily", 2025), table(DAILY, {"S00": {"2025-12-31": 7}}))
    return s3


@pytest.fixture(params=["folder", "bucket"])
def place(request, s3, tmp_path):
    """The same dataset in both kinds of places."""
    if request.param == "bucket":
        return Lake(Bucket(s3, "lake"), "")
    for key, body in s3.objects.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(body)
    return Folder(tmp_path)


def closes(found):
    return [(row["symbol"], row["date"].isoformat(), row["close"]) for row in found.to_pylist()]


def test_the_newest_day_is_there_without_being_named(place):
    """All its symbols, in their order."""
    assert closes(day(place, DAILY)) == [(symbol, DAYS[-1], 30.0) for symbol in SYMBOLS]


@pytest.mark.parametrize("number", [0, 1, 2, 14])
def test_any_day_is_found(place, number):
    """Also one whose rows are in two groups of the file."""
    found = day(place, DAILY, date.fromisoformat(DAYS[number]))
    assert closes(found) == [(symbol, DAYS[number], float(number + 1)) for symbol in SYMBOLS]


def test_a_day_of_an_earlier_year_is_in_the_table_of_that_year(place):
    """Which is the only one that is read."""
    assert closes(day(place, DAILY, date(2025, 12, 31))) == [("S00", "2025-12-31", 7.0)]


@pytest.mark.parametrize("wanted", [date(2026, 1, 10), date(2020, 1, 2), date(2026, 12, 1)])
def test_a_day_without_a_bar_has_none(place, wanted):
    """A Saturday, one before the first table, and one that has not been."""
    assert day(place, DAILY, wanted).num_rows == 0


def test_a_year_without_rows_is_passed_over(s3):
    """Its symbols are gone; the newest day is that of a year before."""
    s3.place(keys.table("daily", 2026), table(DAILY, {}))
    assert closes(day(Lake(Bucket(s3, "lake"), ""), DAILY)) == [("S00", "2025-12-31", 7.0)]


def test_no_tables_are_refused_with_what_makes_them(s3):
    """An older release has written the dataset."""
    s3.place(keys.prices("weekly", "S00"), b"")
    with pytest.raises(DatasetError, match=r"has no table of all symbols' weekly prices: the next `stockflow run`"):
        day(Lake(Bucket(s3, "lake"), ""), WEEKLY)


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [("daily", r"has no weekly prices: write series='daily'"), ("weekly_", "is no dataset, as no table is below")],
)
def test_a_series_that_is_not_there_makes_no_tables(stored, sentence):
    """A run would not make them either."""
    s3 = FakeS3()
    s3.place(keys.prices(stored, "S00"), b"")
    with pytest.raises(DatasetError, match=sentence):
        day(Lake(Bucket(s3, "lake"), ""), WEEKLY)


def test_a_damaged_table_is_named(s3):
    """In a sentence."""
    s3.place(keys.table("daily", 2026), b"PAR1 no more, though it is as long as a table may be")
    with pytest.raises(DatasetError, match=r"tables/daily/2026\.parquet in s3://lake can't be read"):
        day(Lake(Bucket(s3, "lake"), ""), DAILY)


def test_a_part_of_a_large_table_is_read(s3, monkeypatch):
    """Its end, where it says what is where, and the group of the day."""
    monkeypatch.setattr("stockflow.dataset.places.PART_BYTES", 100)
    monkeypatch.setattr(years, "ROWS_A_GROUP", 2000)
    random = Random(1)
    s3.place(
        keys.table("daily", 2026), table(DAILY, {"A": {day: random.random() for day in weekdays("1990-01-01", 9000)}})
    )
    day(Lake(Bucket(s3, "lake"), ""), DAILY)
    assert s3.bytes_out < 0.6 * len(s3.objects[keys.table("daily", 2026)])


def test_a_table_that_is_replaced_meanwhile_is_read_anew(s3, monkeypatch):
    """Never half of two."""
    monkeypatch.setattr("stockflow.dataset.places.PART_BYTES", 100)
    other = table(DAILY, {"A": {DAYS[-1]: 5}})

    def replace(key, body):
        if s3.objects[key] != other:
            s3.place(key, other)
        return body

    s3.on_get = replace
    assert closes(day(Lake(Bucket(s3, "lake"), ""), DAILY)) == [("A", DAYS[-1], 5.0)]


def test_a_part_of_another_object_is_refused(s3):
    """By the ETag of the one that was begun with."""
    with pytest.raises(WriteConflict):
        Bucket(s3, "lake").part(keys.table("daily", 2026), 0, 3, '"another"')
