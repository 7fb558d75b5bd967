"""The run's objects, as the state found them."""

import os
from datetime import UTC, datetime

import pytest

from stockflow.errors import CommandFailed
from stockflow.replay.objects import FolderObjects, S3Objects
from stockflow.testing import FakeClock, FakeS3

CALLED = datetime(2026, 11, 20, 22, 30, 0, 400_000, tzinfo=UTC)
CALLED_MS = round(CALLED.timestamp() * 1000)
KEY = "prices/daily/A.parquet"


@pytest.fixture
def folder(tmp_path):
    """An output folder with an object from before the call and one from after it, and a secret beside it."""
    for name, seconds in {"out/raw/daily/A/r.json.gz": -5, f"out/{KEY}": 5, "secret.txt": -5}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
        os.utime(file, (CALLED.timestamp() + seconds,) * 2)
    return tmp_path / "out"


def test_a_file_from_before_the_call_is_as_it_was(folder):
    """Its bytes are given, and nothing is said."""
    found = FolderObjects(folder, CALLED_MS).get("raw/daily/A/r.json.gz")

    assert (found.body, found.changed_since) == (b"out/raw/daily/A/r.json.gz", False)


def test_a_file_from_after_the_call_is_told(folder):
    """A folder has no earlier version of it to give."""
    assert FolderObjects(folder, CALLED_MS).get(KEY).changed_since


def test_what_the_run_made_later_is_not_there_yet(folder):
    """An object known to have been made after the call is not found."""
    assert FolderObjects(folder, CALLED_MS, frozenset({KEY})).get(KEY) is None


@pytest.mark.parametrize(
    "key", ["../secret.txt", "raw/../../secret.txt", "/etc/passwd", "raw//x", "absent", "raw/daily"]
)
def test_no_key_leads_out_of_the_folder(folder, key):
    """A saved run from elsewhere may name any key; none reads another file."""
    assert FolderObjects(folder, CALLED_MS).get(key) is None


def test_keys_are_those_below_a_prefix(folder):
    """As S3 lists them: sorted, by any prefix, also one that is no folder."""
    objects = FolderObjects(folder, CALLED_MS)

    assert list(objects.keys("raw/da")) == ["raw/daily/A/r.json.gz"]
    assert list(objects.keys("")) == [KEY, "raw/daily/A/r.json.gz"]
    assert list(objects.keys("none/here")) == []


def at_the_call(*versions, execution="r"):
    """What is asked as of the call: versions are a key, seconds after the call, a body or None where it was deleted,
    and metadata."""
    clock = FakeClock()
    s3 = FakeS3(clock)
    for key, seconds, body, metadata in versions:
        clock.ms = CALLED_MS + round(seconds * 1000)
        if body is None:
            s3.delete_object("the-bucket", key)
        else:
            s3.place(key, body, metadata)
    return S3Objects(s3, "the-bucket", CALLED_MS, execution), s3


def test_the_version_of_the_time_is_read():
    """Of several versions the newest from before the call counts; those of other keys do not."""
    objects, _ = at_the_call(
        (KEY, -90, b"old", {}), (KEY, -30, b"then", {}), (f"{KEY}.bak", -1, b"other", {}), (KEY, 30, b"now", {})
    )

    assert objects.get(KEY).body == b"then"


@pytest.mark.parametrize("versions", [[], [(KEY, 30, b"now", {})], [(KEY, -90, b"old", {}), (KEY, -30, None, {})]])
def test_what_was_not_there_then_is_not_found(versions):
    """An object made later, or deleted before, is none."""
    objects, _ = at_the_call(*versions)

    assert objects.get(KEY) is None


def test_what_the_call_itself_wrote_in_its_second_is_passed_over():
    """S3's times are whole seconds: the run's own write, 0.3 s after the call, bears a time before it."""
    objects, _ = at_the_call((KEY, -30, b"then", {}), (KEY, 0.3, b"own", {"execution": "r"}))

    assert objects.get(KEY).body == b"then"


def test_what_came_after_the_calls_own_write_is_passed_over_too():
    """A run that wrote after this one in the same second was later than the call as well."""
    own, later = (KEY, 0.2, b"own", {"execution": "r"}), (KEY, 0.4, b"later", {"execution": "another"})
    objects, _ = at_the_call((KEY, -30, b"then", {}), own, later)

    assert objects.get(KEY).body == b"then"


def test_what_another_run_wrote_in_that_second_counts():
    """Only the run's own write is known to be from after the call."""
    objects, _ = at_the_call((KEY, -30, b"older", {}), (KEY, -0.3, b"then", {"execution": "another"}))

    assert objects.get(KEY).body == b"then"


def test_without_the_right_to_list_versions_the_object_is_read_as_it_is():
    """And it is told that it has changed since."""
    objects, s3 = at_the_call((KEY, -30, b"then", {}), (KEY, 30, b"now", {}))
    s3.fail("AccessDenied", "list_object_versions")

    found = objects.get(KEY)

    assert (found.body, found.changed_since) == (b"now", True)


def test_an_object_that_may_not_be_read_is_a_sentence():
    """It names the place and the right."""
    objects, s3 = at_the_call((KEY, -30, b"then", {}))
    s3.fail("AccessDenied", "get_object")

    with pytest.raises(CommandFailed, match=rf"s3://the-bucket/{KEY}.*s3:GetObject"):
        objects.get(KEY)


def test_facts_are_known_without_reading_the_object():
    """Of the version of the time: a recording of two gigabytes is not fetched for its size."""
    objects, s3 = at_the_call((KEY, -30, b"then", {"a": "b"}), (KEY, 30, b"later on", {}))

    facts = objects.facts(KEY)

    assert (facts.size_bytes, facts.metadata, facts.changed_since) == (4, {"a": "b"}, False)
    assert (facts.etag, s3.calls["get_object"]) == (s3.head_object("the-bucket", KEY, "v1")["ETag"], 0)


def test_a_file_has_the_etag_that_its_object_had(folder):
    """A call's object is told by it."""
    facts = FolderObjects(folder, CALLED_MS).facts(KEY)

    assert facts.etag == FakeS3(FakeClock()).put_object("any", "any", f"out/{KEY}".encode())["ETag"]
    assert FolderObjects(folder, CALLED_MS).facts("absent") is None
