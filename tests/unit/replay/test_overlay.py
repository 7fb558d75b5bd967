"""The clients of a replay: reads fall through, writes stay in memory and behave as S3's do."""

from datetime import UTC, datetime

import pytest

from stockflow.replay.objects import FoundFacts, FoundObject
from stockflow.replay.overlay import NEW, OTHER, SAME, EmptyTable, OverlayS3
from stockflow.testing import NOON_MS, FakeClock
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import Account, ReservationRequest
from stockflow_functions.domain.errors import WriteConflict
from stockflow_functions.runtime.settings import Settings

WRITTEN = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


class Objects:
    place = "memory"

    def __init__(self, **objects):
        self.objects = objects

    def get(self, key):
        return self.objects.get(key)

    def facts(self, key):
        found = self.objects.get(key)
        return found and FoundFacts('"d850f04cdb48312a9be171e214c0b4ee"', len(found.body), WRITTEN, found.metadata)

    def keys(self, prefix):
        return (key for key in sorted(self.objects) if key.startswith(prefix))


@pytest.fixture
def s3():
    found = {"a": FoundObject(b"there", {"execution": "r"}), "b": FoundObject(b"newer", changed_since=True)}
    return OverlayS3(Objects(**found, hidden=FoundObject(b"told")), frozenset({"hidden"}))


@pytest.fixture
def bucket(s3):
    return Bucket(s3, "any")


def test_reads_fall_through(bucket):
    """An object that was not written here is the run's, with its metadata."""
    assert (bucket.get("a").body, bucket.get("a").metadata) == (b"there", {"execution": "r"})


def test_a_write_wins_over_what_is_there(bucket):
    """What the handler wrote is what it reads again."""
    bucket.put("a", b"mine", metadata={"x": "1"})

    assert (bucket.get("a").body, bucket.get("a").metadata) == (b"mine", {"x": "1"})


def test_conditions_are_kept(bucket):
    """A condition holds as it would in S3, against the run's objects and against own writes."""
    etag = bucket.get("a").etag
    bucket.put("a", b"mine", if_match=etag)

    with pytest.raises(WriteConflict):
        bucket.put("a", b"again", if_match=etag)
    with pytest.raises(WriteConflict):
        bucket.put("b", b"new?", if_none_match=True)
    bucket.put("c", b"new", if_none_match=True)


def test_what_is_hidden_is_not_there(bucket):
    """A hidden object is neither found nor listed, and can be made anew."""
    assert bucket.get("hidden") is None
    assert list(bucket.keys("")) == ["a", "b"]
    bucket.put("hidden", b"new", if_none_match=True)
    assert list(bucket.keys("h")) == ["hidden"]


def test_writes_are_told_beside_what_is_there(s3, bucket):
    """Each key once, with how its last write stands to the object that is there."""
    bucket.put("c", b"first")
    bucket.put("c", b"new")
    bucket.put("a", b"there")
    bucket.put("b", b"other")

    assert [(write.key, write.size_bytes, write.beside) for write in s3.writes] == [
        ("c", 3, NEW),
        ("a", 5, SAME),
        ("b", 5, OTHER),
    ]


def test_reads_of_what_has_changed_since_are_remembered(s3, bucket):
    """Only those that were read, each once."""
    for key in ("b", "a", "b"):
        bucket.get(key)

    assert list(s3.changed_since) == ["b"]


def test_the_budget_reserves_nothing_real():
    """Every method of the budget works on an empty table, and its reservation is that of an idle account."""
    table, clock = EmptyTable(), FakeClock()
    budget = BudgetStore(table, "t", "n", Settings(requests_per_minute=60.0).terms, clock)

    slots = budget.reserve(ReservationRequest(3, "r")).slots

    assert (slots.first_ms, slots.count, slots.interval_ms) == (NOON_MS, 3, 1000)
    assert budget.read() == Account()
    assert budget.reserved_by("r") is None
    assert budget.release("r") == 0
    budget.back_off(Account(), NOON_MS)
    budget.mark_spent()
    budget.mark_key_refused("r")
    DeferredStore(table, "t", "prices").change("daily", added=["A"])
    assert set(table.writes) == {"budget#n", "deferred#prices#daily"}


def test_facts_are_those_of_the_object_that_a_read_would_give(bucket):
    """Of an own write, of a run's object, of a hidden one."""
    etag = bucket.put("c", b"new", metadata={"a": "b"})
    assert (bucket.facts("c").etag, bucket.facts("c").bytes, bucket.facts("c").metadata) == (etag, 3, {"a": "b"})
    assert (bucket.facts("a").etag, bucket.facts("a").bytes) == (bucket.get("a").etag, 5)
    assert bucket.facts("a").written_ms == WRITTEN.timestamp() * 1000
    assert bucket.facts("hidden") is None
