"""The saved run: one JSON file with everything that is known of an execution."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NotRequired, Required, Self, TypedDict, cast

from stockflow.errors import Unusable
from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, objects_in, parsed
from stockflow.history.times import iso

VERSION = 1
_HEAD = ("version", "engine", "description", "summary")
"""What others read of a saved run without all that comes after it."""
AWS = "AWS Step Functions"  # the engine's name where it is the real one


class HistoryEvent(TypedDict):
    """An event in GetExecutionHistory's shape; it also has its details, see :func:`visits.details_of`."""

    id: int
    type: str
    timestamp: NotRequired[str]
    previousEventId: NotRequired[int]


class Engine(TypedDict, total=False):
    """What ran a workflow; on a laptop also where the prices came from.

    ``source`` is the vendor's host; ``prices`` are ``simulated``, ``real``, or ``unknown`` from another server;
    ``settings`` are the functions' variables that say which local engines heard and judged calls.
    """

    name: str
    version: str
    source: str
    prices: str
    settings: dict[str, str]


class Description(TypedDict, total=False):
    """DescribeExecution's answer, times as ISO 8601 texts; for a bare history, what its events say."""

    executionArn: str
    stateMachineArn: str | None
    name: str
    status: str
    startDate: str
    stopDate: str
    input: str
    output: str
    error: str
    cause: str


class ChildExecution(TypedDict):
    """An item of a Distributed Map; ``events`` are empty if its history was not fetched."""

    description: Description
    events: list[HistoryEvent]


class ShardRun(TypedDict):
    """A shard of a large run, which is an execution of the same machine; ``events`` are empty if they were not read.

    ``symbols`` are its items in order, and ``description`` may say nothing of a shard that has not begun.
    """

    number: int
    description: Description
    symbols: list[str]
    events: list[HistoryEvent]


class MapRun(TypedDict, total=False):
    """A Distributed Map's run: DescribeMapRun's answer, the state's name if it is known, and its children."""

    map_run: Required[JsonObject]
    state: str
    children: Required[list[ChildExecution]]


class Summary(TypedDict, total=False):
    """What a later run's comparison needs: this run's status, and how many seconds each symbol took."""

    status: str
    seconds: dict[str, float]


@dataclass
class SavedRun:
    """An execution, in AWS's own shapes and field names; times are ISO 8601 texts once it is made.

    Attributes:
        definition: the ASL of the version that ran, as JSON text or parsed; empty if unknown.
        events: GetExecutionHistory's events, all pages, oldest first.
        logs: log lines by Lambda request id.
        slack: the messages to people: ``{channel, received_at, payload}`` each.
        map_runs: Distributed Map Runs.
        shards: those of a run that is too large for one history.
        records: what became of the items of a run in shards, as its manifest or its shards have it.
        fetched_at: when this was put together.
        redacted: whether secrets are masked.
        missing: a sentence for each thing that is missing.
        summary: what a later run's comparison needs of this one.
        manifest: of a run on AWS; a laptop run has it beside this file.
        last_good: for a run on AWS, by symbol, the fields of ``compare.LastGood``.
        texts: those that it measured: a ``MeasuredText`` each.
    """

    engine: Engine = field(default_factory=Engine)
    definition: JsonObject = field(default_factory=dict)
    description: Description = field(default_factory=Description)
    events: list[HistoryEvent] = field(default_factory=list)
    logs: dict[str, list[str]] = field(default_factory=dict)
    slack: list[object] = field(default_factory=list)
    map_runs: list[MapRun] = field(default_factory=list)
    shards: list[ShardRun] = field(default_factory=list)
    records: list[object] = field(default_factory=list)
    fetched_at: str = ""
    redacted: bool = False
    missing: list[str] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)
    manifest: JsonObject = field(default_factory=dict)
    last_good: JsonObject = field(default_factory=dict)
    texts: list[object] = field(default_factory=list)
    version: int = VERSION

    def __post_init__(self) -> None:
        given: object = self.definition
        self.definition = object_in(parsed(given) if isinstance(given, str) else given)
        described = _plain({name: value for name, value in self.description.items() if name != "ResponseMetadata"})
        self.description = cast("Description", described)
        self.events = _in_order(self.events)

    @property
    def execution(self) -> str:
        """The execution's name."""
        name = self.description.get("name") or str(self.description.get("executionArn", "")).rpartition(":")[2]
        return str(name) or "execution"

    @classmethod
    def from_dict(cls, value: JsonObject, place: str = "run.json") -> Self:
        """Reads what :func:`to_json` wrote.

        Raises:
            Unusable: it is not a saved run, or is of another version.
        """
        version = value.get("version")
        if version != VERSION:
            raise Unusable(
                f"{place} is a saved run of version {version!r}, and this stockflow reads version {VERSION}: "
                f'make it again with `stockflow show <execution ARN>`, or read its history alone (its "events").'
            )
        for name, kind in _KINDS.items():
            if not isinstance(value.get(name, kind()), kind):
                raise Unusable(f"{place} has no {kind.__name__} under {name!r}: it is not a saved run.")
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        known["description"] = _described(object_in(value.get("description")))
        known["events"] = checked_events(list_in(value.get("events")), place)
        known["logs"] = {str(request): _texts(lines) for request, lines in object_in(value.get("logs")).items()}
        known["map_runs"] = [_checked_map_run(item, place) for item in objects_in(value.get("map_runs"))]
        known["shards"] = [_checked_shard(item, place) for item in objects_in(value.get("shards"))]
        # The rest is shown, never computed with: whatever is in it is taken as it is.
        return cls(**known)  # type: ignore[arg-type]

    def to_json(self) -> str:
        """One JSON object, one event per line, so that two runs can be compared with a text tool."""
        lines = ",\n".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in self.events)
        names = [*_HEAD, *(name for name in self.__dataclass_fields__ if name not in {*_HEAD, "events"})]
        text = json.dumps({name: getattr(self, name) for name in names}, ensure_ascii=False, indent=1)
        return f'{text[:-2]},\n "events": [\n{lines}\n]}}\n'


