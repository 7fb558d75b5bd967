"""The bucket: S3's refusals under the workflow's names."""

import io
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError, IncompleteReadError
from botocore.response import StreamingBody

from stockflow.testing import FakeClock, FakeS3, client_error
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.reread import reread
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable, WriteConflict

OLD_ETAG = '"old"'


def refusing(error):
    s3 = FakeS3()
    s3.fail(error)
    return Bucket(s3, "lake")


@pytest.fixture
def s3():
    return FakeS3()


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict"])
@pytest.mark.parametrize("condition", [{"if_match": OLD_ETAG}, {"if_none_match": True}])
def test_a_condition_that_does_not_hold_is_a_lost_race(code, condition):
    """S3 says 412, or 409 where the other write is still under way."""
    with pytest.raises(WriteConflict):
        refusing(code).put("prices/a", b"", **condition)


def test_replacing_an_object_that_was_deleted_is_a_lost_race():
    """Somebody moved it away between read and write: read again, there is none."""
    with pytest.raises(WriteConflict):
        refusing("NoSuchKey").put("prices/a", b"", if_match=OLD_ETAG)


def test_the_condition_is_the_object_that_was_read(s3):
    """Over it, or where there was none; else nothing is written."""
    etag = s3.bucket.put("a", b"1", if_none_match=True)
    s3.bucket.put("a", b"2", if_match=etag)

    for condition in ({"if_match": etag}, {"if_none_match": True}):
        with pytest.raises(WriteConflict):
            s3.bucket.put("a", b"3", **condition)
    assert s3.objects["a"] == b"2"


