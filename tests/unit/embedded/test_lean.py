"""The short way to S3 and DynamoDB answers as boto3's own clients do, and is left where somebody looks on."""

import errno
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stockflow.embedded.faults import AwsFault
from stockflow.embedded.function_host import CURRENT, KILLED, FunctionEnded, Invocation
from stockflow.embedded.lean import LeanSession
from stockflow.embedded.lean_dynamodb import LeanDynamoDb
from stockflow.embedded.lean_s3 import LeanS3
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import StorageUnavailable
from tests.helpers.line_writers import add_line

OF_A_REQUEST = {"ResponseMetadata", "AcceptRanges", "VersionId", "ChecksumCRC32", "LastModified", "ConsumedCapacity"}
"""What differs from answer to answer, and what no function reads."""
UPDATE = {
    "TableName": "state",
    "UpdateExpression": "SET #n0 = :v0 ADD #n1 :v1 REMOVE #n2",
    "ConditionExpression": "(attribute_not_exists(#n0) OR #n0 <= :v2)",
    "ExpressionAttributeNames": {"#n0": "n", "#n1": "names", "#n2": "gone"},
    "ExpressionAttributeValues": {":v0": {"N": "7"}, ":v1": {"SS": ["a"]}, ":v2": {"N": "5"}},
    "ReturnValues": "ALL_NEW",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


@pytest.fixture
def whole(session):
    """boto3's clients, with a bucket and a table."""
    s3, dynamodb = session.client("s3"), session.client("dynamodb")
    s3.create_bucket(Bucket="lake")
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    dynamodb.create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return {"s3": s3, "dynamodb": dynamodb}


@pytest.fixture
def lean(session, whole):
    """Clients with the short way, to the same."""
    lean = LeanSession(session, {"s3": LeanS3, "dynamodb": LeanDynamoDb})
    return {service: lean.client(service) for service in whole}


def outcome(client, method, **request):
    """The answer, its body read; or the error with all that callers read of one."""
    try:
        answer = getattr(client, method)(**request)
    except ClientError as error:
        known = {name: part for name, part in error.response.items() if name == "Item"}
        details = error.response["Error"]
        return details["Code"], details["Message"], str(error), error.operation_name, known
    told = {name: part for name, part in answer.items() if name not in OF_A_REQUEST}
    return {**told, "Body": told["Body"].read()} if "Body" in told else told


PUT = {"Bucket": "lake", "Key": "prices/%5EGSPC é", "Body": b"rows"}
AT = {"Bucket": "lake", "Key": "prices/%5EGSPC é"}


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("put_object", {**PUT, "ContentType": "application/json", "Metadata": {"Rows": "7"}}),
        ("put_object", {**PUT, "IfNoneMatch": "*"}),
        ("put_object", {**PUT, "IfMatch": '"other"'}),
        ("put_object", {**PUT, "Key": "new", "IfMatch": '"other"'}),
        ("put_object", {**PUT, "Key": "new", "IfNoneMatch": "*"}),
        ("get_object", AT),
        ("get_object", {**AT, "Key": "missing"}),
        ("get_object", {**AT, "Bucket": "missing"}),
        ("get_object", {**AT, "Range": "bytes=0-1"}),
        ("head_object", AT),
        ("head_object", {**AT, "Key": "missing"}),
    ],
)
def test_an_object_is_answered_as_by_boto3(whole, lean, method, request_):
    """Facts, bodies and refusals are the same, on whichever way they are asked for."""
    whole["s3"].put_object(**PUT, ContentType="text/plain", Metadata={"a-B": "1"})

    short = outcome(lean["s3"], method, **request_)
    whole["s3"].put_object(**PUT, ContentType="text/plain", Metadata={"a-B": "1"})
    whole["s3"].delete_object(Bucket="lake", Key="new")

    assert short == outcome(whole["s3"], method, **request_)


def test_an_object_put_on_the_short_way_is_read_by_boto3_with_all_that_was_noted(whole, lean):
    """Whoever has a client of boto3's sees what functions wrote."""
    lean["s3"].put_object(**PUT, ContentType="application/json", Metadata={"Rows": "7"})

    facts = whole["s3"].head_object(**AT)

    assert (facts["ContentType"], facts["Metadata"]) == ("application/json", {"rows": "7"})


