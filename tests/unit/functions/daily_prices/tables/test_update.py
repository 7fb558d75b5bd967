"""The handler of UpdateTables, on a bucket in memory."""

from datetime import UTC, date, datetime

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.daily_prices.tables.catalog import read_catalog
from stockflow_functions.domain.catalog.table import SCHEMA_VERSION
from stockflow_functions.domain.catalog.years import YearTable, decode_year, encode_year
from stockflow_functions.domain.errors import InvalidInput, StorageDenied, WriteConflict
from stockflow_functions.domain.parquet import VERSION_KEY, to_bytes
from stockflow_functions.domain.prices.schema import schema
from tests.helpers.price_objects import DAILY, WEEKLY, closes_in, prices_object, rows_in

OLD, NEW, NEXT = "2024-12-30", "2025-01-02", "2025-01-03"
TABLE_24, TABLE_25 = keys.table("daily", 2024), keys.table("daily", 2025)


@pytest.fixture
def aws():
    return FakeAws()


def place(aws, symbol, closes, series=DAILY):
    aws.s3.place(keys.prices(series.name, symbol), prices_object(symbol, closes, series))


def call(aws, **event):
    """Calls it, and returns the result; the objects that it put are then in ``aws.s3.puts``."""
    aws.s3.puts.clear()
    return update(event, aws.services)


def entries(aws):
    return {row["symbol"]: row for row in rows_in(aws.s3.objects[keys.CATALOG])}


def bars(aws, year=2025):
    return closes_in(aws.s3.objects[keys.table("daily", year)])


@pytest.fixture
def two(aws):
    """A dataset of two symbols, with its tables and its catalog."""
    place(aws, "A", {OLD: 1, NEW: 2})
    place(aws, "B", {NEW: 3})
    call(aws)
    return aws


def test_all_symbols_are_in_one_table_a_year(two):
    """Sorted by date, and in a day by symbol."""
    assert bars(two, 2024) == [("A", OLD, 1.0)]
    assert bars(two) == [("A", NEW, 2.0), ("B", NEW, 3.0)]


def test_the_catalog_comes_last(two):
    """After the claim that comes first: whoever finds a symbol's ETag in it finds its bars in the tables."""
    assert two.s3.puts == [keys.CATALOG, TABLE_24, TABLE_25, keys.CATALOG, keys.CATALOG_COPY]


def test_the_catalog_is_in_a_folder_too(two):
    """Athena has a table of a folder alone: there are the same bytes once more, and nothing else."""
    (beside,) = (key for key in two.s3.objects if key.startswith(keys.CATALOG_COPY.rpartition("/")[0] + "/"))
    assert two.s3.objects[beside] == two.s3.objects[keys.CATALOG]


def test_a_copy_that_was_not_made_is_made_by_the_next_call(two):
    """The one before died between the catalog and its copy; nothing else is written, as nothing changed since."""
    two.s3.place(keys.CATALOG_COPY, b"an older catalog")
    call(two)
    assert two.s3.puts == [keys.CATALOG_COPY]
    assert two.s3.objects[keys.CATALOG_COPY] == two.s3.objects[keys.CATALOG]


def test_of_two_at_once_the_later_catalog_is_copied(two):
    """Another call begins and ends after this one has written the catalog, and before it copies it."""
    place(two, "A", {OLD: 1, NEW: 9})

    def overtake(key, _put):
        if key == keys.CATALOG_COPY and two.s3.before_put is overtake:
            two.s3.before_put = lambda _key, _number: None
            place(two, "A", {OLD: 1, NEW: 9, NEXT: 7})
            two.clock.sleep(1)
            update({}, two.services)

    two.s3.before_put = overtake
    call(two)
    assert entries(two)["A"]["rows"] == 3
    assert two.s3.objects[keys.CATALOG_COPY] == two.s3.objects[keys.CATALOG]


def test_each_series_has_its_own_tables(aws):
    """And a row of the catalog for each symbol."""
    place(aws, "A", {NEW: 2})
    place(aws, "A", {NEXT: 5}, WEEKLY)
    call(aws)
    assert closes_in(aws.s3.objects[keys.table("weekly", 2025)]) == [("A", NEXT, 5.0)]
    assert [row["series"] for row in rows_in(aws.s3.objects[keys.CATALOG])] == ["daily", "weekly"]


def test_where_nothing_changed_nothing_is_written(two):
    """Not even read: lists say so."""
    two.s3.bytes_out = 0
    result = call(two)
    assert (two.s3.puts, result["copied"]) == ([], 0)
    assert two.s3.bytes_out == len(two.s3.objects[keys.CATALOG])


def test_an_empty_bucket_gets_no_catalog(aws):
    """A run that saved nothing leaves none."""
    call(aws)
    assert aws.s3.objects == {}


def test_a_new_bar_costs_the_table_of_its_year(two):
    """Those of earlier years are as they were."""
    place(two, "A", {OLD: 1, NEW: 2, NEXT: 4})
    result = call(two)
    assert two.s3.puts == [keys.CATALOG, TABLE_25, keys.CATALOG, keys.CATALOG_COPY]
    assert bars(two) == [("A", NEW, 2.0), ("B", NEW, 3.0), ("A", NEXT, 4.0)]
    assert result["sentence"] == "1 symbol copied into the tables, 2 rows in the catalog."


