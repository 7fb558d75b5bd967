"""The manifest of a run."""

import pytest

from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.contracts import CallsManifest
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from stockflow_functions.earnings_calls.notify.manifest import failure_manifest, summary_manifest
from stockflow_functions.earnings_calls.outcome import CallOutcome
from stockflow_functions.pacing.planning import NO_REQUESTS
from stockflow_functions.reporting.failed_run import FailedRun, Traces

NOW = "2026-11-20T17:00:00.000Z"
ENGINES = {"speech": "Amazon Transcribe", "tone": "Amazon Comprehend"}
RUN = {"execution": "one", "execution_arn": "arn:one", "started_at": NOW, "trigger": "inbox"}
FAILURE = Failure("States.Timeout", "It took longer than its TimeoutSeconds.", "EachCall")
DOORS = {"A/2026-10-29.mp3": AUDIO, "B/2026-10-29.json": TRANSCRIPT, "C/2024Q1": VENDOR}


def plan(*names, **more):
    work = [{"symbol": name, "call": {"door": DOORS[name]}} for name in names]
    nothing = {"deferred": [], "unchanged": [], "skipped": None, "requests": NO_REQUESTS, "warnings": []}
    return {"run": RUN, "work": work, **nothing, **more}


def summary(*records, ended=None, **more):
    """Of calls with these records, which the Map saw end so."""
    names = [record.symbol for record in records]
    entries = ended or [entry(record.symbol, record.status) for record in records]
    of_map = {**plan(*(name for name in names if name in DOORS), **more), "symbols": entries}
    return summary_manifest(of_map, {record.symbol: record for record in records}, NOW, ENGINES)


def entry(name, status, error=None, state="ReadTranscript"):
    return {"symbol": name, "status": status, **({"error": {"type": error, "state": state}} if error else {})}


def saved(name="A/2026-10-29.mp3", **more):
    return CallOutcome(name, "saved", **more)


def test_manifest_has_the_fields_of_its_contract():
    """All of them, and no other."""
    assert set(summary(saved())) == CallsManifest.__required_keys__


def test_calls_that_were_not_tried_are_in_it_too():
    """Known ones and deferred ones, by their names."""
    told = summary(saved(), unchanged=["B/2026-10-29.json"], deferred=["C/2024Q1"])

    assert [call["status"] for call in told["symbols"]] == ["saved", "unchanged", "deferred"]
    assert told["outcome"] == "partial"


def test_record_of_an_earlier_attempt_is_not_believed():
    """The state was killed before it could record its last failure: the Map knows better, the requests count."""
    record = CallOutcome("C/2024Q1", "failed", attempts=3, error=Failure("Throttled", "Slow down.", "FetchTranscript"))
    told = summary(record, ended=[entry("C/2024Q1", "failed", "Runtime.ExitError", "FetchTranscript")])

    (call,) = told["symbols"]
    assert (call["error"]["type"], call["error"]["state"], call["attempts"]) == (
        "Runtime.ExitError",
        "FetchTranscript",
        3,
    )
    assert call["error"]["message"].startswith("The function's process ended without an answer")


def test_call_without_a_record_is_told_as_the_map_saw_it():
    """With the standard sentence of its error."""
    of_map = {**plan("A/2026-10-29.mp3"), "symbols": [entry("A/2026-10-29.mp3", "failed", "NoSpeech")]}
    (call,) = summary_manifest(of_map, {}, NOW, ENGINES)["symbols"]

    assert call["error"]["message"].startswith("The transcript has no words")


@pytest.mark.parametrize("name", DOORS)
def test_cost_is_that_of_the_calls_door(name):
    """Also of one that failed before its source was known."""
    failed = CallOutcome(name, "failed", error=Failure("CallReplaced", "", "ReadTranscript"))
    ended = [entry(name, "failed", "CallReplaced")]

    states = {AUDIO: 3, TRANSCRIPT: 2, VENDOR: 4}[DOORS[name]]
    assert summary(failed, ended=ended)["cost"]["state_transitions"] == 6 + states + 1


def test_units_and_seconds_are_the_sums():
    """What the run has paid for."""
    cost = summary(saved(transcribed_seconds=60.0, units=9, looks=2), saved("B/2026-10-29.json", units=6))["cost"]

    assert (cost["transcribed_seconds"], cost["comprehend_units"]) == (60.0, 15)


def test_run_that_failed_tells_its_error_for_each_call_without_a_record():
    """The others keep theirs."""
    traces = Traces(plan=plan("A/2026-10-29.mp3", "B/2026-10-29.json"), symbols={"A/2026-10-29.mp3": saved()})
    told = failure_manifest(failed_run(), traces, FAILURE, NOW, ENGINES)

    assert [(call["status"], call["error"] and call["error"]["type"]) for call in told["symbols"]] == [
        ("saved", None),
        ("failed", "States.Timeout"),
    ]
    assert (told["outcome"], told["error"]["state"]) == ("failed", "EachCall")


def test_run_that_failed_before_its_plan_has_no_calls():
    """What is known of it is in the input."""
    told = failure_manifest(failed_run({"trigger": "inbox"}), Traces(), FAILURE, NOW, ENGINES)

    assert (told["symbols"], told["trigger"], told["cost"]["comprehend_units"]) == ([], "inbox", 0)


def test_manifest_that_is_there_is_kept_but_for_its_end():
    """NotifyCalls failed after it had written it."""
    written = summary(saved())
    told = failure_manifest(failed_run(), Traces(manifest=written), FAILURE, NOW, ENGINES)

    assert told["symbols"] == written["symbols"]
    assert told["sentence"] == "States.Timeout in EachCall: It took longer than its TimeoutSeconds."


def failed_run(workflow_input=None):
    return FailedRun("one", "arn:one", NOW, workflow_input or {}, None)
