"""Where a smoke run keeps its objects: below ``scratch/<execution>/``, laid out as the bucket is.

``stockflow promote`` tries a new version of the workflow by such a run. It asks the vendor for real, out of the one
request budget, and tells people; but it reads and writes no object of the dataset, and touches no deferred symbol.
"""

import json
from typing import Any

from stockflow_functions.aws import keys

SMOKE = "smoke"
"""The ``trigger`` of a workflow input that asks for such a run."""


def prefix_of(event: dict[str, Any], execution: str | None) -> str:
    """The prefix under which the run of this state's event keeps its objects; "" for every run but a smoke run."""
    return keys.scratch(execution) if execution and _trigger_of(event) == SMOKE else ""


def _trigger_of(event: dict[str, Any]) -> Any:
    """The run's trigger, wherever this state's event has it: in the run, or still in the workflow input."""
    run = event.get("run") or event.get("plan", {}).get("run")
    given = run or event.get("input") or _input_of(event.get("event", {}))
    return given.get("trigger") if isinstance(given, dict) else None


def _input_of(eventbridge_event: dict[str, Any]) -> Any:
    """The workflow input in EventBridge's event, which has it as text, or not at all where it is large."""
    try:
        return json.loads(eventbridge_event["detail"]["input"])
    except (KeyError, TypeError, ValueError):
        return None