def test_a_bar_of_an_earlier_year_that_was_restated_is_found(two):
    """Though the list says no more than that the object is another one."""
    place(two, "A", {OLD: 9, NEW: 2})
    call(two)
    assert bars(two, 2024) == [("A", OLD, 9.0)]


def test_a_year_that_begins_gets_a_table(two):
    """And the one before is written with what came late."""
    place(two, "B", {NEW: 3, NEXT: 6, "2026-01-05": 7})
    call(two)
    assert bars(two, 2026) == [("B", "2026-01-05", 7.0)]
    assert bars(two) == [("A", NEW, 2.0), ("B", NEW, 3.0), ("B", NEXT, 6.0)]


def test_a_symbol_that_is_gone_is_gone_everywhere(two):
    """Somebody deleted its object."""
    two.s3.delete_object("", keys.prices("daily", "A"))
    call(two)
    assert bars(two, 2024) == []
    assert bars(two) == [("B", NEW, 3.0)]
    assert entries(two).keys() == {"B"}


def test_a_catalog_that_is_missing_is_made_anew(two):
    """With the tables as they should be, whatever they had."""
    catalog = entries(two)
    two.s3.delete_object("", keys.CATALOG)
    two.s3.delete_object("", keys.prices("daily", "B"))
    call(two)
    assert bars(two) == [("A", NEW, 2.0)]
    assert entries(two) == {"A": catalog["A"]}


@pytest.mark.parametrize("key", [keys.CATALOG, TABLE_24, TABLE_25])
def test_what_is_damaged_is_made_anew(two, key):
    """A table of a year too, though no more than one of its symbols changed."""
    two.s3.place(key, b"PAR1 no more")
    place(two, "A", {OLD: 8, NEW: 2, NEXT: 4})
    call(two)
    assert bars(two, 2024) == [("A", OLD, 8.0)]
    assert bars(two) == [("A", NEW, 2.0), ("B", NEW, 3.0), ("A", NEXT, 4.0)]


def test_a_table_that_is_missing_is_made_anew(two):
    """Though no symbol changed."""
    two.s3.delete_object("", TABLE_24)
    call(two)
    assert bars(two, 2024) == [("A", OLD, 1.0)]


def test_on_request_all_is_made_anew(two):
    """Whatever somebody did to a table."""
    two.s3.objects[TABLE_25] = two.s3.objects[TABLE_24]
    call(two, rebuild=True)
    assert bars(two) == [("A", NEW, 2.0), ("B", NEW, 3.0)]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_call_that_dies_is_made_good_by_the_next(two, number):
    """Before whichever of its writes; also if what it was about is as it was before by then."""
    place(two, "A", {OLD: 9, NEW: 9})

    def die(_key, put):
        if put == number:
            raise KeyboardInterrupt

    two.s3.before_put = die
    with pytest.raises(KeyboardInterrupt):
        call(two)
    two.s3.before_put = lambda _key, _number: None
    place(two, "A", {OLD: 1, NEW: 2})
    call(two)
    assert (bars(two, 2024), bars(two)) == ([("A", OLD, 1.0)], [("A", NEW, 2.0), ("B", NEW, 3.0)])
    assert None not in {row["etag"] for row in entries(two).values()}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_of_two_at_once_the_later_bars_stay(two, number):
    """Another call begins and ends before one of this one's writes; this one began with an older object."""
    place(two, "A", {OLD: 9, NEW: 9})

    def overtake(_key, put):
        if put == number and two.s3.before_put is overtake:
            two.s3.before_put = lambda _key, _number: None
            place(two, "A", {OLD: 5, NEW: 6, NEXT: 7})
            two.clock.sleep(1)
            update({}, two.services)

    two.s3.before_put = overtake
    call(two)
    assert bars(two, 2024) == [("A", OLD, 5.0)]
    assert bars(two) == [("A", NEW, 6.0), ("B", NEW, 3.0), ("A", NEXT, 7.0)]
    assert entries(two)["A"]["rows"] == 3


def test_a_call_that_is_overtaken_writes_no_table(two):
    """One that hung since before the other began; the other's bars stay, as it gives up there."""
    two.s3.objects[TABLE_25] = _of_turn(two.s3.objects[TABLE_25], 10**15)
    place(two, "B", {NEW: 4})
    with pytest.raises(WriteConflict, match="call again"):
        call(two)
    assert TABLE_25 not in two.s3.puts


def _of_turn(body, number):
    return encode_year(YearTable(decode_year(body, DAILY).rows, number), DAILY)


def test_what_is_written_by_a_newer_release_stays(two):
    """The catalog; people are told to install that release."""
    newer = to_bytes(schema(DAILY).empty_table(), {VERSION_KEY: str(SCHEMA_VERSION + 1).encode()})
    two.s3.place(keys.CATALOG, newer)
    with pytest.raises(StorageDenied, match="newer release"):
        call(two)
    assert two.s3.objects[keys.CATALOG] == newer


