"""The largest run of earnings calls ends within its history and its time, whatever its transcription jobs do."""

from math import ceil

import pytest

from stockflow_functions.aws.state_table.history import EVENTS_OF_A_RUN, KEPT_BACK
from stockflow_functions.domain.limits import MOST_EVENTS
from stockflow_functions.earnings_calls import history
from stockflow_functions.earnings_calls.look.app import MOST_TRIES
from stockflow_functions.earnings_calls.look.waiting import LONGEST_MS, wait_seconds
from stockflow_functions.earnings_calls.names import AUDIO, MOST_CALLS, TRANSCRIPT, VENDOR
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.runtime.settings import Settings
from tests.helpers.stack import definition, function_properties, iteration

STATES = iteration(EARNINGS_CALLS)["States"]
AN_ITERATION, A_STATE, AN_ATTEMPT = 2, 2, 3
"""Begun and ended; entered and exited; scheduled, started, and succeeded or failed."""
FIRST_LOOK_SECONDS = int(
    function_properties("LookAtTranscription")["Environment"]["Variables"]["TRANSCRIPTION_LOOK_SECONDS"]
)
LOOKING = ("WaitForTranscription", "LookAtTranscription", "Transcribed?")
JUDGING = ("ReadTranscript", "JudgeTone", "SaveTone")


def events(*path):
    """Of these states in turn, each Task at its first attempt."""
    return sum(A_STATE + AN_ATTEMPT * (STATES[name]["Type"] == "Task") for name in path)


def looks_at(looks=0):
    """How many waits and looks a job takes that never ends, and their seconds, after so many looks at another one."""
    seconds, before = 0, looks
    while seconds * 1000 <= LONGEST_MS:
        seconds += wait_seconds(looks, FIRST_LOOK_SECONDS)
        looks += 1
    return looks - before, seconds


def hanging_jobs():
    """Looks and seconds of as many jobs, one after the other, as a run starts for a recording."""
    looks = seconds = 0
    for _ in range(MOST_TRIES):
        more, lasted = looks_at(looks)
        looks, seconds = looks + more, seconds + lasted
    return looks, seconds


@pytest.mark.parametrize(
    ("door", "path"),
    [
        (TRANSCRIPT, JUDGING),
        (VENDOR, ("WaitForSlot", "FetchTranscript", *JUDGING)),
        (AUDIO, (*["StartTranscription"] * MOST_TRIES, *LOOKING * hanging_jobs()[0], *JUDGING)),
    ],
    ids=[TRANSCRIPT, VENDOR, AUDIO],
)
def test_a_call_takes_so_many_events(door, path):
    """From its door to its last state; a recording's with all the jobs and looks that there may be."""
    assert AN_ITERATION + events("Door?", *path) == history.EVENTS_OF_A_CALL[door]


def test_the_waits_are_those_of_the_setting():
    """The template waits for the first look as long as the setting says by itself."""
    assert Settings().transcription_look_seconds == FIRST_LOOK_SECONDS


def test_the_largest_run_has_its_whole_history():
    """Recordings whose jobs all hang leave spare events, beside those kept back: Step Functions never ends the run."""
    spare = history.spare_events([AUDIO] * MOST_CALLS)

    assert spare > 0
    most = spare + KEPT_BACK + EVENTS_OF_A_RUN + MOST_CALLS * history.EVENTS_OF_A_CALL[AUDIO]
    assert most == MOST_EVENTS


def test_a_run_itself_takes_so_many_events():
    """Begun, planned, the Map, told of, and ended: as many as the budget's arithmetic counts for any workflow."""
    machine = definition(EARNINGS_CALLS)["States"]
    path = ("PlanCalls", "AnyCalls?", "EachCall", "NotifyCalls", "Outcome?", "Succeeded")
    tasks = sum(machine[name]["Type"] == "Task" for name in path)
    assert 2 + A_STATE * len(path) + AN_ATTEMPT * tasks + 2 == EVENTS_OF_A_RUN  # the Map began and ended


def test_the_largest_run_ends_in_time():
    """Lane by lane, recordings whose jobs all hang are given up before the run's own time-out."""
    lanes = definition(EARNINGS_CALLS)["States"]["EachCall"]["MaxConcurrency"]
    hours = ceil(MOST_CALLS / lanes) * hanging_jobs()[1] / 3600

    assert hours == pytest.approx(37, abs=1)
    assert hours < definition(EARNINGS_CALLS)["TimeoutSeconds"] / 3600 - 3
