"""moto under threads, as the lanes of a Map are."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from stockflow.embedded.faults import AwsFault
from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable
from tests.helpers.line_writers import add_line

THREADS = 16


def test_conditional_updates_from_many_threads_are_each_granted_once(session):
    """Of 400 conditional updates by 16 threads, every number is given out exactly once."""
    dynamodb = session.client("dynamodb")
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def take(_):
        while True:
            item = dynamodb.get_item(TableName="t", Key={"pk": {"S": "n"}}, ConsistentRead=True).get("Item")
            n = int(item["n"]["N"]) if item else 0
            try:
                dynamodb.update_item(
                    TableName="t",
                    Key={"pk": {"S": "n"}},
                    UpdateExpression="SET n = :next",
                    ConditionExpression="n = :n OR attribute_not_exists(n)" if n == 0 else "n = :n",
                    ExpressionAttributeValues={":n": {"N": str(n)}, ":next": {"N": str(n + 1)}},
                )
            except dynamodb.exceptions.ConditionalCheckFailedException:
                continue
            return n

    with ThreadPoolExecutor(THREADS) as pool:
        taken = list(pool.map(take, range(400)))

    assert sorted(taken) == list(range(400))


def test_conditional_writes_from_many_threads_lose_nothing(bucket):
    """Of 128 read-change-write rounds by 16 threads on one object, all 128 lines are in it at the end."""

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda number: add_line(bucket, number), range(128)))

    assert sorted(int(line) for line in bucket.get("lines").body.split()) == list(range(128))


def test_a_fault_meets_only_the_requests_it_names(bucket):
    """A fault for PUTs under prices/ lets other keys and reads through."""
    MOTO.faults.add(AwsFault("s3", "AccessDenied", operation="PUT", key_contains="prices/"))
    bucket.put("raw/a", b"1")

    with pytest.raises(StorageDenied, match="prices/a"):
        bucket.put("prices/a", b"1")

    assert bucket.get("raw/a").body == b"1"
    assert bucket.get("prices/a") is None


def test_a_fault_after_the_effect_leaves_the_object_written(bucket):
    """An answer lost on its way back is told as an error although the object is there."""
    MOTO.faults.add(AwsFault("s3", "AccessDenied", operation="PUT", when="after"))

    with pytest.raises(StorageDenied):
        bucket.put("a", b"1")

    MOTO.faults.clear()
    assert bucket.get("a").body == b"1"


def test_a_fault_ends_after_its_number_of_times(bucket):
    """A fault that is to happen once lets the second request through."""
    fault = MOTO.faults.add(AwsFault("s3", "InvalidRequest", operation="PUT", times=1))

    with pytest.raises(StorageUnavailable):
        bucket.put("a", b"1")
    bucket.put("a", b"2")

    assert fault.met == 1


def test_what_one_room_held_is_gone_in_the_next(session):
    """Leaving and entering again gives an empty AWS."""
    session.client("s3").create_bucket(Bucket="old")
    MOTO.leave()
    MOTO.enter()

    assert make_session("us-east-1").client("s3").list_buckets()["Buckets"] == []


def test_a_thread_that_computes_gives_way_sooner_in_a_room():
    """A lane that wakes for its slot waits a millisecond for a computing one, not five; afterwards all is as it was."""
    usual = sys.getswitchinterval()

    MOTO.enter()
    inside = sys.getswitchinterval()
    MOTO.leave()

    assert (inside, sys.getswitchinterval()) == (pytest.approx(0.001), usual)
