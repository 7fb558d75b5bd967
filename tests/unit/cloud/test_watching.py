"""A run on AWS, polled: every event once and in order, politely, through trouble that passes."""

import pytest
from botocore.exceptions import EndpointConnectionError

from stockflow.cloud.watching import LONGEST_PAUSE_SECONDS, MOST_TROUBLE, SHORTEST_PAUSE_SECONDS, WatchedExecution
from stockflow.errors import CommandFailed, Unusable
from stockflow.testing import client_error
from tests.helpers.fake_aws import EXECUTION, FakeStepFunctions
from tests.helpers.made_runs import made_run, symbols

ARN = f"{EXECUTION}:a"
EVENTS = made_run(dict.fromkeys(symbols(60), "ok")).events


def watched(batches=(), events=EVENTS):
    slept = []
    stepfunctions = FakeStepFunctions(events, batches)
    return WatchedExecution(stepfunctions, ARN, slept.append), stepfunctions, slept


def seen_of(execution, most=200):
    """What a display is given until the end, as ``follow`` asks for it."""
    seen = []
    for _ in range(most):
        seen += execution.poll(len(seen))
        if not execution.running():
            return seen
        execution.pause()
    raise AssertionError("the run did not end")


def test_every_event_comes_once_and_in_order():
    """However the history grows between polls, the display gets each event once, oldest first."""
    execution, _, _ = watched(batches=[3, 0, 400, 1, 250, len(EVENTS) - 654])

    assert seen_of(execution) == EVENTS


def test_a_long_history_is_read_by_pages():
    """A run of more events than a page holds is read to its first event."""
    execution, stepfunctions, _ = watched()

    assert len(EVENTS) > 1000
    assert execution.poll(0) == EVENTS
    assert len(stepfunctions.requests) == 2


def test_a_poll_reads_only_what_is_new():
    """Once the history is known, a poll is one request of a small page."""
    execution, stepfunctions, _ = watched(batches=[1100, 5])
    execution.poll(0)
    before = len(stepfunctions.requests)

    assert [event["id"] for event in execution.poll(1100)] == [1101, 1102, 1103, 1104, 1105]
    assert [request[1] for request in stepfunctions.requests[before:]] == [200]


def test_an_event_that_is_not_there_yet_holds_back_those_after_it():
    """A history that lacks an event for a moment is shown up to the gap, and then on."""
    gap = [event for event in EVENTS[:20] if event["id"] != 15]
    execution, stepfunctions, _ = watched(events=gap)

    assert [event["id"] for event in execution.poll(0)][-1] == 14

    stepfunctions._events, stepfunctions._there = EVENTS[:20], 20
    assert [event["id"] for event in execution.poll(14)] == [15, 16, 17, 18, 19, 20]


def test_pauses_grow_while_nothing_happens():
    """A waiting run is asked less and less often, up to a limit; news makes the pause short again."""
    execution, _, slept = watched(batches=[2, *[0] * 8, 1])

    known = 0
    for _ in range(10):
        known += len(execution.poll(known))
        execution.pause()

    assert slept[0] == SHORTEST_PAUSE_SECONDS
    assert slept[:-1] == sorted(slept[:-1])
    assert slept[-2] == LONGEST_PAUSE_SECONDS
    assert slept[-1] == SHORTEST_PAUSE_SECONDS


@pytest.mark.parametrize(
    "trouble",
    [
        client_error("ThrottlingException", "GetExecutionHistory"),
        client_error("InternalServerError", "GetExecutionHistory", status=500),
        EndpointConnectionError(endpoint_url="https://states"),
    ],
)
def test_trouble_that_may_pass_is_waited_out(trouble):
    """Throttling, a server's fault and a broken line double the pause, and the watching goes on."""
    execution, _, slept = watched(batches=[2, trouble, trouble, len(EVENTS) - 2])

    assert seen_of(execution) == EVENTS
    assert slept == [2.0, 4.0, 8.0]


def test_trouble_for_minutes_ends_the_watching():
    """After ten refusals in a row one sentence says so."""
    execution, _, slept = watched(batches=[2, *[client_error("ThrottlingException")] * (MOST_TROUBLE + 1)])

    with pytest.raises(CommandFailed, match="try again in a minute"):
        seen_of(execution)

    assert sum(slept) > 240


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        ("ExecutionDoesNotExist", CommandFailed, "90 days"),
        ("InvalidArn", Unusable, "not the ARN of an execution"),
        ("AccessDeniedException", CommandFailed, "states:GetExecutionHistory"),
        ("ExpiredTokenException", Unusable, "expired"),
    ],
)
def test_what_does_not_pass_ends_the_watching_at_once(code, kind, word):
    """A run that is not there, a missing permission, credentials that ran out: one sentence, no second try."""
    execution, stepfunctions, _ = watched(batches=[client_error(code, "GetExecutionHistory")])

    with pytest.raises(kind, match=word):
        execution.poll(0)

    assert len(stepfunctions.requests) == 1


def test_after_the_end_nobody_is_asked():
    """Once the last event is seen there is no further request and no pause."""
    execution, stepfunctions, slept = watched()
    execution.poll(0)
    asked = len(stepfunctions.requests)

    execution.pause()

    assert execution.poll(len(EVENTS)) == []
    assert (len(stepfunctions.requests), slept) == (asked, [])
