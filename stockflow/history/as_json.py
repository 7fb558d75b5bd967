"""What ``stockflow show --json`` prints: the model as one object, stable for other programs."""

from collections.abc import Iterator
from typing import TypedDict

from stockflow.history.attribution import EventPlace
from stockflow.history.causes import RootCause
from stockflow.history.model import ENDS, RunModel
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.symbols import SymbolRow
from stockflow.history.times import to_text
from stockflow.history.visits import event_name


class ShownError(TypedDict):
    """What the run ended with."""

    error: str
    message: str


class ShownWording(TypedDict):
    """One wording of a cause's message, and its symbols."""

    message: str
    symbols: list[str]


class ShownCause(TypedDict):
    """A root cause; ``path`` is that of its state, ``events`` are the ids at which the state was entered.

    Of items whose history is not at hand there are no events.
    """

    state: str
    error: str
    message: str
    symbols: list[str]
    messages: list[ShownWording]
    path: list[str | int]
    events: list[int | str]


class ShownSymbol(TypedDict):
    """An item; ``state``, ``error`` and ``message`` are those of the visit to look at first, ``way`` are its states."""

    symbol: str
    status: str
    outcome: str | None
    iteration: list[list[str | int]]
    state: str | None
    error: str | None
    message: str | None
    retries: int
    seconds: float | None
    way: list[str]


class ShownState(TypedDict):
    """A state, and how many visits ended how."""

    path: list[str | int]
    visits: dict[str, int]


class ShownEvent(TypedDict):
    """An event, and where it belongs; one of a shard has an id like ``0007:42``."""

    id: int | str
    type: str
    state: str | None
    iteration: list[list[str | int]]


class ShownRun(TypedDict):
    """A run; times are ISO 8601, UTC."""

    execution: str
    execution_arn: str | None
    status: str
    started_at: str | None
    stopped_at: str | None
    error: ShownError | None
    root_causes: list[ShownCause]
    also_failed: list[ShownCause]
    symbols: list[ShownSymbol]
    states: list[ShownState]
    events: list[ShownEvent]
    missing: list[str]


def model_as_json(model: RunModel) -> ShownRun:
    """The object; see docs/debugging.md for each key."""
    description = model.run.description
    return {
        "execution": model.run.execution,
        "execution_arn": description.get("executionArn"),
        "status": model.status,
        "started_at": description.get("startDate") or to_text(model.started_ms) or None,
        "stopped_at": description.get("stopDate") or _last_moment(model),
        "error": _error(model),
        "root_causes": [_cause(model, cause) for cause in model.root_causes],
        "also_failed": [_cause(model, cause) for cause in model.also_failed],
        "symbols": [_symbol(row) for row in model.rows],
        "states": _states(model),
        "events": [_event(event, model.places[name]) for name, event in _all_events(model)],
        "missing": model.missing,
    }


def _last_moment(model: RunModel) -> str | None:
    """When the history's last event was, if the run ended with it; a history that was cut off does not say."""
    return to_text(model.ended_ms) or None if model.status in ENDS.values() else None


def _error(model: RunModel) -> ShownError | None:
    failure = model.ended_with
    return {"error": failure.error, "message": failure.message} if failure else None


def _cause(model: RunModel, cause: RootCause) -> ShownCause:
    return {
        "state": cause.state,
        "error": cause.error,
        "message": cause.message,
        "symbols": model.symbols_of(cause),
        "messages": [{"message": message, "symbols": whose} for message, whose in model.said_of(cause)],
        "path": list(cause.path),
        "events": [event_name(visit.entered, visit.scope) for visit in cause.visits if visit.entered],
    }


def _symbol(row: SymbolRow) -> ShownSymbol:
    visit, failure = row.failed_visit, row.failure
    return {
        "symbol": row.symbol,
        "status": row.status,
        "outcome": row.outcome or None,
        "iteration": [list(step) for step in row.iterations],
        "state": visit.name if visit else None,
        "error": failure.error if failure else None,
        "message": failure.message if failure else None,
        "retries": row.retries,
        "seconds": row.seconds,
        "way": [visit.name for visit in row.way],
    }


def _states(model: RunModel) -> list[ShownState]:
    return [
        {"path": list(path), "visits": {k: n for k, n in count.items() if n}} for path, count in model.counts().items()
    ]


def _all_events(model: RunModel) -> Iterator[tuple[int | str, HistoryEvent]]:
    for event in model.run.events:
        yield event["id"], event
    for shard in model.shards:
        for event in shard.events:
            yield f"{shard.name}:{event['id']}", event


def _event(event: HistoryEvent, place: EventPlace) -> ShownEvent:
    return {
        "id": event_name(event, place.scope),
        "type": event["type"],
        "state": place.visit.name if place.visit else None,
        "iteration": [list(step) for step in place.scope.iterations],
    }
