"""Express executions keep no history: their events are log lines in CloudWatch, in a slightly different shape."""

from typing import cast

from stockflow.history.json_values import JsonObject, list_in, parsed
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.times import milliseconds, to_text


def looks_like_a_log(value: object) -> bool:
    """Whether this is a list of log lines, or FilterLogEvents' answer that holds them."""
    first = next(iter(_lines(value)), None)
    return isinstance(first, dict) and ("previous_event_id" in first or "event_timestamp" in first)


def events_of_log(value: object) -> list[HistoryEvent]:
    """The events in GetExecutionHistory's shape; lines that are not events are ignored."""
    return [event_of_line(line) for line in _lines(value) if isinstance(line, dict) and "type" in line and "id" in line]


def event_of_line(line: JsonObject) -> HistoryEvent:
    """``{id, type, details, previous_event_id, event_timestamp}``, numbers as texts, to an event."""
    kind = str(line["type"])
    event: dict[str, object] = {
        "timestamp": to_text(milliseconds(line.get("event_timestamp"))),
        "type": kind,
        "id": _number(line["id"]),
        "previousEventId": _number(line.get("previous_event_id", 0)),
    }
    details = line.get("details")
    if isinstance(details, dict) and details:
        event[details_key(kind)] = details
    return cast("HistoryEvent", event)


def details_key(kind: str) -> str:
    """The key of an event's details: all Entered events have theirs under one key, and so do all Exited ones."""
    if kind.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if kind.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def _lines(value: object) -> list[object]:
    return [_message(item) for item in list_in(value.get("events") if isinstance(value, dict) else value)]


def _message(item: object) -> object:
    return parsed(item["message"]) if isinstance(item, dict) and isinstance(item.get("message"), str) else item


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value
