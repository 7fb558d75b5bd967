"""The permissions in template.yaml are what the functions need, all of it and no more, as runs of every kind show."""

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch

import pandas
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from functions.clock import SystemClock, to_iso
from functions.lake import keys
from functions.prices.parquet import encode
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.function_host import CURRENT
from stockflow.embedded.vendor import SimulatedVendor
from tests.contract.stack import STATES, permissions

# What AWS itself does in a function's name, so that no run of ours shows it.
DONE_BY_AWS = {"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"}
DONE_BY_AWS |= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# Needed where a run can't easily be brought: with the reason.
RARER = {
    ("Transform", "dynamodb:GetItem"): "the budget is read again where another function renewed an older item first",
}
TOPIC = "arn:aws:sns:us-east-1:123456789012:stockflow"
ENVIRONMENT = {"REQUESTS_PER_MINUTE": "1200", "REQUESTS_PER_DAY": "0", "SNS_TOPIC_ARN": TOPIC}
RUN = {"execution": "e", "trigger": "console", "series": "daily", "outputsize": "compact", "force": False}


def needs(operation, request, answer_code):
    """The permissions that a call needs: ``(action, resource)`` pairs.

    docs.aws.amazon.com/AmazonS3/latest/userguide: without ListBucket a missing object looks forbidden; a write with
    If-Match needs GetObject too.
    """
    key = f"Bucket/{request.get('Key', '')}"
    match operation:
        case "GetObject":
            return [("s3:GetObject", key), *([("s3:ListBucket", "Bucket")] if answer_code == "NoSuchKey" else [])]
        case "PutObject":
            return [("s3:PutObject", key), *([("s3:GetObject", key)] if "IfMatch" in request else [])]
        case "ListObjectsV2":
            return [("s3:ListBucket", "Bucket")]
        case "GetItem" | "PutItem" | "UpdateItem":
            return [(f"dynamodb:{operation}", "StateTable")]
        case "GetSecretValue":
            return [("secretsmanager:GetSecretValue", "Secret")]
        case "Publish":
            return [("sns:Publish", "Topic")]
        case _:
            raise AssertionError(f"A function calls {operation}: say here what that needs, and grant it.")