def checked_events(events: Sequence[object], place: str) -> list[HistoryEvent]:
    """The events, if each has what an event needs; details of other types than AWS's become texts and numbers.

    Raises:
        Unusable: an event has no id or no type; the sentence says which.
    """
    for number, event in enumerate(events, 1):
        if not (isinstance(event, dict) and type(event.get("id")) is int and isinstance(event.get("type"), str)):
            raise Unusable(f"Event number {number} of {place} has no id or type: it is not Step Functions' history.")
        if not isinstance(event.get("previousEventId", 0), int | None):
            raise Unusable(f"Event {event['id']} of {place} names something other than an event as the one before it.")
    return [_tidy(cast("HistoryEvent", event)) for event in events]


_TEXTS = ("name", "state", "error", "cause", "input", "output", "parameters", "resource", "mapRunArn", "roleArn")
_NUMBERS = ("index", "length")
_DESCRIBED = ("executionArn", "stateMachineArn", "name", "status", "input", "output", "error", "cause")


_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("events", "slack", "missing", "map_runs", "shards", "records", "texts"), list),
    **dict.fromkeys(("engine", "description", "logs", "summary", "manifest", "last_good"), dict),
}


def _tidy(event: HistoryEvent) -> HistoryEvent:
    for key, details in event.items():
        if not key.endswith("EventDetails") or not isinstance(details, dict):
            continue
        odd: dict[str, object] = {
            name: _text(details[name]) for name in _TEXTS if not isinstance(details.get(name, ""), str)
        }
        odd |= {name: 0 for name in _NUMBERS if name in details and not _counts(details[name])}
        if odd:
            return _tidy(cast("HistoryEvent", {**event, key: {**details, **odd}}))
    return event


def _described(description: JsonObject) -> Description:
    texts = {name: _text(description[name]) for name in _DESCRIBED if not isinstance(description.get(name, ""), str)}
    return cast("Description", {**description, **texts})


def _text(value: object) -> str:
    return "" if value is None else json.dumps(value)


def _texts(lines: object) -> list[str]:
    return [line if isinstance(line, str) else _text(line) for line in list_in(lines)]


def _counts(value: object) -> bool:
    return type(value) is int and value >= 0


def _checked_map_run(map_run: JsonObject, place: str) -> MapRun:
    children: list[ChildExecution] = [
        {
            "description": _described(object_in(child.get("description"))),
            "events": checked_events(list_in(child.get("events")), place),
        }
        for child in objects_in(map_run.get("children"))
    ]
    checked = {**map_run, "map_run": object_in(map_run.get("map_run")), "children": children}
    return cast("MapRun", checked)


def _checked_shard(shard: JsonObject, place: str) -> ShardRun:
    return {
        "number": count_in(shard.get("number")),
        "description": _described(object_in(shard.get("description"))),
        "symbols": [name for name in list_in(shard.get("symbols")) if isinstance(name, str)],
        "events": checked_events(list_in(shard.get("events")), place),
    }


def _plain(value: object) -> object:
    """boto3's answer, made fit for JSON: times become texts."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _in_order(events: list[HistoryEvent]) -> list[HistoryEvent]:
    """Oldest first, each id once, times as texts: pages may overlap and a history may be newest first."""
    by_id: dict[int, HistoryEvent] = {}
    for event in events:
        when = event.get("timestamp")
        by_id.setdefault(int(event["id"]), event if isinstance(when, str) else cast("HistoryEvent", _plain(event)))
    return [by_id[number] for number in sorted(by_id)]
