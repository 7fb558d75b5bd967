"""The object with what is known of a series' symbols."""

import gzip
import json

import pytest

from stockflow.testing import FakeS3
from stockflow_functions.aws.freshness import TRIES, FreshnessStore
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import StorageUnavailable, WriteConflict
from stockflow_functions.domain.prices.freshness import Known

KEY = "freshness/daily.json.gz"
EVENING = from_iso("2026-11-25T23:00:00Z")
AAPL = Known(EVENING, "2026-11-25", "1999-11-01", full=True)
OLD = Known(1, "2018-11-06")


@pytest.fixture
def s3():
    return FakeS3()


@pytest.fixture
def store(s3):
    return FreshnessStore(s3.bucket, sleep=lambda _: None)


def contents(s3):
    return json.loads(gzip.decompress(s3.objects[KEY]))


def test_the_object_has_its_documented_shape(store, s3):
    """Version 1, dates and times in ISO 8601, null where nothing is known."""
    store.add("daily", {"AAPL": AAPL, "BOGUS": Known(EVENING)})

    moment = "2026-11-25T23:00:00.000Z"
    assert contents(s3) == {
        "version": 1,
        "symbols": {
            "AAPL": {"last": "2026-11-25", "first": "1999-11-01", "at": moment, "full": True},
            "BOGUS": {"last": None, "first": None, "at": moment, "full": False},
        },
    }


def test_what_was_added_is_read_again(store):
    """Symbol by symbol; another series has an object of its own."""
    store.add("daily", {"AAPL": AAPL})

    assert store.read("daily").known == {"AAPL": AAPL}
    assert not store.read("weekly").known


def test_a_dataset_without_the_object_knows_nothing_and_says_nothing(store):
    """One that an earlier release wrote: each symbol is asked for once more."""
    assert (store.read("daily").known, store.read("daily").warning) == ({}, "")


def test_a_run_adds_to_what_others_know(store):
    """Symbols of earlier runs stay."""
    store.add("daily", {"OLD": OLD})
    store.add("daily", {"AAPL": AAPL})

    assert store.read("daily").known == {"AAPL": AAPL, "OLD": OLD}


def test_what_is_known_already_is_not_written_again(store, s3):
    """A repeated call of Notify finds its work done."""
    store.add("daily", {"AAPL": AAPL})
    store.add("daily", {"AAPL": AAPL})

    assert s3.puts == [KEY]


def test_no_write_is_lost_where_two_runs_end_at_once(store, s3):
    """The one that lost the race reads and merges again."""

    def other_run(_key, number):
        if number == 1:
            s3.before_put = lambda _key, _number: None
            FreshnessStore(s3.bucket, sleep=lambda _: None).add("daily", {"OLD": OLD})

    s3.before_put = other_run
    store.add("daily", {"AAPL": AAPL})

    assert store.read("daily").known == {"AAPL": AAPL, "OLD": OLD}


def test_a_race_that_is_lost_every_time_is_given_up(s3):
    """With pauses in between, and an error that the caller can tell people of."""
    pauses = []

    def faster(_key, _number):
        s3.place(KEY, gzip.compress(json.dumps({"version": 1, "symbols": {}, "number": len(pauses)}).encode()))

    s3.before_put = faster
    with pytest.raises(WriteConflict, match="8 times in a row"):
        FreshnessStore(s3.bucket, sleep=pauses.append).add("daily", {"AAPL": AAPL})
    assert len(pauses) == TRIES - 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not gzip",
        gzip.compress(mtime=0, data=b"{}")[:-4],
        gzip.compress(mtime=0, data=b"not JSON"),
        gzip.compress(mtime=0, data=b"[]"),
        gzip.compress(mtime=0, data=b"{}"),
        gzip.compress(mtime=0, data=b'{"version": 1, "symbols": []}'),
        gzip.compress(mtime=0, data=b'{"version": 1, "symbols": {"AAPL": {"last": "2026-11-25"}}}'),
        gzip.compress(
            mtime=0, data=b'{"version": 1, "symbols": {"AAPL": {"at": "soon", "last": null, "first": null, "full": 0}}}'
        ),
        gzip.compress(
            mtime=0,
            data=b'{"version":1,"symbols":{"A":{"at":"2026-11-25T23:00:00Z","last":"x","first":null,"full":false}}}',
        ),
    ],
)
def test_a_damaged_object_is_said_to_be_and_is_replaced(store, s3, body):
    """It knows nothing, so every symbol is asked for; the next write makes it whole."""
    s3.place(KEY, body)

    read, added = store.read("daily"), store.add("daily", {"AAPL": AAPL})

    assert (read.known, read.warning) == ({}, added)
    assert "freshness/daily.json.gz is damaged and is made anew" in read.warning
    assert store.read("daily").known == {"AAPL": AAPL}


def test_an_object_of_a_newer_release_stays(store, s3):
    """This release can't tell what is in it, and says what to do."""
    s3.place(KEY, newer := gzip.compress(mtime=0, data=b'{"version": 2, "symbols": "elsewhere"}'))

    read, added = store.read("daily"), store.add("daily", {"AAPL": AAPL})

    assert (read.known, s3.objects[KEY]) == ({}, newer)
    assert read.warning == added
    assert "is of a newer release (version 2; this one knows 1) and stays as it is" in read.warning


def test_a_read_that_went_wrong_is_not_taken_for_damage(store, s3):
    """Else a good object would be replaced."""
    store.add("daily", {"AAPL": AAPL})
    bodies = iter([b"cut"])
    s3.on_get = lambda _key, body: next(bodies, body)

    with pytest.raises(StorageUnavailable, match="two different bodies"):
        store.read("daily")


def test_twelve_thousand_symbols_are_one_small_object(store, s3):
    """Some bytes a symbol."""
    store.add("daily", {f"S{number:05}": Known(EVENING, "2026-11-25", "2026-07-06") for number in range(12_000)})

    assert len(store.read("daily").known) == 12_000
    assert len(s3.objects[KEY]) < 150_000