def test_a_deleted_object_is_missing(whole, lean):
    """A delete marker is no object."""
    lean["s3"].put_object(**PUT)
    whole["s3"].delete_object(**AT)

    assert Bucket(lean["s3"], "lake").get(AT["Key"]) is None


@pytest.mark.parametrize("there", [None, {"n": {"N": "3"}, "gone": {"S": "x"}}, {"n": {"N": "6"}}])
def test_an_update_is_answered_as_by_boto3(whole, lean, there):
    """The item after it, or the refusal with the item that prevented it; and the table holds the same."""
    ends = []
    for client, key in ((lean["dynamodb"], {"pk": {"S": "one"}}), (whole["dynamodb"], {"pk": {"S": "two"}})):
        if there:
            whole["dynamodb"].put_item(TableName="state", Item={**key, **there})
        done = outcome(client, "update_item", Key=key, **UPDATE)
        left = outcome(client, "get_item", TableName="state", Key=key, ConsistentRead=True)
        ends.append(str((done, left)).replace("'two'", "'one'"))

    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("get_item", {"TableName": "missing", "Key": {"pk": {"S": "a"}}}),
        ("get_item", {"TableName": "state", "Key": {"other": {"S": "a"}}}),
        (
            "update_item",
            {**UPDATE, "Key": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_exists(#n0) AND #n0 <= :v2"},
        ),
        ("update_item", {**UPDATE, "Key": {"pk": {"S": "a"}}, "ReturnValues": "SOME"}),
    ],
)
def test_what_the_short_way_does_not_know_is_boto3s(whole, lean, method, request_):
    """A request of another kind is answered or refused in AWS's words."""
    assert outcome(lean["dynamodb"], method, **request_) == outcome(whole["dynamodb"], method, **request_)


def test_conditional_writes_of_many_threads_lose_nothing_whichever_way_they_go(whole, lean):
    """Of 128 read-change-write rounds of 16 threads on one object, half of them boto3's, all 128 are in it."""
    buckets = [Bucket(client, "lake") for client in (lean["s3"], whole["s3"])]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: add_line(buckets[number % 2], number), range(128)))

    assert sorted(map(int, buckets[0].get("lines").body.split())) == list(range(128))


def test_a_fault_is_met_on_the_short_way_too(lean):
    """While one is in force calls go the whole way, where it meets them."""
    fault = MOTO.faults.add(AwsFault("s3", "InvalidRequest", operation="PUT", times=1))

    with pytest.raises(StorageUnavailable):
        Bucket(lean["s3"], "lake").put("a", b"1")

    assert fault.met == 1


def test_a_function_that_was_ended_writes_nothing_more(lean, whole):
    """On Lambda it would be gone."""
    CURRENT.set(Invocation("f", "id", 0, ended=KILLED))
    try:
        with pytest.raises(FunctionEnded):
            lean["s3"].put_object(**PUT)
    finally:
        CURRENT.set(None)

    assert Bucket(whole["s3"], "lake").get(AT["Key"]) is None


def test_a_full_disk_is_the_services_refusal(lean, monkeypatch):
    """The caller is told in S3's way, as by boto3."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(MOTO, "listeners", [full])

    with pytest.raises(StorageUnavailable, match="DiskENOSPC"):
        Bucket(lean["s3"], "lake").put("a", b"1")


def test_who_hooks_into_a_clients_events_hears_every_call(lean):
    """From when ``meta`` was asked for, calls go the whole way."""
    heard = []
    lean["s3"].meta.events.register("before-call.s3.PutObject", lambda **_: heard.append("put"))

    lean["s3"].put_object(**PUT)

    assert heard == ["put"]


def test_who_replaces_botocores_calls_sees_every_call(lean):
    """Tests of permissions and of costs do that."""
    seen, original = [], BaseClient._make_api_call

    def see(client, operation, request):
        seen.append(operation)
        return original(client, operation, request)

    with patch.object(BaseClient, "_make_api_call", see):
        lean["s3"].put_object(**PUT)

    assert seen == ["PutObject"]