@pytest.fixture(scope="module")
def needed(tmp_path_factory):
    """What the functions needed, state by state."""
    found = defaultdict(set)
    call = BaseClient._make_api_call

    def recorded(client, operation, request):
        code = ""
        try:
            return call(client, operation, request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise
        finally:
            invocation = CURRENT.get()
            if invocation is not None:
                found[invocation.function.split("-")[1]].update(needs(operation, request, code))

    with (
        SimulatedVendor(faults={"SLOW": ["throttled"], "SLOW2": ["throttled"], "SPENT": ["quota"]}) as vendor,
        EmbeddedAws(tmp_path_factory.mktemp("out"), ENVIRONMENT, vendor=vendor) as aws,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(BaseClient, "_make_api_call", recorded)
        usual_runs(aws)
        rare_calls(Rare(aws))
    return found


def usual_runs(aws):
    """Runs by every start, with symbols that end in every way."""
    s3, bucket = aws.session.client("s3"), aws.settings.bucket
    s3.put_object(Bucket=bucket, Key=keys.prices("daily", "TORN"), Body=b"no table")
    s3.put_object(Bucket=bucket, Key="inbox/list.txt", Body=b"AAPL\n")
    for workflow_input in (
        {"symbols": ["AAPL", "SLOW", "TORN", "UNKNOWN1"]},
        {"trigger": "inbox", "list": {"bucket": bucket, "key": "inbox/list.txt"}},
        {"symbols": ["AAPL"], "series": "daily_adjusted", "outputsize": "full"},
        {"symbols": ["AAPL", "SLOW2", "UNKNOWN1"], "trigger": "smoke"},
        {"symbols": ["../x"]},
        {"symbols": ["SPENT"]},
    ):
        aws.services._secrets_read_ms = None  # each function instance on AWS reads the secret for itself
        aws.wait(aws.start(workflow_input), timeout_seconds=60)


class Rare:
    """Calls of single functions with what seldom happens; how they end does not matter here."""

    def __init__(self, aws):
        self.aws = aws
        self.s3 = aws.session.client("s3")
        self.now = to_iso(SystemClock().now_ms())

    def put(self, key, body):
        self.s3.put_object(Bucket=self.aws.settings.bucket, Key=key, Body=body)

    def put_budget_of_an_older_release(self):
        item = {"pk": {"S": f"budget#{self.aws.settings.budget_name}"}, "version": {"N": "0"}}
        self.aws.services.dynamodb.put_item(TableName=self.aws.settings.table, Item=item)

    def call(self, state, **event):
        self.aws.functions[state](json.dumps({"run": RUN, **event}).encode())

    def answer(self, **bars):
        """Puts a raw answer with these closes by date in the bucket, and gives what Fetch says of it."""
        series = {
            day: dict(
                zip(("1. open", "2. high", "3. low", "4. close", "5. volume"), [str(close)] * 4 + ["9"], strict=True)
            )
            for day, close in bars.items()
        }
        meta = {"2. Symbol": "ODD", "3. Last Refreshed": max(bars), "5. Time Zone": "US/Eastern"}
        self.put("raw/odd", gzip.compress(json.dumps({"Meta Data": meta, "Time Series (Daily)": series}).encode()))
        return {"key": "raw/odd", "fetched_at": self.now, "attempts": 1}


def rare_calls(rare):
    """A repeated Plan, a last try, a budget of an older release, a question, bad rows, a restatement."""
    slot = {"not_before": rare.now, "moves": 0}
    plan = {"run": None, "input": {"symbols": ["AAPL"]}, "execution": "e", "execution_arn": "a", "started_at": rare.now}
    today = datetime.now(UTC).date()
    days = [str(day) for day in (today - timedelta(days=ago) for ago in range(4, 12)) if day.weekday() < 5]

    for state, event in (
        ("Plan", {**plan, "retry_count": 1}),
        ("Plan", {**plan, "input": {"symbols": ["AAPL"], "trigger": "smoke"}, "retry_count": 1}),
        ("Fetch", {"symbol": "AAPL", "slot": {**slot, "tries": 5}, "retry_count": 1}),
        (
            "Fetch",
            {"run": {**RUN, "trigger": "smoke"}, "symbol": "AAPL", "slot": {**slot, "tries": 5}, "retry_count": 1},
        ),
        ("Fetch", {"symbol": "AAPL", "slot": slot, "retry_count": 1}),
        ("Fetch", {"symbol": "AAPL", "slot": {**slot, "asks": "splits", "answer": {"key": "raw/odd"}}}),
        ("Transform", {"symbol": "ODD", "answer": rare.answer(**{days[0]: 10, days[1]: 100, days[2]: -1})}),
    ):
        rare.put_budget_of_an_older_release()
        rare.call(state, **event)

    rare.call("Plan", **{**plan, "execution": "stopped", "input": {"symbols": [f"S{n}" for n in range(500)]}})
    detail = {"name": "stopped", "executionArn": "a", "status": "ABORTED", "startDate": 0, "input": "{}"}
    rare.call("Notify", report="event", event={"detail": detail})
    rare.call("Transform", symbol="GONE", answer={"key": "raw/gone", "fetched_at": rare.now})
    rare.call("Transform", symbol="ODD", answer=rare.answer(**{days[0]: 10, days[1]: 10.1}))
    for close in (10.0, 11.0):
        columns = {name: [close] for name in ("open", "high", "low", "close")}
        dates = pandas.to_datetime([days[1]]).astype("datetime64[s]")
        table = pandas.DataFrame({"symbol": ["ODD"], "date": dates, **columns, "volume": [9]})
        rare.put(keys.staged("e", "ODD"), encode(table, "daily"))
        about = {"key": keys.staged("e", "ODD"), "rows": 1, "fetched_at": rare.now, "full": False}
        rare.call("Save", symbol="ODD", table=about)


@pytest.mark.parametrize("state", STATES)
def test_a_function_may_do_all_that_it_does(state, needed):
    """Nothing that a function did in all those runs would have been denied by its role."""
    allowed = permissions(f"{state}Role")
    denied = [
        (action, place)
        for action, place in sorted(needed[state])
        if not any(fnmatch(place, pattern) for pattern in allowed.get(action, []))
    ]
    assert denied == []


@pytest.mark.parametrize("state", STATES)
def test_a_function_does_all_that_it_may(state, needed):
    """Each permission of a function's role was used in one of those runs: none is there by mistake."""
    unused = [
        (action, pattern)
        for action, patterns in permissions(f"{state}Role").items()
        for pattern in patterns
        if action not in DONE_BY_AWS
        and (state, action) not in RARER
        and not any(a == action and fnmatch(place, pattern) for a, place in needed[state])
    ]
    assert unused == []
