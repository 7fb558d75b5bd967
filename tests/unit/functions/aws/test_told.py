"""What people were told once."""

from datetime import date

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws.told import untold

GONE, LATER = {"GONE": date(2024, 3, 15)}, {"GONE": date(2026, 1, 5)}


@pytest.fixture
def bucket():
    return FakeAws().services.bucket


def test_news_is_told_once(bucket):
    """The next run has nothing to tell."""
    assert [untold(bucket, "daily", GONE, run) for run in ("run-1", "run-2")] == [{"GONE"}, set()]


def test_a_repeated_call_of_the_same_run_tells_it_again(bucket):
    """Its first call may have ended before it could."""
    assert [untold(bucket, "daily", GONE, "run-1") for _ in range(2)] == [{"GONE"}, {"GONE"}]


def test_another_event_is_news(bucket):
    """A symbol that was given on, and whose second company ends."""
    untold(bucket, "daily", GONE, "run-1")
    assert untold(bucket, "daily", LATER, "run-2") == {"GONE"}


def test_series_are_told_of_apart(bucket):
    """Each has its own dataset."""
    untold(bucket, "daily", GONE, "run-1")
    assert untold(bucket, "weekly", GONE, "run-2") == {"GONE"}


def test_what_grows_is_news_where_its_size_counts(bucket):
    """Also after it was smaller for a while; and as long as it does not grow, it is none."""
    told = [untold(bucket, "daily", GONE, f"run-{n}", sizes={"GONE": size}) for n, size in enumerate([2, 2, 1, 2, 3])]
    assert told == [{"GONE"}, set(), set(), {"GONE"}, {"GONE"}]


def test_what_was_told_without_a_size_is_news_once(bucket):
    """An older release kept none."""
    bucket.put_json("told/daily.json", {"GONE": {"event": "2024-03-15", "by": "run-0"}})
    assert [untold(bucket, "daily", GONE, run, sizes={"GONE": 1}) for run in ("run-1", "run-2")] == [{"GONE"}, set()]


def test_what_is_as_it_was_is_not_written_again(bucket):
    """Delistings have no size, nor had they in older releases."""
    bucket.put_json("told/daily.json", {"GONE": {"event": "2024-03-15", "by": "run-0"}})
    before = bucket.get("told/daily.json").etag
    assert untold(bucket, "daily", GONE, "run-1") == set()
    assert bucket.get("told/daily.json").etag == before


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"GONE": 1}', b'{"GONE": {"event": null}}', b'{"GONE": {"size": "2"}}']
)
def test_a_damaged_record_is_made_anew(bucket, body):
    """What was told is told again, rather than a run failing."""
    bucket.put("told/daily.json", body)
    assert untold(bucket, "daily", GONE, "run-1") == {"GONE"}


def test_nothing_to_tell_reads_nothing():
    """Most runs have none: this bucket would refuse a read."""
    assert untold(None, "daily", {}, "run-1") == set()
