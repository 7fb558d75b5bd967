"""The shards of a run on AWS, watched: politely, each symbol once."""

import json
from io import BytesIO

import pytest

from stockflow.cloud.watching import LONGEST_PAUSE_SECONDS
from stockflow.cloud.watching_shards import WatchedShards
from stockflow.testing import client_error
from stockflow_functions.aws import keys
from tests.helpers.sharded_runs import RUN, entries, records, whole

STORIES = [{"AAPL": "ok", "NFLX": "bad"}, {"IBM": "ok"}]
ARN = f"arn:aws:states:eu-west-1:123456789012:execution:daily-prices:{RUN}"
EVENTS = whole(STORIES, status="RUNNING").events


class Cloud:
    """Step Functions with the shards, and the bucket with their manifests."""

    def __init__(self):
        self.statuses = {f"{RUN}-shard-0001": "RUNNING", f"{RUN}-shard-0002": "RUNNING"}
        self.objects = {keys.shards(RUN): entries(STORIES)}
        self.listed = 0
        self.refuses = None

    def ends(self, number, manifest=True):
        name = f"{RUN}-shard-{number:04}"
        self.statuses[name] = "SUCCEEDED" if manifest else "FAILED"
        if manifest:
            self.objects[keys.manifest(name)] = {"symbols": records(STORIES[number - 1])}

    def list_executions(self, stateMachineArn, maxResults):  # noqa: N803 # boto3's own names
        assert (stateMachineArn.split(":")[5:], maxResults) == (["stateMachine", "daily-prices"], 1000)
        self.listed += 1
        arn = ARN.rpartition(":")[0]
        names = {**self.statuses, RUN: "RUNNING"}
        return {"executions": [{"name": n, "status": s, "executionArn": f"{arn}:{n}"} for n, s in names.items()]}

    def get_object(self, Bucket, Key):  # noqa: N803
        if self.refuses:
            raise self.refuses
        if Key not in self.objects:
            raise client_error("NoSuchKey")
        return {"Body": BytesIO(json.dumps(self.objects[Key]).encode()), "ETag": "e", "Metadata": {}, "LastModified": 0}


class Time:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def watched(cloud, time):
    return WatchedShards(cloud, lambda: cloud, ARN, "EachShard", time)


def told(watched, time, *, over=False):
    time.now += LONGEST_PAUSE_SECONDS
    return {record["symbol"]: record["status"] for record in watched.news(EVENTS, over=over)}


def test_a_run_without_shards_asks_nothing(watched, cloud):
    """Before its Map of shards is entered, or if it never is."""
    assert watched.news(EVENTS[:5], over=False) == []
    assert cloud.listed == 0


def test_the_symbols_of_a_shard_come_when_it_has_ended(watched, cloud, time):
    """Once each."""
    assert told(watched, time) == {}
    cloud.ends(1)
    assert told(watched, time) == {"AAPL": "saved", "NFLX": "failed"}
    assert told(watched, time) == {}
    cloud.ends(2)
    assert told(watched, time) == {"IBM": "saved"}


def test_a_shard_without_a_manifest_has_failed(watched, cloud, time):
    """It broke off."""
    cloud.ends(1, manifest=False)
    assert told(watched, time) == {"AAPL": "failed", "NFLX": "failed"}


def test_aws_is_asked_no_more_than_each_fifteen_seconds(watched, cloud, time):
    """However often the display asks, but once more at the end."""
    for _ in range(50):
        watched.news(EVENTS, over=False)
        time.now += LONGEST_PAUSE_SECONDS / 20
    assert cloud.listed == 3
    watched.news(EVENTS, over=True)
    assert cloud.listed == 4


def test_nothing_is_asked_when_every_shard_has_ended(watched, cloud, time):
    """The run only has to report."""
    cloud.ends(1)
    cloud.ends(2)
    told(watched, time)
    told(watched, time)
    assert cloud.listed == 1


def test_a_bucket_that_may_not_be_read_is_said_once(watched, cloud, time):
    """And the run is followed without its symbols."""
    cloud.refuses = client_error("AccessDenied")
    assert told(watched, time) == {}
    assert "unknown until the end" in watched.complaint
    cloud.refuses = None
    cloud.ends(1)
    assert told(watched, time) == {}


def test_the_manifest_is_read_at_the_end(watched, cloud, time):
    """The run's own history has no symbols."""
    told(watched, time)
    assert watched.manifest(RUN) is None
    cloud.objects[keys.manifest(RUN)] = {"outcome": "partial"}
    assert watched.manifest(RUN) == {"outcome": "partial"}
