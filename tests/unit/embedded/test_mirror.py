"""The output folder, which is the bucket on a laptop."""

import errno
import json
import os
from contextlib import nullcontext
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from stockflow.embedded import mirror, table_file
from stockflow.embedded.lean_s3 import LeanS3
from stockflow.embedded.mirror import Mirror
from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO
from stockflow.embedded.table_file import TableFile
from stockflow.sources.writing import write_by_rename
from stockflow.testing import NOON_MS
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import StorageUnavailable, WriteConflict

KEPT = ("prices/", "splits/", "listings.parquet")


@pytest.fixture
def clients():
    MOTO.enter()
    session = make_session("us-east-1")
    s3, dynamodb = session.client("s3"), session.client("dynamodb")
    s3.create_bucket(Bucket="lake")
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    dynamodb.create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield s3, dynamodb
    MOTO.leave()


@pytest.fixture
def mirrored(clients, tmp_path):
    """A bucket and a table that are kept in a folder."""
    mirrors = Mirror(tmp_path, "lake", "state", "us-east-1", KEPT, TableFile(tmp_path, None))
    mirrors.read_back(clients[1], NOON_MS)
    MOTO.listeners.append(mirrors.listen)
    yield Bucket(clients[0], "lake"), clients[1], tmp_path
    MOTO.listeners.remove(mirrors.listen)


