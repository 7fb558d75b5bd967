"""Child executions of a Distributed Map."""

import json

from stockflow.history.as_json import model_as_json
from stockflow.page.page import render_page
from stockflow.sources import SavedRun, model_of
from tests.helpers.recorded import history

INNER = {"StartAt": "Work", "States": {"Work": {"Type": "Task", "End": True}}}
DEFINITION = {"StartAt": "Shards", "States": {"Shards": {"Type": "Map", "ItemProcessor": INNER, "End": True}}}


def child(status, given, *events):
    return {"description": {"name": "uuid", "status": status, "input": given}, "events": history(*events)}


def parent():
    return SavedRun(
        definition=DEFINITION,
        events=history(
            "1 < 0 ExecutionStarted",
            "2 < 0 MapStateEntered name=Shards",
            "3 < 2 MapStateStarted length=3",
            "4 < 3 MapRunStarted mapRunArn=arn:map",
            "5 < 4 MapRunFailed error=States.ExceedToleratedFailureThreshold",
            "6 < 5 MapStateFailed",
            "7 < 6 ExecutionFailed error=States.ExceedToleratedFailureThreshold",
        ),
        map_runs=[
            {
                "map_run": {"mapRunArn": "arn:map"},
                "children": [
                    child("SUCCEEDED", '{"symbol":"AAPL"}'),
                    child(
                        "FAILED",
                        '{"symbol":"NFLX"}',
                        "1 < 0 ExecutionStarted",
                        "2 < 0 TaskStateEntered name=Work",
                        "3 < 2 TaskScheduled resource=invoke",
                        "4 < 3 TaskFailed error=Boom",
                        "5 < 4 ExecutionFailed error=Boom",
                    ),
                    child("ABORTED", '"TSLA"'),
                ],
            }
        ],
    )


def test_children_are_rows_named_by_their_input():
    """A child execution is an iteration; its status tells how it ended."""
    rows = [(row.symbol, row.status) for row in model_of(parent()).rows]
    assert rows == [("NFLX", "failed"), ("TSLA", "aborted"), ("AAPL", "ok")]


def test_a_childs_failure_is_the_root_cause():
    """Not the Map whose threshold it exceeded."""
    model = model_of(parent())
    assert [(c.path, c.error, model.symbols_of(c)) for c in model.root_causes] == [
        (("Shards", "Work"), "Boom", ["NFLX"])
    ]


def test_without_children_the_map_is_blamed():
    """Their histories were not fetched: the Map's own error is all there is."""
    run = parent()
    run.map_runs = []
    assert [c.state for c in model_of(run).root_causes] == ["Shards"]


def test_a_map_run_that_is_not_in_the_history_is_passed_over():
    """A saved run may be put together by hand."""
    saved = json.loads(parent().to_json())
    saved["map_runs"] = [{"map_run": {"mapRunArn": "arn:other"}, "children": [{}]}, {"children": None}]
    assert model_of(SavedRun.from_dict(saved)).rows == []


def test_the_events_of_children_stay_out_of_the_parents():
    """Their ids would clash: --json has the parent's events, the page has both."""
    model = model_of(parent())
    assert [event["id"] for event in model_as_json(model)["events"]] == [1, 2, 3, 4, 5, 6, 7]
    assert '"1:2"' not in render_page(model)
    assert '"2:4"' in render_page(model)
