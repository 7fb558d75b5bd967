"""The cost formula of earnings calls, held to what the workflow really does at each of its doors."""

from collections import Counter
from contextlib import ExitStack

import botocore.client
import pytest

from stockflow.embedded.direct_calls import DirectCalls
from stockflow.embedded.function_host import CURRENT
from stockflow_functions.pacing import slot_gate
from tests.workflow.calls_stage import GIVEN, CallsStage, wav

KINDS = {
    "PutObject": "s3_puts",
    "ListObjectsV2": "s3_puts",
    "GetObject": "s3_gets",
    "HeadObject": "s3_gets",
    "GetItem": "dynamodb_reads",
    "UpdateItem": "dynamodb_writes",
    "PutItem": "dynamodb_writes",
}
DATASET = ("tone/", "transcripts/")
"""What stays: all else that a run writes expires."""
RUNS = (
    ("ONE/2024-04-24.wav",),
    ("ONE/2024-07-24.json",),
    ("VENDOR/2024Q1@2024-04-24",),
    ("TWO/2024-04-24.wav", "TWO/2024-07-24.json", "VENDOR/2024Q2@2024-07-24"),
)
MISSING, SILENT = "VENDOR/2024Q3@2024-10-23", "TWO/2024-10-24.json"
GREEN = {"FAIL_RUN_ON_SYMBOL_FAILURE": "false"}
"""A red run's event calls NotifyCalls once more, beside the workflow; a green one is counted whole."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with ExitStack() as stack:
        stage = CallsStage(stack, tmp_path_factory.mktemp("cost"), **GREEN)
        for name in (name for names in RUNS for name in names if "." in name):
            stage.drop(name, wav() if name.endswith("wav") else GIVEN)
        stage.drop(SILENT, b'{"results": {}}')
        yield stage


@pytest.fixture
def counted(stage, monkeypatch):
    """Runs these calls; gives what was counted, under the names of the manifest's cost, and the manifest."""
    # However late this machine is: an exchange costs a read and a write, which are not a good day's.
    monkeypatch.setattr(slot_gate, "LEAST_GRACE_MS", 600_000)
    counts, records = Counter(), set()
    original, invoke = botocore.client.BaseClient._make_api_call, DirectCalls.invoke

    def count_invoke(functions, **given):
        counts["lambda_invocations"] += 1
        return invoke(functions, **given)

    def count(client, operation, parameters):
        key = str(parameters.get("Key", ""))
        if operation in KINDS and (CURRENT.get() or key.startswith("transcriptions/")):
            counts[KINDS[operation]] += 1
            if operation == "PutObject":
                counts["s3_events"] += 2 + (key not in records and not key.startswith(DATASET))
                records.add(key)
        return original(client, operation, parameters)

    def run(*names):
        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", count)
        monkeypatch.setattr(DirectCalls, "invoke", count_invoke)
        arn = stage.start(*names)
        manifest = stage.end(arn)
        return {**counts, "state_transitions": transitions(stage.aws.history_since(arn, 0))}, manifest

    return run


def transitions(events):
    """States entered, and retries: a Task scheduled again without being entered again."""
    types = Counter(event["type"] for event in events)
    entered = sum(count for kind, count in types.items() if kind.endswith("StateEntered"))
    return entered + types["TaskScheduled"] - types["TaskStateEntered"]


@pytest.mark.parametrize("names", RUNS, ids=" ".join)
def test_formula_counts_what_the_workflow_does(counted, names):
    """Transitions, Lambda calls, requests to S3 and DynamoDB and S3's events are the ones that were really made."""
    counts, manifest = counted(*names)

    assert {call["status"] for call in manifest["symbols"]} == {"saved"}
    assert {name: manifest["cost"][name] for name in counts} == counts


def test_call_that_stops_costs_no_more_than_the_formula_says(counted):
    """States and functions are counted as they were entered; what a state did not get to is counted too."""
    counts, manifest = counted(MISSING, SILENT)

    assert {call["error"]["type"] for call in manifest["symbols"]} == {"NoTranscript", "NoSpeech"}
    exact = ("state_transitions", "lambda_invocations")
    assert {name: manifest["cost"][name] for name in exact} == {name: counts[name] for name in exact}
    assert all(count <= manifest["cost"][name] for name, count in counts.items())


def test_job_of_an_earlier_run_is_not_paid_for_again(stage):
    """Its transcript is read, its passages are judged."""
    stage.drop("THREE/2024-04-24.wav", wav())
    stage.run("THREE/2024-04-24.wav")
    stage.aws.services.client("s3").delete_object(Bucket=stage.bucket.name, Key="transcripts/THREE/2024-04-24.parquet")
    cost = stage.run("THREE/2024-04-24.wav")["cost"]

    assert cost["transcribed_seconds"] == 0
    assert cost["comprehend_units"] > 0
