"""What a run's checks found, added to what all runs found."""

from datetime import date

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.daily_prices.tables.findings import TRIES, add_findings, read_found
from stockflow_functions.domain.catalog.beside import Found
from stockflow_functions.domain.errors import StorageDenied, WriteConflict
from stockflow_functions.domain.findings.table import decode
from tests.helpers.memory_line import Line
from tests.helpers.price_objects import DAILY, prices_object, rows_in
from tests.helpers.vendor_bodies import bar, body

KEY = "findings/daily.parquet"
STALE = {"stale": {"bars": 1116, "newest": "2022-06-08", "warning": 0}}


def manifest(execution, *outcomes, **more):
    return {
        "execution": execution,
        "trigger": "schedule",
        "series": "daily",
        "started_at": "2026-11-20T22:30:00.250Z",
        "symbols": [outcome.as_dict() for outcome in outcomes],
        **more,
    }


def stale(symbol="FB"):
    return SymbolOutcome(symbol, "unchanged", warnings=("Stale: the newest bar is from 2022-06-08.",), found=STALE)


@pytest.fixture
def aws():
    return FakeAws()


def found(aws):
    rows = decode(aws.s3.objects[KEY]).to_pylist()
    return [(row["execution"], row["symbol"], row["rule"], row["bars"], row["newest_date"]) for row in rows]


def test_what_the_states_found_is_in_the_table():
    """From the answer to the row: set aside by Transform, restated in Save, each with its sentence."""
    line = Line()
    line.run(body({"2024-09-04": bar(100.0), "2024-09-03": bar(99.0)}), "before", fetched_at="2024-09-04T22:00:00.000Z")
    answer = body({"2024-09-05": bar(101.0), "2024-09-04": bar(100.5), "2024-09-07": bar(1.0)})
    outcome = SymbolOutcome.from_dict(line.run(answer, "one", fetched_at="2024-09-08T22:00:00.000Z"))

    assert add_findings(line.services.bucket, manifest("one", outcome)) == 3
    rows = {row["rule"]: row for row in decode(line.s3.objects[KEY]).to_pylist()}
    assert {check: (row["bars"], row["newest_date"]) for check, row in rows.items()} == {
        "restated": (1, date(2024, 9, 4)),
        "stale": (1, date(2024, 9, 5)),
        "weekend-date": (1, date(2024, 9, 7)),
    }
    assert rows["restated"]["sentence"].startswith("1 stored bar was restated: 2024-09-04 close 100.0 to 100.5")
    assert rows["weekend-date"]["sentence"] == "1 bar set aside (1 weekend-date), see rejected/one/IBM.json."


def test_runs_are_kept_beside_each_other(aws):
    """What stands is found in each of them."""
    for execution in ("one", "two"):
        add_findings(aws.services.bucket, manifest(execution, stale()))

    assert [row[0] for row in found(aws)] == ["one", "two"]


def test_a_run_that_is_added_again_is_in_the_table_once(aws):
    """Whoever adds may be interrupted, and begin again; then nothing is written."""
    add_findings(aws.services.bucket, manifest("one", stale()))
    etag = aws.services.bucket.get(KEY).etag
    add_findings(aws.services.bucket, manifest("one", stale()))

    assert found(aws) == [("one", "FB", "stale", 1116, date(2022, 6, 8))]
    assert aws.services.bucket.get(KEY).etag == etag


def test_a_run_without_findings_reads_nothing(aws):
    """Most days are like that."""
    aws.s3.fail("AccessDenied")

    assert add_findings(aws.services.bucket, manifest("one", SymbolOutcome("IBM", "saved"))) == 0


@pytest.mark.parametrize(
    "more", [{"trigger": "smoke"}, {"trigger": "shard"}, {"switched_off": ["SAVE_TO_S3"]}], ids=str
)
def test_some_runs_find_nothing_that_is_kept(aws, more):
    """A smoke run, a part of a run that tells of it, and one that leaves the dataset alone."""
    assert add_findings(aws.services.bucket, manifest("one", stale(), **more)) == 0
    assert KEY not in aws.s3.objects


def test_two_at_once_lose_nothing(aws, monkeypatch):
    """The one that comes second reads again."""
    bucket, real, others = aws.services.bucket, aws.services.bucket.put, [manifest("two", stale("OTHER"))]

    def put(key, *args, **more):
        if others:
            add_findings(bucket, others.pop())
        return real(key, *args, **more)

    monkeypatch.setattr(bucket, "put", put)
    add_findings(bucket, manifest("one", stale()))

    assert [row[:2] for row in found(aws)] == [("one", "FB"), ("two", "OTHER")]


def test_whoever_loses_every_race_says_so(aws, monkeypatch):
    """The caller may try again later."""
    lost = []

    def put(*_, **__):
        lost.append(1)
        raise WriteConflict("another run wrote it in between.")

    monkeypatch.setattr(aws.services.bucket, "put", put)
    with pytest.raises(WriteConflict):
        add_findings(aws.services.bucket, manifest("one", stale()))
    assert len(lost) == TRIES


def test_the_catalog_counts_what_was_found(aws):
    """By symbol: a bar that is set aside in each run counts once, each restatement for itself."""
    aside = {"weekend-date": {"bars": 1, "newest": "2026-11-14"}, "restated": {"bars": 2, "newest": "2026-11-19"}}
    for execution in ("one", "two"):
        add_findings(aws.services.bucket, manifest(execution, stale(), SymbolOutcome("A", "saved", found=aside)))

    assert read_found(aws.services.bucket, "daily") == {"A": Found(rejected=1, restated=4)}
    assert read_found(aws.services.bucket, "weekly") == {}


def test_the_tables_are_updated_even_where_findings_can_not_be(aws):
    """What is wrong with one of them is said once the others are done."""
    aws.s3.place(keys.prices("daily", "A"), prices_object("A", {"2026-11-19": 1.0}, DAILY))
    aws.s3.place(KEY, b"no table")
    aws.services.bucket.put_json(keys.manifest("one"), manifest("one", SymbolOutcome("A", "saved", found=STALE)))

    with pytest.raises(StorageDenied, match="is no table of findings"):
        update({"execution": "one"}, aws.services)
    assert [row["symbol"] for row in rows_in(aws.s3.objects[keys.CATALOG])] == ["A"]


def test_what_is_no_table_stays_where_it_is(aws):
    """It may hold years that nobody can make again."""
    aws.s3.place(keys.findings("daily"), b"no table")

    with pytest.raises(StorageDenied, match="is no table of findings"):
        add_findings(aws.services.bucket, manifest("one", stale()))
    assert aws.s3.objects[KEY] == b"no table"