@pytest.mark.parametrize("code", ["AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "NoSuchBucket"])
def test_what_no_retry_heals_is_denied(code):
    """For reading, writing and listing alike, with what to do about it."""
    bucket = refusing(code)
    for call in (lambda: bucket.get("a"), lambda: bucket.put("a", b""), lambda: list(bucket.keys("a"))):
        with pytest.raises(StorageDenied, match=r"grant|create"):
            call()


@pytest.mark.parametrize(
    "error",
    [
        "SlowDown",
        "InternalError",
        EndpointConnectionError(endpoint_url="https://s3"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ],
)
def test_anything_else_may_heal(error):
    """Throttling, a fault of S3, the network, half a body."""
    bucket = refusing(error)
    for call in (lambda: bucket.get("a"), lambda: bucket.put("a", b""), lambda: list(bucket.keys("a"))):
        with pytest.raises(StorageUnavailable, match="s3://lake/a"):
            call()


@pytest.mark.parametrize("most_bytes", [None, 100])
def test_a_body_that_breaks_off_is_not_taken_for_a_short_one(most_bytes):
    """Also where only the first bytes are asked for: an object that is shorter is read to its end."""
    client = SimpleNamespace(get_object=lambda **_: {"Body": StreamingBody(io.BytesIO(b"half"), 8), "ETag": OLD_ETAG})

    with pytest.raises(StorageUnavailable):
        Bucket(client, "lake").get("prices/a", most_bytes)


def test_the_first_bytes_of_a_long_body_are_enough():
    """The others are not read."""
    client = SimpleNamespace(get_object=lambda **_: {"Body": StreamingBody(io.BytesIO(b"whole"), 5), "ETag": OLD_ETAG})

    assert Bucket(client, "lake").get("prices/a", 2).body == b"wh"


@pytest.mark.parametrize("code", ["403", "AccessDenied"])
def test_a_head_that_is_denied_has_its_status_for_a_code(code):
    """It has no body to name its error in."""
    with pytest.raises(StorageDenied):
        refusing(code).facts("prices/a")


def test_no_object_is_none(s3):
    """As bytes and as JSON."""
    assert (s3.bucket.get("a"), s3.bucket.get_json("a")) == (None, None)


def test_what_lies_below_a_prefix_is_a_bucket_of_its_own(s3):
    """Keys in and out are without the prefix, and nothing beside it is seen."""
    below = s3.bucket.below("scratch/run/")
    s3.place("prices/a", b"1")
    below.put("prices/b", b"2")

    assert list(below.keys("prices/")) == ["prices/b"]
    assert below.get("prices/a") is None
    assert s3.objects["scratch/run/prices/b"] == b"2"


def test_an_object_that_reads_the_same_twice_is_believed(s3):
    """Its flaw is its own."""
    s3.place("a", b"odd")

    reread(s3.bucket, "a", b"odd")


@pytest.mark.parametrize("now", [b"whole", None])
def test_an_object_that_reads_differently_is_read_anew(s3, now):
    """The first read was cut, or the object has been replaced or moved since."""
    if now is not None:
        s3.place("a", now)

    with pytest.raises(StorageUnavailable, match="two different bodies"):
        reread(s3.bucket, "a", b"who")


def test_the_facts_of_an_object_come_without_reading_it(s3):
    """Its ETag to tell it by, its size, and what was noted on it."""
    etag = s3.bucket.put("a", b"12", metadata={"quarter": "2024Q1"})

    facts = s3.bucket.facts("a")

    assert (facts.etag, facts.bytes, facts.metadata, s3.bytes_out) == (etag, 2, {"quarter": "2024Q1"}, 0)


def test_no_object_has_no_facts(s3):
    """Nor does one beside the prefix."""
    s3.place("a", b"1")

    assert (s3.bucket.facts("b"), s3.bucket.below("scratch/run/").facts("a")) == (None, None)


@pytest.mark.parametrize(("code", "error"), [("403", StorageDenied), ("503", StorageUnavailable)])
def test_a_refusal_of_facts_is_known_by_its_status(code, error):
    """For an answer without a body has no other code."""
    bucket = refusing(client_error(code, "HeadObject", status=int(code)))

    with pytest.raises(error, match="s3://lake/a"):
        bucket.facts("a")


def test_a_key_is_whole_with_its_prefix(s3):
    """As another service is told of it."""
    assert (s3.bucket.full_key("a"), s3.bucket.below("scratch/run/").full_key("a")) == ("a", "scratch/run/a")


@pytest.fixture
def lived():
    """A bucket in which ``a`` was written at 10 and 20 seconds, deleted at 30 and written again at 40."""
    clock = FakeClock(10_000)
    s3 = FakeS3(clock)
    for body in (b"1", b"2", None, b"4"):
        if body is None:
            s3.delete_object("test-bucket", "a")
        else:
            s3.bucket.put("a", body)
        clock.sleep(10)
    s3.place("ab", b"of another key")
    return s3


@pytest.mark.parametrize(
    ("moment_ms", "body"),
    [(9_999, None), (10_000, b"1"), (19_999, b"1"), (20_000, b"2"), (30_000, None), (39_999, None), (90_000, b"4")],
)
def test_the_version_of_a_moment_is_the_newest_of_then(lived, moment_ms, body):
    """None before the first one, and where the object was deleted."""
    found = lived.bucket.version_at("a", moment_ms)

    assert (found and found.body) == body


def test_a_version_has_the_etag_and_the_metadata_of_its_own():
    """They say who wrote it."""
    clock = FakeClock(10_000)
    s3 = FakeS3(clock)
    etag = s3.bucket.put("a", b"1", metadata={"execution": "one"})
    clock.sleep(10)
    s3.bucket.put("a", b"2", metadata={"execution": "two"})
    found = s3.bucket.version_at("a", 15_000)

    assert (found.etag, found.metadata) == (etag, {"execution": "one"})


def test_a_version_below_a_prefix_is_found_by_its_key_there(s3):
    """As all that lies below one."""
    s3.bucket.below("scratch/run/").put("a", b"1")

    assert s3.bucket.below("scratch/run/").version_at("a", 10**15).body == b"1"


def test_a_version_that_is_gone_by_now_is_none(lived):
    """A lifecycle rule may take it between the list and the read."""
    lived.fail("NoSuchVersion", "get_object")

    assert lived.bucket.version_at("a", 90_000) is None


@pytest.mark.parametrize(("code", "error"), [("AccessDenied", StorageDenied), ("SlowDown", StorageUnavailable)])
def test_versions_that_can_not_be_listed_are_told_as_such(code, error):
    """With the place that was asked for."""
    with pytest.raises(error, match=r"list the versions of s3://lake/a"):
        refusing(code).version_at("a", 0)


def test_a_list_tells_of_each_object_what_a_look_at_it_does(s3):
    """But for what was noted on it."""
    s3.place("prices/a", b"12", {"noted": "1"})
    s3.place("tables/b", b"1")
    (key, listed), *others = s3.bucket.listed("prices/")
    looked_at = s3.bucket.facts("prices/a")
    assert (key, others) == ("prices/a", [])
    assert (listed.etag, listed.bytes, listed.written_ms) == (looked_at.etag, 2, looked_at.written_ms)


def test_a_refusal_to_list_has_its_name():
    """As that of a read."""
    with pytest.raises(StorageDenied, match="may not list s3://lake/prices/"):
        list(refusing("AccessDenied").listed("prices/"))


def test_a_part_of_an_object_is_read_alone(s3):
    """From the first byte to the last one, both included."""
    etag = s3.bucket.put("a", b"0123456789")
    assert s3.bucket.part("a", 2, 4, etag) == b"234"
    assert s3.bytes_out == 3
