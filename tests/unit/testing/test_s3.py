"""The bucket in memory answers as moto's does."""

import uuid
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from stockflow.testing import FakeClock, FakeS3
from stockflow_functions.domain.errors import StorageUnavailable

BUCKET = "test-bucket"


@pytest.fixture
def folder():
    return f"{uuid.uuid4()}/"


def put(s3, key, body, **more):
    about = {"ContentType": "text/plain", "Metadata": {}, **more}
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body, **about)["ETag"]


def code_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def versions(s3, prefix):
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=prefix)
    return [item for page in pages for kind in ("Versions", "DeleteMarkers") for item in page.get(kind, [])]


def test_an_object_is_read_as_it_was_written(s3, folder):
    """Its body, its metadata, and the ETag that writing it gave."""
    etag = put(s3, f"{folder}a", b"1", Metadata={"execution": "r"})

    answer = s3.get_object(Bucket=BUCKET, Key=f"{folder}a")

    assert (answer["Body"].read(), answer["Metadata"], answer["ETag"]) == (b"1", {"execution": "r"}, etag)


def test_an_object_that_there_is_not_has_a_code(s3, folder):
    """S3's own."""
    assert code_of(lambda: s3.get_object(Bucket=BUCKET, Key=f"{folder}a")) == "NoSuchKey"


def test_the_facts_of_an_object_come_without_its_body(s3, folder):
    """Its size, its ETag and its metadata."""
    etag = put(s3, f"{folder}a", b"12", Metadata={"execution": "r"})

    facts = s3.head_object(Bucket=BUCKET, Key=f"{folder}a")

    assert (facts["ContentLength"], facts["ETag"], facts["Metadata"]) == (2, etag, {"execution": "r"})


def test_an_object_that_there_is_not_has_no_facts(s3, folder):
    """A HEAD is answered without a body, so its code is the status."""
    assert code_of(lambda: s3.head_object(Bucket=BUCKET, Key=f"{folder}a")) == "404"


def test_a_first_write_is_taken_once(s3, folder):
    """With IfNoneMatch the second one is refused."""
    put(s3, f"{folder}a", b"1", IfNoneMatch="*")

    assert code_of(lambda: put(s3, f"{folder}a", b"2", IfNoneMatch="*")) == "PreconditionFailed"


def test_an_object_is_replaced_by_its_etag(s3, folder):
    """With IfMatch; once it is another object the ETag does not fit."""
    etag = put(s3, f"{folder}a", b"1")
    put(s3, f"{folder}a", b"2", IfMatch=etag)

    assert code_of(lambda: put(s3, f"{folder}a", b"3", IfMatch=etag)) == "PreconditionFailed"


def test_keys_are_listed_below_a_prefix_in_order(s3, folder):
    """In pages of a thousand."""
    for name in ("b", "a", "c/d"):
        put(s3, f"{folder}{name}", b"1")

    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=folder)

    assert [item["Key"] for page in pages for item in page["Contents"]] == [f"{folder}{n}" for n in ("a", "b", "c/d")]


def test_a_version_can_be_read_when_the_object_is_gone(s3, folder):
    """By its id, whatever came after it; a deletion is listed without an ETag."""
    put(s3, f"{folder}a", b"1")
    put(s3, f"{folder}a", b"2")
    s3.delete_object(Bucket=BUCKET, Key=f"{folder}a")

    listed = versions(s3, folder)
    kept = [item["VersionId"] for item in listed if "ETag" in item]
    bodies = [s3.get_object(Bucket=BUCKET, Key=f"{folder}a", VersionId=name)["Body"].read() for name in kept]

    assert (bodies, len(listed)) == ([b"2", b"1"], 3)
    assert code_of(lambda: s3.get_object(Bucket=BUCKET, Key=f"{folder}a")) == "NoSuchKey"


def test_a_version_that_there_is_not_has_a_code(s3, folder):
    """S3's own."""
    put(s3, f"{folder}a", b"1")

    name = "3HL4kqtJvjVBH40Nrjfkd"
    assert code_of(lambda: s3.get_object(Bucket=BUCKET, Key=f"{folder}a", VersionId=name)) == "NoSuchVersion"


def test_a_time_is_the_clocks_in_whole_seconds():
    """Where S3 has hours to tell, a test sets them."""
    clock = FakeClock(1_795_194_000_900)
    s3 = FakeS3(clock)
    s3.place("a", b"1")
    clock.ms += 60_000

    assert s3.get_object(Bucket=BUCKET, Key="a")["LastModified"] == datetime(2026, 11, 20, 17, 0, 0, tzinfo=UTC)


def test_another_run_may_write_in_between():
    """``before_put`` is called before the condition is looked at."""
    s3 = FakeS3()
    s3.before_put = lambda key, number: s3.place(key, b"theirs")

    assert code_of(lambda: put(s3, "a", b"ours", IfNoneMatch="*")) == "PreconditionFailed"
    assert (s3.objects, s3.puts) == ({"a": b"theirs"}, [])


def test_a_body_may_come_cut():
    """``on_get`` gives what is read, and the object stays whole."""
    s3 = FakeS3()
    s3.place("a", b"whole")
    s3.on_get = lambda key, body: body[:3]

    assert (s3.bucket.get("a").body, s3.objects["a"], s3.bytes_out) == (b"who", b"whole", 3)


def test_an_operation_fails_until_it_is_healed():
    """Others go on meanwhile."""
    s3 = FakeS3()
    s3.fail("SlowDown", "put_object")

    with pytest.raises(StorageUnavailable, match="SlowDown"):
        s3.bucket.put("a", b"1")
    assert s3.bucket.get("a") is None
    s3.heal()
    assert s3.bucket.put("a", b"1")
