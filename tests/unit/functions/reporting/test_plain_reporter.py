"""The notifier of a workflow that has nothing to say of a run but how its items ended."""

import json

import pytest

from stockflow_functions.reporting.notifier import state_function
from stockflow_functions.reporting.plain import PlainReporter
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.state import StateFunction
from stockflow_functions.runtime.workflow import Cost, Function, Workflow

COUNTING = Workflow(
    name="counting",
    machine="Counting",
    definition="counting.asl.json",
    functions=(Function("Count", "counting.count", 128, 10), Function("Tell", "counting.tell", 128, 10)),
    retries={},
    planner="",
    map_state="EachWord",
    steps=("Count",),
    notifiers=("Tell",),
    notifier="Tell",
    check=lambda workflow_input: None,
    items_of=lambda workflow_input, default: list(workflow_input["symbols"]),
    summary=lambda answer: "",
    cost=lambda items: Cost(0, 0.0, 0.0),
    done=frozenset({"counted"}),
)
RUN = {
    "execution": "words",
    "execution_arn": "arn:aws:states:us-east-1:123456789012:execution:Counting:words",
    "started_at": "2026-11-20T22:30:00.000Z",
    "trigger": "laptop",
}
HANDLER = state_function("Tell", lambda services: PlainReporter(COUNTING))


def summary(*symbols):
    return {"report": "summary", "plan": {"run": RUN, "symbols": list(symbols)}, "retry_count": 0}


def failed(symbol, **record):
    return {"symbol": symbol, "status": "failed", "error": {"type": "NoSuchWord", "state": "Count"}, **record}


def manifest(stage):
    return stage.s3.json("runs/words/manifest.json")


def said(inbox):
    (message,) = inbox.messages
    return message.channel, json.dumps(message.payload)


def test_a_good_run_is_told_in_a_line(stage, inbox):
    """Its manifest has how each item ended, and people hear of it once."""
    answer = HANDLER.run(summary({"symbol": "a", "status": "counted"}), None, stage.services)

    assert answer == {"outcome": "succeeded", "end_as_failed": False, "sentence": "1 symbol done."}
    assert manifest(stage)["symbols"] == [{"symbol": "a", "status": "counted", "error": None}]
    assert said(inbox)[0] == "info"


def test_a_failed_item_is_named_with_what_to_paste(stage, inbox):
    """Its record says why, and the run ends red."""
    error = {"type": "NoSuchWord", "message": "There is no such word.", "state": "Count"}
    stage.s3.put_json("runs/words/symbols/b.json", {"symbol": "b", "status": "failed", "error": error})

    answer = HANDLER.run(summary({"symbol": "a", "status": "counted"}, failed("b")), None, stage.services)

    assert (answer["outcome"], answer["end_as_failed"]) == ("partial", True)
    assert manifest(stage)["symbols"][1]["error"] == error
    channel, text = said(inbox)
    assert (channel, "Of 2 symbols 1 failed" in text, "stockflow rerun words" in text) == ("warning", True, True)


@pytest.mark.parametrize("plan", [None, {"work": [{"symbol": "a"}, {"symbol": "b"}]}])
def test_a_run_that_failed_keeps_what_its_items_left(stage, inbox, plan):
    """From their records, and where a planner stored the work, from that too."""
    stage.s3.put_json("runs/words/symbols/a.json", {"symbol": "a", "status": "counted", "error": None})
    if plan:
        stage.s3.put_json("runs/words/plan.json", plan)
    event = {
        **{name: RUN[name] for name in ("execution", "execution_arn", "started_at")},
        "report": "failure",
        "error": {"Error": "StorageDenied", "Cause": "No."},
        "input": {"trigger": "laptop"},
        "retry_count": 0,
    }

    answer = HANDLER.run(event, None, stage.services)

    assert answer["outcome"] == "failed"
    statuses = {symbol["symbol"]: symbol["status"] for symbol in manifest(stage)["symbols"]}
    assert statuses == ({"a": "counted", "b": "failed"} if plan else {"a": "counted"})
    assert said(inbox)[0] == "error"


def test_what_a_state_notes_of_a_failed_item_is_what_is_told(stage):
    """No state of the workflow need know what a record is."""

    def fail(event, services):
        raise LookupError(f"There is no word {event['symbol']}.")

    count = StateFunction("Count", fail, lambda event: Call("words", "laptop", event["symbol"]))
    with pytest.raises(LookupError):
        count.run({"symbol": "b"}, None, stage.services)

    HANDLER.run(summary(failed("b")), None, stage.services)

    error = {"type": "LookupError", "message": "There is no word b.", "state": "Count"}
    assert manifest(stage)["symbols"] == [{"symbol": "b", "status": "failed", "error": error}]
