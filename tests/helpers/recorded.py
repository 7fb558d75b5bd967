"""Histories of other workflows: recorded on AWS, where they are beside the checkout, and always those written here."""

import json
from typing import Any

import pytest

from stockflow.history.express import details_key
from tests.conftest import SHARED
from tests.helpers.other_workflows import OTHER_WORKFLOWS

FOLDER = SHARED / "histories"
RECORDED = sorted(file.stem for file in FOLDER.glob("*.json"))
_NONE = pytest.param("", marks=pytest.mark.skip("the recorded histories are not beside this checkout (../shared)"))
NAMES = [*OTHER_WORKFLOWS, *(RECORDED or [_NONE])]


def events_of(name: str) -> list[dict[str, Any]]:
    """The events of one history: of one that is written here, or else of a recorded one."""
    if name in OTHER_WORKFLOWS:
        return [_with_payloads(event) for event in history(*OTHER_WORKFLOWS[name][0])]
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["events"]


def _with_payloads(event: dict[str, Any]) -> dict[str, Any]:
    """The payloads that AWS gives with each event of the kind, and that they are whole."""
    kind, key = event["type"], details_key(event["type"])
    details = event.get(key, {})
    if kind.endswith("StateEntered"):
        details = {"input": "{}", **details}
    if kind.endswith("StateExited") or kind == "ExecutionSucceeded":
        details = {"output": "{}", **details}
    if "assignedVariables" in details:
        details = {**details, "assignedVariables": json.loads(details["assignedVariables"])}
    whole = {f"{name}Details": {"truncated": False} for name in _PAYLOADS if name in details}
    return {**event, key: {**details, **whole}} if details else event


def history(*lines: str) -> list[dict[str, Any]]:
    """Events from lines such as ``"3 < 2 TaskFailed error=Boom"``, 100 ms apart.

    A value may be JSON without spaces; a ``cause`` comes last, and may have spaces.
    """
    return [_event(line) for line in lines]


_PAYLOADS = ("input", "output", "assignedVariables")
_NUMBERS = {"index", "length", "timeoutInSeconds"}


def _event(line: str) -> dict[str, Any]:
    line, _, cause = line.partition(" cause=")
    number, _, previous, kind, *rest = line.split(" ")
    event: dict[str, Any] = {
        "id": int(number),
        "previousEventId": int(previous),
        "type": kind,
        "timestamp": f"2026-11-20T22:{int(number) // 600:02}:{int(number) % 600 / 10:04.1f}00+00:00",
    }
    details = dict(part.split("=", 1) for part in rest) | ({"cause": cause} if cause else {})
    values = {key: int(value) if key in _NUMBERS else value for key, value in details.items()}
    if values:
        event[details_key(kind)] = values
    return event