def test_an_object_that_cannot_be_read_keeps_its_bars(two):
    """Those that the tables have, until the next run of the symbol has made another one."""
    two.s3.place(keys.prices("daily", "A"), b"PAR1 no more")
    result = call(two)
    assert bars(two) == [("A", NEW, 2.0), ("B", NEW, 3.0)]
    assert "prices/daily/A.parquet is not in the tables of years as it is now" in result["warnings"][0]
    place(two, "A", {OLD: 1, NEW: 7})
    call(two)
    assert bars(two)[0] == ("A", NEW, 7.0)


def test_a_former_object_beside_the_present_one_is_passed_over(aws):
    """Once a run has saved the symbol under its present name, the former object has no rows that count."""
    place(aws, ".DJI", {NEW: 2})
    aws.s3.place("prices/daily/.DJI.parquet", prices_object(".DJI", {}))
    call(aws)
    assert bars(aws) == [(".DJI", NEW, 2.0)]


def test_a_symbol_that_only_has_a_former_object_is_found(aws):
    """As every state finds it."""
    aws.s3.place("prices/daily/.DJI.parquet", prices_object(".DJI", {NEW: 2}))
    call(aws)
    assert bars(aws) == [(".DJI", NEW, 2.0)]


def test_what_there_was_no_time_for_is_left_to_the_next_call(aws, monkeypatch):
    """Lambda ends a function after fifteen minutes; what is done stays done."""
    monkeypatch.setattr("stockflow_functions.daily_prices.tables.readers.AT_ONCE", 1)
    place(aws, "A", {NEW: 2})
    place(aws, "B", {NEW: 3})
    result = call(aws, longest_seconds=-1)
    assert (result["copied"], result["left"]) == (1, 1)
    assert result["sentence"] == "1 symbol copied into the tables, 2 rows in the catalog; 1 symbol to go, call again."
    assert call(aws)["left"] == 0
    assert bars(aws) == [("A", NEW, 2.0), ("B", NEW, 3.0)]


def test_bars_are_written_as_soon_as_there_are_many(aws, monkeypatch):
    """However many symbols there are, so many are in memory."""
    monkeypatch.setattr("stockflow_functions.daily_prices.tables.copying.ROWS_AT_ONCE", 2)
    for symbol in "ABC":
        place(aws, symbol, {NEW: 1, NEXT: 2})
    call(aws)
    assert aws.s3.puts == [keys.CATALOG, TABLE_25, TABLE_25, TABLE_25, keys.CATALOG, keys.CATALOG_COPY]
    assert [row[0] for row in bars(aws)] == ["A", "B", "C", "A", "B", "C"]


def test_a_run_without_a_manifest_is_refused(aws):
    """Somebody named one that there is not."""
    with pytest.raises(InvalidInput, match=r"There is no runs/nobody/manifest\.json"):
        call(aws, execution="nobody")


@pytest.mark.parametrize(
    ("key", "manifest"),
    [("runs/one/shards/0001/manifest.json", {"series": "daily"}), ("runs/one/manifest.json", {"symbols": []})],
)
def test_other_manifests_are_passed_over(two, key, manifest):
    """A shard's, whose run has one of its own, and one of earnings calls."""
    two.s3.put_json(key, manifest)
    place(two, "A", {NEW: 9})
    assert call(two, manifest=key)["sentence"].endswith("nothing is done.")
    assert two.s3.puts == []


def test_the_run_that_has_ended_says_when_it_asked_and_what_agreed(two):
    """Of a symbol that failed, the first alone."""
    at = "2026-11-20T21:00:00.000Z"
    records = [
        {"symbol": "A", "status": "unchanged", "attempts": 1},
        {"symbol": "B", "status": "failed", "attempts": 1},
    ]
    two.s3.put_json("runs/one/manifest.json", {"series": "daily", "started_at": at, "symbols": records})
    call(two, manifest="runs/one/manifest.json")
    then, written = datetime(2026, 11, 20, 21, tzinfo=UTC), datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert [entries(two)[symbol]["last_asked"] for symbol in "AB"] == [then, then]
    assert [entries(two)[symbol]["last_confirmed"] for symbol in "AB"] == [then, written]


def test_the_entry_says_what_the_bars_are(two):
    """First and last date, how many there are, how many sessions lack, and which object they are from."""
    entry = entries(two)["A"]
    assert (entry["first_date"], entry["last_date"]) == (date(2024, 12, 30), date(2025, 1, 2))
    assert (entry["rows"], entry["missing_sessions"], entry["stale"]) == (2, 1, True)
    facts = two.services.bucket.facts(keys.prices("daily", "A"))
    assert (f'"{entry["etag"]}"', entry["bytes"]) == (facts.etag, facts.bytes)


def test_a_later_turn_has_a_higher_number(two):
    """Also where the catalog was lost, by which tables tell who came later."""
    before = read_catalog(two.services.bucket).catalog.turn
    two.s3.delete_object("", keys.CATALOG)
    two.clock.sleep(1)
    call(two)
    assert read_catalog(two.services.bucket).catalog.turn > before
