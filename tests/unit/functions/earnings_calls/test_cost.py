"""The cost formula."""

import json
from pathlib import Path

import pytest

from stockflow_functions.earnings_calls.cost import CallWork, cost_of_items, run_cost, typical
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR

REPOSITORY = Path(__file__).resolve().parents[4]
WAYS = {
    AUDIO: ("Door?", "StartTranscription", "ReadTranscript", "JudgeTone", "SaveTone"),
    VENDOR: ("Door?", "WaitForSlot", "FetchTranscript", "ReadTranscript", "JudgeTone", "SaveTone"),
    TRANSCRIPT: ("Door?", "ReadTranscript", "JudgeTone", "SaveTone"),
}


def states_entered(*names):
    """How many states that is, each checked to be in the definition."""
    definition = json.loads((REPOSITORY / "statemachine" / "earnings_calls.asl.json").read_text())
    inner = definition["States"]["EachCall"]["ItemProcessor"]["States"]
    assert set(names) <= set(definition["States"]) | set(inner)
    return len(names)


def more(work, name, than=None):
    """What one call adds to a count, or adds beside another."""
    return run_cost([than or CallWork(TRANSCRIPT), work])[name] - run_cost([than or CallWork(TRANSCRIPT)])[name]


def test_run_without_a_call_enters_five_states():
    """Nothing to do costs next to nothing."""
    expected = states_entered("PlanCalls", "AnyCalls?", "NotifyCalls", "Outcome?", "Succeeded")

    assert run_cost([])["state_transitions"] == expected
    assert run_cost([])["dollars"] < 0.001


@pytest.mark.parametrize("door", WAYS)
def test_call_pays_for_the_states_of_its_door(door):
    """One transition each."""
    assert more(CallWork(door), "state_transitions") == states_entered(*WAYS[door])


def test_look_takes_three_states():
    """And one call of the function."""
    expected = states_entered("WaitForTranscription", "LookAtTranscription", "Transcribed?")

    assert more(CallWork(AUDIO, looks=1), "state_transitions") == len(WAYS[AUDIO]) + expected
    assert more(CallWork(AUDIO, looks=7), "lambda_invocations") == 4 + 7


def test_further_request_takes_the_way_back_to_its_new_slot():
    """Five transitions and two calls of the function, as for prices."""
    plain, again = CallWork(VENDOR, requests=1), CallWork(VENDOR, requests=2)

    assert more(again, "state_transitions") - more(plain, "state_transitions") == 5
    assert more(again, "lambda_invocations") - more(plain, "lambda_invocations") == 2


@pytest.mark.parametrize("state", ["FetchTranscript", "ReadTranscript", "JudgeTone", "SaveTone"])
def test_call_that_stops_pays_for_the_states_it_entered(state):
    """Up to the one it stopped in, and for the one that catches it."""
    way = WAYS[VENDOR][: WAYS[VENDOR].index(state) + 1]

    assert more(CallWork(VENDOR, stopped_in=state), "state_transitions") == states_entered(*way, "SymbolFailed")


def test_call_that_stops_at_a_look_enters_no_choice_behind_it():
    """SymbolFailed comes in its place."""
    way = ("Door?", "StartTranscription", "WaitForTranscription", "LookAtTranscription", "SymbolFailed")
    work = CallWork(AUDIO, looks=1, stopped_in="LookAtTranscription")

    assert more(work, "state_transitions") == states_entered(*way)


def test_error_of_no_state_of_the_way_costs_at_most_the_whole_way():
    """A run that was ended from outside."""
    assert run_cost([CallWork(AUDIO, stopped_in="EachCall")])["s3_puts"] == run_cost([CallWork(AUDIO)])["s3_puts"]


def test_recording_of_an_hour_costs_what_transcribe_takes():
    """At most: 3,600 seconds at the first price; passages are a twentieth of that."""
    cost = run_cost([typical(AUDIO)])

    assert cost["transcribed_seconds"] == 3_600
    assert cost["comprehend_units"] == 750
    assert cost["dollars"] == pytest.approx(1.44 + 0.075, abs=0.005)


def test_short_recording_counts_as_fifteen_seconds():
    """That is the least that Transcribe charges; a job that there was is charged to the run that started it."""
    assert run_cost([CallWork(AUDIO, transcribed_seconds=2.0)])["transcribed_seconds"] == 15
    assert run_cost([CallWork(AUDIO)])["transcribed_seconds"] == 0


def test_transcript_costs_its_tone():
    """No job, no request."""
    cost = run_cost([typical(TRANSCRIPT)])

    assert (cost["transcribed_seconds"], cost["dynamodb_writes"], cost["dynamodb_reads"]) == (0, 0, 0)
    assert cost["dollars"] == pytest.approx(0.0755, abs=0.001)


def test_estimate_is_of_recordings_of_an_hour():
    """Which is what can be dropped without a word on how long it is."""
    assert cost_of_items(2).dollars == run_cost([typical(AUDIO)] * 2)["dollars"]
    assert cost_of_items(2).state_transitions == run_cost([typical(AUDIO)] * 2)["state_transitions"]
    assert cost_of_items(2).lambda_seconds > cost_of_items(1).lambda_seconds
