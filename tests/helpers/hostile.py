"""Texts that try to be more than text, and a run that has one in every field."""

import json

from stockflow.sources import SavedRun
from tests.helpers.recorded import history

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "\u2028\u2029\x00\x7f\ud800",
    "javascript:alert(1)",
    "]]></svg><svg onload=alert(1)>",
    "$(rm -rf ~)`id`; ' \" \\",
    "\u202etxt.exe",
]


def hostile_run(text):
    """The text in every field that a history, a definition, a log or a message may hold."""
    item = json.dumps({"symbol": text, text: text})
    events = history(
        "1 < 0 ExecutionStarted",
        "2 < 0 MapStateEntered",
        "3 < 2 MapStateStarted length=2",
        "4 < 3 MapIterationStarted index=0",
        "5 < 4 TaskStateEntered",
        "6 < 5 TaskScheduled",
        "7 < 6 TaskFailed",
        "8 < 7 TaskStateExited",
        "9 < 8 MapIterationSucceeded index=0",
        "10 < 9 MapStateSucceeded",
        "11 < 9 MapStateExited",
        "12 < 11 ExecutionFailed",
    )
    cause = json.dumps({"errorMessage": text, "errorType": text, "requestId": text, "stackTrace": [text, text]})
    keys = {
        2: ("stateEntered", {"name": text, "input": item}),
        4: ("mapIterationStarted", {"name": text, "index": 0}),
        5: ("stateEntered", {"name": text + "2", "input": item}),
        6: (
            "taskScheduled",
            {"resource": text, "parameters": json.dumps({"FunctionName": text, "Payload": {text: text}})},
        ),
        7: ("taskFailed", {"error": text, "cause": cause}),
        8: ("stateExited", {"name": text + "2", "output": item}),
        9: ("mapIterationSucceeded", {"name": text, "index": 0}),
        11: ("stateExited", {"name": text, "output": text}),
        12: ("executionFailed", {"error": text, "cause": text}),
    }
    for number, (key, details) in keys.items():
        events[number - 1][f"{key}EventDetails"] = details
    inner = {"StartAt": text + "2", "States": {text + "2": {"Type": text, "Comment": text, "Next": text}}}
    choice = {"Type": "Choice", "Choices": [{"Variable": text, "StringEquals": text, "Next": text}], "Default": text}
    return SavedRun(
        engine={"name": text, "version": text},
        definition={"StartAt": text, "States": {text: {"Type": "Map", "ItemProcessor": inner}, text + "3": choice}},
        description={"name": text, "status": text, "stateMachineArn": f"arn:{text}", "executionArn": f"arn:{text}"},
        events=events,
        logs={text: [text, json.dumps({"level": text, "message": text})]},
        slack=[
            {"channel": text, "received_at": text, "payload": {"text": text, "blocks": [{"text": {"text": text}}]}},
            text,
        ],
        fetched_at=text,
        missing=[text],
        texts=[hostile_text(text)],
    )


def hostile_text(text):
    """A measured text of an item of that name, with it in every field."""
    passage = {"part": text, "who": text, "at_seconds": 1.0, "value": -0.5, "text": text}
    whole = dict.fromkeys(("item", "title", "measure", "summary"), text)
    return {**whole, "facts": [[text, text]], "passages": [passage, passage], "count": 2}
