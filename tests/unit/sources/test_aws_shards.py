"""The shards of a run on AWS: found by their names, and read as far as they matter."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest

from stockflow.sources import model_of
from stockflow.sources.aws_source import fetch_execution
from stockflow.testing import FakeClock, client_error
from stockflow_functions.aws import keys
from tests.helpers.made_runs import DEFINITION
from tests.helpers.sharded_runs import RUN, entries, manifest, shard, whole

STORIES = [{"AAPL": "ok", "NFLX": "bad"}, {"IBM": "ok", "TSLA": "ok"}, {"MSFT": "ok", "ORCL": "ok"}]
BEGAN = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


class Aws:
    """Step Functions and a bucket with one run in shards; counts what it is asked."""

    def __init__(self, run, stories=STORIES, objects=None, statuses=()):
        self.run = run
        self.runs = {f"{RUN}-shard-{n:04}": shard(stories, n) for n in range(1, len(stories) + 1)}
        self.objects = objects if objects is not None else {}
        self.statuses = dict(statuses)
        self.asked = []

    def client(self, name, **_):
        return self

    def _run_of(self, arn):
        name = arn.rpartition(":")[2]
        return self.run if name == RUN else self.runs[name]

    def describe_execution(self, executionArn):  # noqa: N803 # boto3's own names
        self.asked.append("describe_execution")
        return dict(self._run_of(executionArn).description)

    def get_execution_history(self, executionArn, maxResults):  # noqa: N803
        self.asked.append(executionArn.rpartition(":")[2])
        return {"events": self._run_of(executionArn).events}

    def describe_state_machine_for_execution(self, executionArn):  # noqa: N803
        return {"definition": json.dumps(DEFINITION)}

    def list_executions(self, stateMachineArn, maxResults):  # noqa: N803
        self.asked.append("list_executions")
        return {"executions": [{"name": n, "status": s, "startDate": BEGAN} for n, s in self.statuses.items()]}

    def get_function_configuration(self, FunctionName):  # noqa: N803
        return {"Environment": {"Variables": {}}}

    def filter_log_events(self, **_):
        return {"events": []}

    def get_object(self, Bucket, Key):  # noqa: N803
        self.asked.append(Key)
        if Key not in self.objects:
            raise client_error("NoSuchKey")
        body = self.objects[Key]
        if isinstance(body, Exception):
            raise body
        content = BytesIO(json.dumps(body).encode())
        return {"Body": content, "ETag": '"e"', "Metadata": {}, "LastModified": BEGAN, "ContentLength": 1}


def bucket(**more):
    return {keys.shards(RUN): entries(STORIES), keys.manifest(RUN): manifest(STORIES), **more}


def fetched(aws, **options):
    return fetch_execution(aws.run.description["executionArn"], aws, FakeClock(0), **options)


def numbers(run):
    return [one["number"] for one in run.shards if one["events"]]


@pytest.fixture
def one_history(monkeypatch):
    """A page has room for one shard."""
    monkeypatch.setattr("stockflow.sources.aws_shards.MOST_EVENTS", 1)


def test_a_run_in_shards_is_one_run():
    """With the histories of its shards, and what its manifest says."""
    run = fetched(Aws(whole(STORIES), objects=bucket()))
    assert numbers(run) == [1, 2, 3]
    assert {row.symbol: row.outcome for row in model_of(run).rows}["TSLA"] == "saved"
    assert run.missing == []


def test_its_own_history_says_how_the_shards_ended():
    """Nothing is listed: two objects, and two requests for each shard that is read."""
    aws = Aws(whole(STORIES), objects=bucket())
    fetched(aws)
    assert "list_executions" not in aws.asked[:4]
    assert sum(name.startswith("runs/") and "/shards/" in name for name in aws.asked) == 0


def test_what_failed_comes_first(one_history):
    """And a sentence says which are not read."""
    run = fetched(Aws(whole(STORIES), objects=bucket()))
    assert numbers(run) == [1]
    assert "Of 3 shards the histories of 1 are here" in " ".join(run.missing)


def test_a_shard_that_broke_off_comes_before_that(one_history):
    """The run's own history names it."""
    assert numbers(fetched(Aws(whole(STORIES, broken={3: "States.TaskFailed"}), objects=bucket()))) == [3]


def test_what_is_wanted_comes_before_all_else(one_history):
    """To replay a symbol that went well."""
    assert numbers(fetched(Aws(whole(STORIES), objects=bucket()), wanted="TSLA")) == [2]


def test_shards_of_a_run_that_goes_on_are_found_by_their_names():
    """In one request; the records are those of the shards that have ended."""
    statuses = {f"{RUN}-shard-0001": "SUCCEEDED", f"{RUN}-shard-0002": "RUNNING", "another": "RUNNING"}
    ended = {keys.manifest(f"{RUN}-shard-0001"): {"symbols": manifest(STORIES[:1])["symbols"]}}
    objects = {keys.shards(RUN): entries(STORIES), **ended}
    aws = Aws(whole(STORIES, status="RUNNING"), objects=objects, statuses=statuses)

    run = fetched(aws)

    assert aws.asked.count("list_executions") == 1
    assert numbers(run) == [1, 2]
    assert "1 shard of 3 had not begun." in run.missing


def test_a_bucket_that_may_not_be_read_is_said():
    """The run's own history is there all the same."""
    run = fetched(Aws(whole(STORIES), objects={keys.shards(RUN): client_error("AccessDenied")}))
    assert (run.shards, len(run.events)) == ([], 13)
    assert "shards" in " ".join(run.missing)


def test_a_history_that_is_gone_leaves_the_rows():
    """AWS forgets it after 90 days; the manifest stays."""
    aws = Aws(whole(STORIES), objects=bucket())
    aws.runs.clear()
    aws._run_of = lambda arn: aws.run if arn.endswith(RUN) else gone()

    def gone():
        raise client_error("ExecutionDoesNotExist")

    run = fetched(aws)

    assert model_of(run).row_of("NFLX").outcome == "failed"
    assert "histories of shards" in " ".join(run.missing)
