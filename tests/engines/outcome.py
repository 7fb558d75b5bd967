"""What became of a run, in a form that runs on different engines can be compared in. Pure."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TIMES = frozenset({"started_at", "finished_at", "first_slot_at", "last_slot_at"})
NAMES = frozenset({"execution", "execution_arn"})


def rows_of(body: bytes) -> list[dict[str, Any]]:
    """The rows of a Parquet object, and its columns' names where it has none."""
    table = pq.read_table(pa.BufferReader(body))
    return table.to_pylist() or [dict.fromkeys(table.schema.names)]


@dataclass(frozen=True)
class Outcome:
    """A run's end.

    Attributes:
        status: the execution's.
        error: the execution's; None for one that succeeded.
        manifest: as ``comparable`` gives it; None where there is none.
        dataset: the rows of each object below ``prices/``, by key; its bytes also say when they came.
        channels: which webhooks took messages, in order.
        events: its history.
    """

    status: str
    error: str | None
    manifest: dict[str, Any] | None
    dataset: dict[str, list[dict[str, Any]]]
    channels: list[str]
    events: list[dict[str, Any]]

    @property
    def states(self):
        """As ``states_entered`` gives them."""
        return states_entered(self.events)

    @property
    def symbols(self):
        """Each symbol's status, with the error and its state where it has one."""
        return {entry["symbol"]: _in_words(entry) for entry in (self.manifest or {"symbols": []})["symbols"]}

    @property
    def attempts(self):
        """How many requests were made for each symbol."""
        return {entry["symbol"]: entry["attempts"] for entry in (self.manifest or {"symbols": []})["symbols"]}


def comparable(manifest, bucket):
    """A manifest without what no two runs have in common: times, the execution's name and ARN, the bucket's name."""
    text = json.dumps(_without(manifest)).replace(manifest["execution"], "EXECUTION").replace(bucket, "BUCKET")
    return json.loads(text)


def uncounted(manifest):
    """A manifest without what follows from the number of requests."""
    symbols = [{name: value for name, value in entry.items() if name != "attempts"} for entry in manifest["symbols"]]
    requests = {name: value for name, value in manifest["requests"].items() if name not in {"made", "day_used"}}
    return {**manifest, "symbols": symbols, "requests": requests, "cost": None}


def states_entered(events):
    """The states in the order they were entered: by symbol those of its Map iteration, under "" those around it.

    An event belongs to the iteration whose start is the nearest on the way back from event to previous event. A state
    around the Map has none: what comes after the Map goes back to the Map's own events.
    """
    iteration, symbols, entered = {0: None}, {}, {}
    for event in events:
        if event["type"] == "MapIterationStarted":
            index = event["mapIterationStartedEventDetails"]["index"]
        elif event["type"].startswith("MapState"):
            index = None
        else:
            index = iteration[event["previousEventId"]]
        iteration[event["id"]] = index
        details = event.get("stateEnteredEventDetails")
        if details:
            entered.setdefault(index, []).append(details["name"])
            if index is not None:
                symbols.setdefault(index, json.loads(details["input"])["symbol"])
    return {"" if index is None else symbols[index]: names for index, names in entered.items()}


def _without(value):
    if isinstance(value, dict):
        return {name: _without(inner) for name, inner in value.items() if name not in TIMES | NAMES}
    if isinstance(value, list):
        return [_without(inner) for inner in value]
    return value


def _in_words(entry):
    error = entry["error"]
    return f"{entry['status']} {error['type']} in {error['state']}" if error else entry["status"]
