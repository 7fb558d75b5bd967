"""The saved run: one JSON file that holds all that is known of an execution."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from stockflow.errors import Unusable
from stockflow.history.times import iso

VERSION = 1
AWS = "AWS Step Functions"  # the engine's name where it is the real one

Event = dict[str, Any]


@dataclass
class SavedRun:
    """An execution, in AWS's own shapes and field names; times are ISO 8601 texts once it is made.

    Attributes:
        engine: ``{name, version}`` of what ran it; on a laptop also ``source``, the host that prices came from,
            and ``prices``: ``simulated``, ``real``, or ``unknown`` where another server answered.
        definition: the ASL of the very version that ran; empty where it is not known.
        description: DescribeExecution's answer; for a bare history what can be told from its events.
        events: GetExecutionHistory's events, all pages, oldest first.
        logs: log lines by Lambda request id.
        slack: what was said to people: ``{channel, received_at, payload}`` each.
        map_runs: Distributed Map Runs: ``{map_run: DescribeMapRun, state, children: [{description, events}]}`` each.
        fetched_at: when this was put together.
        redacted: whether secrets are masked.
        missing: a sentence for each thing that is not there.
        summary: what a later run's comparison needs of this one.
        manifest: of a run on AWS; one on a laptop has it beside this file.
        last_good: of a run on AWS by symbol how its last good run went, the fields of ``compare.LastGood``.
    """

    engine: dict[str, Any] = field(default_factory=dict)
    definition: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    logs: dict[str, list[str]] = field(default_factory=dict)
    slack: list[Any] = field(default_factory=list)
    map_runs: list[dict[str, Any]] = field(default_factory=list)
    fetched_at: str = ""
    redacted: bool = False
    missing: list[str] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    last_good: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = VERSION

    def __post_init__(self) -> None:
        self.definition = _parsed(self.definition)
        self.description = _plain({k: v for k, v in self.description.items() if k != "ResponseMetadata"})
        self.events = _in_order(self.events)

    @property
    def execution(self) -> str:
        """The execution's name."""
        name = self.description.get("name") or str(self.description.get("executionArn", "")).rpartition(":")[2]
        return str(name) or "execution"

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], place: str = "run.json") -> Self:
        """Reads what :func:`to_json` wrote.

        Raises:
            Unusable: it is no saved run, or one of another version.
        """
        version = value.get("version")
        if version != VERSION:
            raise Unusable(
                f"{place} is a saved run of version {version!r}, and this stockflow reads version {VERSION}: "
                f'make it anew with `stockflow show <execution ARN>`, or read its history alone (its "events").'
            )
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        lists = dict.fromkeys(("events", "slack", "missing", "map_runs"), list)
        kinds = {**lists, **dict.fromkeys(("engine", "description", "logs", "summary", "manifest", "last_good"), dict)}
        for name, kind in kinds.items():
            if not isinstance(known.get(name, kind()), kind):
                raise Unusable(f"{place} has something else than a {kind.__name__} under {name!r}: it is no saved run.")
        description = known.get("description", {})
        texts = {
            name: _text(description[name]) for name in _DESCRIBED if not isinstance(description.get(name, ""), str)
        }
        known["description"] = description | texts
        known["events"] = checked_events(known.get("events", []), place)
        known["logs"] = {str(request): _texts(lines) for request, lines in known.get("logs", {}).items()}
        known["map_runs"] = [
            _checked_map_run(item, place) for item in known.get("map_runs", []) if isinstance(item, dict)
        ]
        return cls(**known)

    def to_json(self) -> str:
        """One JSON object, an event a line, so that two runs can be compared with a text tool."""
        lines = ",\n".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in self.events)
        head = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "events"}
        text = json.dumps({"version": head.pop("version"), **head}, ensure_ascii=False, indent=1)
        return f'{text[:-2]},\n "events": [\n{lines}\n]}}\n'


def checked_events(events: list[Any], place: str) -> list[Event]:
    """The events, if each has what makes it one; details of another kind than AWS gives are made texts and numbers.

    Raises:
        Unusable: an event has no id or no type; the sentence says which.
    """
    for number, event in enumerate(events, 1):
        if not (isinstance(event, dict) and type(event.get("id")) is int and isinstance(event.get("type"), str)):
            raise Unusable(f"Event number {number} of {place} has no id or type: it is no history of Step Functions.")
        if not isinstance(event.get("previousEventId", 0), int | None):
            raise Unusable(f"Event {event['id']} of {place} names something else than an event as the one before it.")
    return [_tidy(event) for event in events]


_TEXTS = ("name", "state", "error", "cause", "input", "output", "parameters", "resource", "mapRunArn", "roleArn")
_NUMBERS = ("index", "length")
_DESCRIBED = ("executionArn", "stateMachineArn", "name", "status", "input", "output", "error", "cause")


def _tidy(event: Event) -> Event:
    for key, details in event.items():
        if not key.endswith("EventDetails") or not isinstance(details, dict):
            continue
        odd: dict[str, Any] = {
            name: _text(details[name]) for name in _TEXTS if not isinstance(details.get(name, ""), str)
        }
        odd |= {name: 0 for name in _NUMBERS if name in details and not _counts(details[name])}
        if odd:
            return _tidy({**event, key: {**details, **odd}})
    return event


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value)


def _texts(lines: Any) -> list[str]:
    return [line if isinstance(line, str) else _text(line) for line in lines] if isinstance(lines, list) else []


def _counts(value: Any) -> bool:
    return type(value) is int and value >= 0


def _checked_map_run(map_run: dict[str, Any], place: str) -> dict[str, Any]:
    found, children = map_run.get("map_run"), map_run.get("children")
    known = [child for child in children if isinstance(child, dict)] if isinstance(children, list) else []
    return {
        **map_run,
        "map_run": found if isinstance(found, dict) else {},
        "children": [
            {
                "description": child["description"] if isinstance(child.get("description"), dict) else {},
                "events": checked_events(child["events"] if isinstance(child.get("events"), list) else [], place),
            }
            for child in known
        ],
    }


def _parsed(definition: Any) -> dict[str, Any]:
    """The definition, from JSON text where that is what AWS gave."""
    if isinstance(definition, str):
        try:
            definition = json.loads(definition)
        except ValueError:
            return {}
    return definition if isinstance(definition, dict) else {}


def _plain(value: Any) -> Any:
    """boto3's answer as JSON can hold it: times become texts."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _in_order(events: list[Event]) -> list[Event]:
    """Oldest first, each id once, times as texts: pages may overlap and a history may be newest first."""
    by_id: dict[int, Event] = {}
    for event in events:
        when = event.get("timestamp")
        by_id.setdefault(int(event["id"]), event if isinstance(when, str) else _plain(event))
    return [by_id[number] for number in sorted(by_id)]