def full(path, body, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_an_object_is_in_the_folder_as_soon_as_it_is_written(mirrored):
    """A key becomes a path, percent signs and all."""
    bucket, _, folder = mirrored

    bucket.put("prices/daily/BRK%3AB.parquet", b"rows")

    assert (folder / "prices/daily/BRK%3AB.parquet").read_bytes() == b"rows"


def test_a_refused_conditional_write_leaves_the_file_as_it_was(mirrored):
    """What S3 refuses never reaches the folder."""
    bucket, _, folder = mirrored
    bucket.put("prices/a", b"first")

    with pytest.raises(WriteConflict):
        bucket.put("prices/a", b"second", if_none_match=True)

    assert (folder / "prices/a").read_bytes() == b"first"


def test_no_temporary_file_stays(mirrored):
    """Only the objects are in the folder afterwards."""
    bucket, _, folder = mirrored
    bucket.put("prices/a", b"1")
    bucket.put("prices/a", b"2")

    assert files(folder) == {"prices/a"}


def test_the_dataset_is_read_back(mirrored, clients):
    """What an earlier run left of prices and splits is in the next run's bucket; raw answers are not needed there."""
    bucket, _, folder = mirrored
    bucket.put("prices/daily/%5EGSPC.parquet", b"rows")
    bucket.put("splits/%5EGSPC.json", b"{}")
    bucket.put("raw/daily/A/x.json.gz", b"answer")
    clients[0].create_bucket(Bucket="next")

    Mirror(folder, "next", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(clients[1], NOON_MS)

    assert list(Bucket(clients[0], "next").keys("")) == ["prices/daily/%5EGSPC.parquet", "splits/%5EGSPC.json"]


def test_a_name_that_begins_with_a_dot_is_read_back(mirrored, clients):
    """What an earlier release kept of .DJI is data as any other: half-written files are told by their end."""
    bucket, _, folder = mirrored
    bucket.put("prices/daily/.DJI.parquet", b"rows")
    clients[0].create_bucket(Bucket="next")

    Mirror(folder, "next", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(clients[1], NOON_MS)

    assert Bucket(clients[0], "next").get("prices/daily/.DJI.parquet").body == b"rows"


def test_what_a_killed_process_left_half_written_is_removed(mirrored, clients):
    """Such a file is never taken for data, and is gone when the next run begins."""
    bucket, _, folder = mirrored
    bucket.put("prices/daily/A.parquet", b"rows")
    (folder / "prices/daily/.A.parquet.4711.tmp").write_bytes(b"ro")
    (folder / ".stockflow").mkdir(exist_ok=True)
    (folder / ".stockflow/.table.json.4711.tmp").write_bytes(b"{")
    for run in ("runs/one", "runs/one/shards/0001"):
        (folder / run).mkdir(parents=True)
        (folder / run / ".told.json.4711.tmp").write_bytes(b"{")

    Mirror(folder, "lake", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(clients[1], NOON_MS)

    assert list(bucket.keys("")) == ["prices/daily/A.parquet"]
    assert files(folder) == {"prices/daily/A.parquet"}


def test_events_of_runs_that_are_over_are_not_read_back(tmp_path, clients):
    """Nothing expires on a laptop: the table would grow by an item with each run in which a request was repeated."""
    items = [{"pk": {"S": key}} for key in ("budget#key", "events#lake#one", "deferred#lake#daily")]
    (tmp_path / ".stockflow").mkdir()
    (tmp_path / ".stockflow/table.json").write_text(json.dumps({"items": items}))

    Mirror(tmp_path, "lake", "state", "us-east-1", KEPT, TableFile(tmp_path, None)).read_back(clients[1], NOON_MS)

    left = clients[1].scan(TableName="state")["Items"]
    assert {item["pk"]["S"] for item in left} == {"budget#key", "deferred#lake#daily"}


def test_a_full_disk_under_the_table_is_an_error_of_its_write(mirrored, monkeypatch):
    """DynamoDB's caller is told in DynamoDB's own words."""
    _, dynamodb, _ = mirrored

    monkeypatch.setattr(table_file, "write_by_rename", full)

    with pytest.raises(ClientError, match="DiskENOSPC"):
        dynamodb.put_item(TableName="state", Item={"pk": {"S": "budget"}})


def test_a_write_that_the_disk_does_not_take_has_not_happened(mirrored, monkeypatch):
    """A slot that is on no disk would be given out again by the next run."""
    _, dynamodb, _ = mirrored
    for used, write in (("1", table_file.write_by_rename), ("2", full), ("3", full)):
        monkeypatch.setattr(table_file, "write_by_rename", write)
        with nullcontext() if write is not full else pytest.raises(ClientError):
            dynamodb.put_item(TableName="state", Item={"pk": {"S": "budget"}, "used": {"N": used}})

    assert dynamodb.scan(TableName="state")["Items"] == [{"pk": {"S": "budget"}, "used": {"N": "1"}}]


def test_the_tables_items_are_read_back(mirrored, clients):
    """The request budget of an earlier run is in the next run's table."""
    _, dynamodb, folder = mirrored
    dynamodb.put_item(TableName="state", Item={"pk": {"S": "budget"}, "used": {"N": "7"}})
    dynamodb.delete_table(TableName="state")
    dynamodb.create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    Mirror(folder, "lake", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(clients[1], NOON_MS)

    item = dynamodb.get_item(TableName="state", Key={"pk": {"S": "budget"}})["Item"]
    assert item["used"] == {"N": "7"}


def test_a_full_disk_is_an_error_of_the_write_and_the_old_object_stays(mirrored, monkeypatch):
    """Neither the folder nor the bucket shows bytes that the disk did not take."""
    bucket, _, folder = mirrored
    bucket.put("prices/a", b"old")

    monkeypatch.setattr(mirror, "write_by_rename", full)

    with pytest.raises(StorageUnavailable, match="ENOSPC"):
        bucket.put("prices/a", b"new")

    assert bucket.get("prices/a").body == b"old"
    assert (folder / "prices/a").read_bytes() == b"old"


def test_an_objects_bytes_are_in_the_folder_alone(mirrored, clients):
    """A universe of prices, raw answers and staged tables would not fit into memory."""
    folder = mirrored[2]
    bucket = Bucket(LeanS3(clients[0]), "lake")  # which holds no bytes against a checksum
    etag = bucket.put("prices/a", b"old", metadata={"rows": "1"})

    (folder / "prices/a").write_bytes(b"new")

    stored = bucket.get("prices/a")
    assert (stored.body, stored.etag, stored.metadata) == (b"new", etag, {"rows": "1"})


def test_an_object_that_was_read_back_is_replaced_on_condition(mirrored, clients):
    """Its ETag is that of its bytes, as if it had been put."""
    bucket, _, folder = mirrored
    etag = bucket.put("prices/a", b"old")
    clients[0].create_bucket(Bucket="next")
    Mirror(folder, "next", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(clients[1], NOON_MS)

    bucket = Bucket(clients[0], "next")
    found = bucket.facts("prices/a")
    bucket.put("prices/a", b"new", if_match=etag)

    assert (found.etag, found.bytes, bucket.get("prices/a").body) == (etag, 3, b"new")


def test_an_object_whose_file_is_gone_cannot_be_read(mirrored):
    """Somebody who tidies the folder during a run is told which object is missing, in the run's own words."""
    bucket, _, folder = mirrored
    bucket.put("prices/a", b"rows")
    (folder / "prices/a").unlink()

    with pytest.raises(StorageUnavailable, match=r"prices/a \(DiskENOENT\)"):
        bucket.get("prices/a")


def test_a_version_that_was_replaced_is_there_until_the_end(mirrored, clients):
    """Who asks for an object as it was gets it, as on AWS; a run replaces few of what it has written."""
    bucket, _, _ = mirrored
    for body in (b"1", b"2", b"3"):
        bucket.put("prices/a", body)
    clients[0].delete_object(Bucket="lake", Key="prices/a")

    listed = clients[0].list_object_versions(Bucket="lake")["Versions"]
    found = [clients[0].get_object(Bucket="lake", Key="prices/a", VersionId=one["VersionId"]) for one in listed]

    assert sorted(answer["Body"].read() for answer in found) == [b"1", b"2", b"3"]


def test_a_version_of_an_earlier_run_is_gone_once_it_is_replaced(mirrored, clients):
    """The folder keeps the newest bytes alone, and a universe of those before would not fit into memory."""
    bucket, dynamodb, folder = mirrored
    (folder / "prices").mkdir()
    (folder / "prices/b").write_bytes(b"old")
    Mirror(folder, "lake", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(dynamodb, NOON_MS)
    bucket.put("prices/b", b"new")

    listed = clients[0].list_object_versions(Bucket="lake")["Versions"]

    assert [one["Size"] for one in listed] == [3]
    assert bucket.get("prices/b").body == b"new"


def test_a_foreign_keys_dots_do_not_lead_out_of_the_folder(mirrored):
    """A key with .. in it stays below the folder."""
    bucket, _, folder = mirrored

    bucket.put("a/../../b", b"1")

    assert files(folder) == {"a/%2E%2E/%2E%2E/b"}


def test_a_failed_write_leaves_no_temporary_file(tmp_path):
    """A target that can't be replaced raises, and the half-made file beside it is gone."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "inside").write_text("x")

    with pytest.raises(OSError, match="directory"):
        write_by_rename(tmp_path / "target", b"1")

    assert files(tmp_path) == {"target/inside"}


def test_a_list_tells_when_a_file_was_written(mirrored):
    """Of what was there at the start, and of what was written since, in whole seconds: the folder's own readers ask."""
    bucket, dynamodb, folder = mirrored
    old = folder / "prices/daily/OLD.parquet"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"rows")
    os.utime(old, ns=(0, 1_790_000_000_987_654_321))
    Mirror(folder, "lake", "state", "us-east-1", KEPT, TableFile(folder, None)).read_back(dynamodb, NOON_MS)
    bucket.put("prices/daily/NEW.parquet", b"rows")
    new_s = int((folder / "prices/daily/NEW.parquet").stat().st_mtime)

    assert [(key, facts.written_ms) for key, facts in bucket.listed("prices/")] == [
        ("prices/daily/NEW.parquet", new_s * 1000),
        ("prices/daily/OLD.parquet", 1_790_000_000_000),
    ]
