"""Express executions, out of their log lines."""

import json

import pytest

from stockflow.history.express import details_key, event_of_line, events_of_log, looks_like_a_log
from stockflow.sources import model_of, open_run

LINES = [
    {
        "id": "1",
        "type": "ExecutionStarted",
        "details": {"input": "{}", "inputDetails": {"truncated": False}, "roleArn": "r"},
        "previous_event_id": "0",
        "event_timestamp": "1795213800250",
        "execution_arn": "arn:x",
    },
    {
        "id": "2",
        "type": "TaskStateEntered",
        "details": {"input": '{"symbol":"NFLX"}', "name": "Fetch"},
        "previous_event_id": "0",
        "event_timestamp": "1795213800300",
    },
    {
        "id": "3",
        "type": "TaskFailed",
        "details": {"error": "Boom", "cause": "why", "resource": "invoke", "resourceType": "lambda"},
        "previous_event_id": "2",
        "event_timestamp": "1795213800400",
    },
    {
        "id": "4",
        "type": "ExecutionFailed",
        "details": {"error": "Boom"},
        "previous_event_id": "3",
        "event_timestamp": "1795213800500",
    },
]
SHAPES = {
    "lines": "\n".join(map(json.dumps, LINES)),
    "list": json.dumps(LINES),
    "FilterLogEvents": json.dumps({"events": [{"message": json.dumps(line), "timestamp": 1} for line in LINES]}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_log_lines_are_read_in_any_export(tmp_path, shape):
    """One a line, as a list, and as CloudWatch's own answer."""
    file = tmp_path / "express.json"
    file.write_text(SHAPES[shape])
    model = model_of(open_run(str(file), tmp_path).run)
    assert [(cause.state, cause.error) for cause in model.root_causes] == [("Fetch", "Boom")]
    assert any("Express" in sentence for sentence in model.missing)


def test_a_line_becomes_an_event_of_the_history():
    """Numbers are numbers, the time is text, the details are under the key of their type."""
    assert event_of_line(LINES[2]) == {
        "timestamp": "2026-11-20T22:30:00.400Z",
        "type": "TaskFailed",
        "id": 3,
        "previousEventId": 2,
        "taskFailedEventDetails": LINES[2]["details"],
    }


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("WaitStateEntered", "stateEnteredEventDetails"),
        ("MapStateExited", "stateExitedEventDetails"),
        ("MapStateStarted", "mapStateStartedEventDetails"),
        ("LambdaFunctionFailed", "lambdaFunctionFailedEventDetails"),
    ],
)
def test_details_are_where_the_history_has_them(kind, key):
    """All Entered and all Exited events share a key."""
    assert details_key(kind) == key


def test_lines_that_are_no_events_are_passed_over():
    """A log group may hold other things too."""
    assert len(events_of_log({"events": [{"message": "START"}, {"message": json.dumps(LINES[0])}, 5]})) == 1


@pytest.mark.parametrize(
    "value", [None, [], {}, {"events": []}, [{"id": 1, "type": "x"}], [5], {"events": [{"id": 1}]}]
)
def test_a_history_is_not_taken_for_a_log(value):
    """Only what names a previous_event_id or an event_timestamp is."""
    assert not looks_like_a_log(value)
