"""The fault matrix of earnings calls: each call of AWS that each state makes, refused, denied, cut or killed, before or
after its effect; what the workflow does, and what is in the dataset then and after a clean run.

The states are taken by the real definition, Retry and Catch too, on AWS in memory.
"""

from functools import cache

import pytest

from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from tests.helpers.tripped_aws import CUT, KILL, READS_A_BODY, WRITES, Trip
from tests.workflow.calls_by_hand import NAMES, CallsByHand

ALWAYS = 99
OWN_STATES = {
    AUDIO: "",
    TRANSCRIPT: ("PlanCalls", "ReadTranscript"),
    VENDOR: ("PlanCalls", "FetchTranscript", "ReadTranscript"),
}
"""What the other doors do otherwise than a recording's."""
BUSY = {
    "s3": "SlowDown",
    "dynamodb": "ProvisionedThroughputExceededException",
    "secretsmanager": "ThrottlingException",
    "transcribe": "ThrottlingException",
    "comprehend": "ThrottlingException",
}
DENIED = {"s3": "AccessDenied"}
ERRORS = {
    "busy": {"StorageUnavailable", "TranscriberBusy", "ToneUnavailable", "NotificationFailed"},
    "denied": {"StorageDenied", "NotificationFailed"},
    KILL: {"Runtime.ExitError"},
}
MARKER = "runs/one/told.json"
"""What becomes of it costs nobody a message, nor the run its colour."""


@cache
def clean(door):
    """The calls that a run makes which meets no fault, and the dataset that it leaves."""
    calls = CallsByHand()
    assert calls.run(NAMES[door])[0] == "SUCCEEDED"
    return calls.aws.made, calls.dataset()


def cells():
    """Door, kind of fault, and the fault."""
    for door, states in OWN_STATES.items():
        for call in clean(door)[0]:
            if call.state.startswith(states):
                yield from ((door, kind, Trip(call, *fault)) for kind, fault in faults_of(call))


def faults_of(call):
    """One that passes, of each kind; and those that stay."""
    denied = "403" if call.operation == "head_object" else DENIED.get(call.service, "AccessDeniedException")
    whens = ("before", "after") if call.operation in WRITES else ("before",)
    for when in whens:
        yield "busy", (BUSY[call.service], when, 1)
        yield KILL, (KILL, when, 1)
    for kind, code in (("busy", BUSY[call.service]), ("denied", denied)):
        yield kind, (code, "before", ALWAYS)
    if call.operation in READS_A_BODY and not call.subject.startswith("transcripts/"):  # which is not there yet
        yield CUT, (CUT, "during", 1)
    if call.operation == "put_object":
        yield KILL, (KILL, "before", ALWAYS)


def cell_id(cell):
    door, kind, trip = cell
    return f"{door}: {trip.call.name}, {kind}, {trip.when}, {'once' if trip.times == 1 else 'always'}"


CELLS = list(cells())
AT_FIRST = CallsByHand().dataset()
ONCE = [cell for cell in CELLS if cell[2].times == 1]
STAYING = [cell for cell in CELLS if cell[2].times == ALWAYS]


def after_fault(door, trip):
    """A run that meets the fault: the calls, the run's status and its manifest."""
    calls = CallsByHand()
    calls.aws.arm(trip)
    status, manifest, output = calls.run(NAMES[door])
    return calls, status, manifest, output


@pytest.mark.parametrize("cell", ONCE, ids=cell_id)
def test_fault_that_passes_is_healed(cell):
    """The workflow tries again: the call is saved as if nothing had been, and no job is started twice."""
    door, _, trip = cell
    calls, status, manifest, _ = after_fault(door, trip)

    assert (status, [each["status"] for each in manifest["symbols"]]) == ("SUCCEEDED", ["saved"])
    assert calls.dataset() == clean(door)[1]
    assert len(calls.transcribe.started) == (door == AUDIO)


@pytest.mark.parametrize("cell", STAYING, ids=cell_id)
def test_fault_that_stays_leaves_no_wrong_row_and_is_made_up_for(cell):
    """The error has a name; the dataset is as before or complete, and complete after a clean run."""
    door, kind, trip = cell
    calls, status, manifest, output = after_fault(door, trip)
    told = [each["error"]["type"] for each in manifest["symbols"] if each["error"]] if manifest else []
    between = calls.dataset()
    calls.aws.arm(None)
    calls.steps.run({"symbols": [NAMES[door]]}, "two")

    whole = clean(door)[1]
    assert {*told, output.get("Error")} & ERRORS[kind] or trip.call.subject == MARKER
    assert status == "FAILED" or trip.call.subject == MARKER
    assert all(value in (whole[key], AT_FIRST.get(key)) for key, value in between.items())
    assert calls.dataset() == whole
