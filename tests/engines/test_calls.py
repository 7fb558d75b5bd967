"""Earnings calls on the stack on LocalStack; Transcribe and Comprehend, which it lacks, are the laptop's stand-ins."""

import json
from dataclasses import asdict
from uuid import uuid4

import pytest

from stockflow.embedded.aws import EmbeddedAws
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import decode_rows
from tests.engines.outcome import states_entered
from tests.engines.runs import RUN_SECONDS
from tests.helpers.scripted_engines import ScriptedSpeech, wav_of
from tests.helpers.stack import ROOT

SAID = (
    "Good afternoon, and welcome.\nIt was a great quarter, and our customers love the new lamp.\nThe fire was a loss."
)
CALLS = {
    "AAPL/2026-10-29.wav": wav_of(SAID),
    "EXAMPLE/2026-10-29.json": (ROOT / "events" / "calls" / "example_lamps.json").read_bytes(),
}
INPUT = {"symbols": list(CALLS)}
OTHERWISE = {"engine_speech", "engine_tone", "saved_at", "execution"}
"""The columns in which a deployed run and a laptop's have to differ."""


@pytest.fixture(scope="module")
def there(stack):
    """A run of the deployed stack: its description, its history, and its objects."""
    stack.empty()
    bucket = stack.outputs["Bucket"]
    for name, body in CALLS.items():
        stack.s3.put_object(Bucket=bucket, Key=keys.call_object(name), Body=body)
    started = stack.stepfunctions.start_execution(
        stateMachineArn=stack.outputs["EarningsCallsLiveAlias"], name=str(uuid4()), input=json.dumps(INPUT)
    )
    arn = started["executionArn"]
    execution = stack.ended(arn)
    pages = stack.stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    return execution, events, {key: stack.body(key) for key in stack.object_keys()}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The same run on the embedded AWS: its history, and its objects."""
    folder = tmp_path_factory.mktemp("laptop")
    with EmbeddedAws(folder, speech=ScriptedSpeech()) as aws:
        for name, body in CALLS.items():
            aws.services.bucket.put(keys.call_object(name), body)
        arn = aws.start(INPUT, workflow="earnings-calls")
        aws.wait(arn, timeout_seconds=RUN_SECONDS)
        events = aws.history_since(arn, 0)
    return events, {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("tone/*.parquet")}


def rows(objects):
    """The rows of all tone tables, without what has to differ."""
    return {
        symbol: [
            {name: value for name, value in asdict(row).items() if name not in OTHERWISE}
            for row in decode_rows(objects[keys.tone(symbol)], symbol).rows
        ]
        for symbol in ("AAPL", "EXAMPLE")
    }


def ways(events):
    """The states that each call went through, a look at a job once, however often it was looked at."""
    return {symbol: list(dict.fromkeys(names)) for symbol, names in states_entered(events).items()}


def test_both_calls_are_saved(there):
    """A recording and a transcript end as saved, and so does the run."""
    execution, _, objects = there
    manifest = json.loads(objects[keys.manifest(execution["name"])])

    assert execution["status"] == "SUCCEEDED"
    assert {call["symbol"]: call["status"] for call in manifest["symbols"]} == dict.fromkeys(CALLS, "saved")


def test_the_calls_go_the_same_ways(there, here):
    """The states that are entered are those of the laptop."""
    assert ways(there[1]) == ways(here[0])


def test_the_tone_is_the_same(there, here):
    """The rows have the same numbers, as the same engine judged the same passages."""
    assert rows(there[2]) == rows(here[1])
