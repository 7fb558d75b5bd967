"""The data of the page's script: the model as compact JSON, column by column, because columns compress best.

Long texts are kept once, in the order in which the events first use them. In an event's details ``[0]`` stands for the
next unused text, and ``[n]`` for the one used n texts ago.
"""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from typing import TypedDict

from stockflow.history.attribution import EventPlace
from stockflow.history.blamed import failed_attempts
from stockflow.history.compare import LastGood
from stockflow.history.definition import Path
from stockflow.history.json_values import JsonObject, objects_in, text_in
from stockflow.history.model import RunModel
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.shards import shard_name
from stockflow.history.symbols import SymbolRow
from stockflow.history.visits import OK, Attempt, ErrorDetails, Scope, details_of, moment
from stockflow.page.measured_text import packed_texts

PACKED_ABOVE = 60_000
ALL_LOGS_BELOW = 300_000
MOST_LOGS = 1_500_000
_LONG_TEXT = 40
_COMPRESSION = 5
_UNTOLD = {"inputDetails", "outputDetails", "assignedVariablesDetails"}
# The HTTP headers of Lambda's answer: half of every TaskSucceeded event, and nothing that a person looks for.
_HEADERS = re.compile(r'"SdkHttpMetadata":\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}')


class PackedEvents(TypedDict):
    """The events, a list for each column; ``id`` is empty if they are 1, 2, 3 and so on.

    ``row`` only names events whose iteration is not their visit's: those of MapIteration, as pairs.
    """

    types: list[str]
    id: list[int | str]
    type: list[int]
    ms: list[int | None]
    visit: list[int]
    details: list[dict[str, object]]
    row: list[int]


class PackedVisits(TypedDict):
    """The visits, a list for each column.

    ``entered``, ``exited`` and an attempt's parts count within the visit's own events, from 0; -1 if missing.
    """

    state: list[int]
    row: list[int]
    status: list[int]
    statuses: list[str]
    entered: list[int]
    exited: list[int]
    attempts: list[list[list[object]]]
    failure: dict[int, list[object]]


class PageData(TypedDict):
    """The script's data of a run; ``calm`` are the errors that are not failures once they are caught."""

    began: int | None
    ended: int | None
    arn: str | None
    cause: int
    states: list[list[str]]
    events: PackedEvents
    visits: PackedVisits
    rows: list[list[object]]
    wrote: dict[str, list[object]]
    logs: dict[str, list[str]]
    calm: list[str]
    measured: dict[int, dict[str, object]]
    texts: list[str]


def page_data(
    model: RunModel, number_of: dict[Path, int], *, manifest: JsonObject | None, last_good: dict[str, LastGood]
) -> PageData:
    """The object; js/run.mjs says what is in each part (`Packed`), and unpacks it."""
    return _Builder(model, number_of).build(manifest, last_good)


def as_text(data: PageData) -> tuple[str, bool]:
    """The data as embedded in the page, and whether it is packed: gzip in base64 if it is large."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= PACKED_ABOVE:
        return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"), False
    packed = gzip.compress(text.encode(errors="replace"), _COMPRESSION, mtime=0)
    return base64.b64encode(packed).decode(), True


class _Builder:
    def __init__(self, model: RunModel, number_of: dict[Path, int]) -> None:
        self.model = model
        self.number_of = number_of
        self.texts: dict[str, int] = {}
        self.row_number = {row: n for n, row in enumerate(model.rows)}
        self.row_of_scope = {scope: self.row_number[row] for scope, row in model.row_of_scope.items()}

    def build(self, manifest: JsonObject | None, last_good: dict[str, LastGood]) -> PageData:
        model = self.model
        return {
            "began": model.started_ms,
            "ended": model.ended_ms,
            "arn": model.run.description.get("executionArn"),
            "cause": next((visit.number for cause in model.root_causes for visit in cause.visits), -1),
            "states": self._states(),
            "events": self._events(),
            "visits": self._visits(),
            "rows": [self._row(row, last_good.get(row.symbol)) for row in model.rows],
            "wrote": _wrote(manifest),
            "logs": self._logs(),
            "calm": sorted(model.conventions.caught),
            "measured": packed_texts(model.run.texts, [row.symbol for row in model.rows]),
            "texts": list(self.texts),
        }

    def _events(self) -> PackedEvents:
        types: dict[str, int] = {}
        ids: list[int | str] = []
        packed = PackedEvents(types=[], id=ids, type=[], ms=[], visit=[], details=[], row=[])
        last = self.model.started_ms or 0
        for name, event, place in self._all_events():
            when = moment(event)
            visit = place.visit
            row = self._row_of(place.scope)
            if row != (self._row_of(visit.scope) if visit else -1):
                packed["row"] += (len(ids), row)
            ids.append(name)
            packed["type"].append(types.setdefault(event["type"], len(types)))
            packed["ms"].append(None if when is None else when - last)
            packed["visit"].append(visit.number if visit else -1)
            packed["details"].append(self._details(event))
            last = last if when is None else when
        if ids == list(range(1, len(ids) + 1)):
            packed["id"] = []
        return {**packed, "types": list(types)}

    def _all_events(self) -> Iterator[tuple[int | str, HistoryEvent, EventPlace]]:
        places = self.model.places
        for event in self.model.run.events:
            yield event["id"], event, places[event["id"]]
        for child in (*self.model.children, *self.model.shards):
            for event in child.events:
                yield f"{child.name}:{event['id']}", event, child.found.places[event["id"]]

    def _row_of(self, scope: Scope) -> int:
        around: Scope | None = scope
        while around:
            row = self.row_of_scope.get(around)
            if row is not None:
                return row
            around = around.owner.scope if around.owner else None
        return -1

    def _details(self, event: HistoryEvent) -> dict[str, object]:
        return {key: self._told(value) for key, value in details_of(event).items() if key not in _UNTOLD}

    def _told(self, value: object) -> object:
        if isinstance(value, str):
            if len(value) <= _LONG_TEXT:
                return value
        elif value is None or isinstance(value, int | float):
            return value
        else:
            value = json.dumps(value)
        if "SdkHttpMetadata" in value:
            value = _HEADERS.sub('"SdkHttpMetadata":"left out"', value)
        known = self.texts.get(value)
        if known is not None:
            return [len(self.texts) - known]
        self.texts[value] = len(self.texts)
        return [0]

    def _visits(self) -> PackedVisits:
        visits = self.model.visits
        statuses: dict[str, int] = {}
        own = [{id(event): n for n, event in enumerate(visit.events)} for visit in visits]
        return {
            "state": [self.number_of[visit.path] for visit in visits],
            "row": [self._row_of(visit.scope) for visit in visits],
            "status": [statuses.setdefault(visit.status, len(statuses)) for visit in visits],
            "statuses": list(statuses),
            "entered": [place.get(id(visit.entered), -1) for visit, place in zip(visits, own, strict=True)],
            "exited": [place.get(id(visit.exited), -1) for visit, place in zip(visits, own, strict=True)],
            "attempts": [
                [self._attempt(attempt, place) for attempt in visit.attempts]
                for visit, place in zip(visits, own, strict=True)
            ],
            "failure": {visit.number: self._failure(visit.failure) for visit in visits if visit.failure},
        }

    def _attempt(self, attempt: Attempt, place: dict[int, int]) -> list[object]:
        parts = [place.get(id(event), -1) for event in (attempt.scheduled, attempt.started, attempt.ended)]
        return [*parts, attempt.status, self._failure(attempt.failure)] if attempt.failure else [*parts, attempt.status]

    def _failure(self, failure: ErrorDetails) -> list[object]:
        return [failure.error, self.texts.setdefault(failure.cause, len(self.texts))]

    def _row(self, row: SymbolRow, good: LastGood | None) -> list[object]:
        failed = row.failed_visit
        return [
            row.symbol,
            row.status,
            row.outcome,
            [visit.number for visit in row.way],
            failed.number if failed else -1,
            [good.execution, good.status, good.seconds, good.rows_added, good.rows_changed, good.started_at[:10]]
            if good
            else 0,
            *_unread_shard(row),
        ]

    def _logs(self) -> dict[str, list[str]]:
        """All log lines; of a large run only those of attempts that did not go well, as far as there is room."""
        logs = self.model.run.logs
        if sum(map(_length, logs.values())) <= ALL_LOGS_BELOW:
            return logs
        dull = {row for row in self.model.rows if row.status == OK and not row.retries}
        well = {attempt.request_id for row in dull for visit in row.way for attempt in visit.attempts}
        first = [str(attempt.request_id) for attempt in failed_attempts(self.model)]
        kept, room = {}, MOST_LOGS
        for request in dict.fromkeys([*first, *logs]):
            if request in logs and request not in well and room > 0:
                kept[request] = logs[request]
                room -= _length(logs[request])
        return kept

    def _states(self) -> list[list[str]]:
        """The states in the order of their numbers: those of the machine, then visited ones that are not in it."""
        found: dict[Path, tuple[str, JsonObject]] = {
            state.path: (state.type, state.source) for state in self.model.machine.all_states()
        }
        for visit in self.model.visits:
            found.setdefault(visit.path, (visit.type, {}))
        return [_state(path, *state) for path, state in found.items()]


def _unread_shard(row: SymbolRow) -> list[str]:
    """The shard of a row, where no history at hand has it."""
    return [shard_name(row.within[0][1] + 1)] if row.within and not row.way else []


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))


def _state(path: Path, kind: str, source: JsonObject) -> list[str]:
    own = {key: value for key, value in source.items() if key not in {"ItemProcessor", "Iterator", "Branches"}}
    where = " / ".join(f"branch {step + 1}" if isinstance(step, int) else step for step in path[:-1])
    return [str(path[-1]), kind, where, json.dumps(own, ensure_ascii=False, separators=(",", ":"))]


def _wrote(manifest: JsonObject | None) -> dict[str, list[object]]:
    """What the manifest says about each symbol's rows: added, changed, rejected, first and last date, warnings.

    Of an item whose workflow adds no rows only its warnings are known.
    """
    names = ("rows_added", "rows_changed", "rows_rejected", "first_date", "last_date", "warnings")
    return {
        text_in(symbol.get("symbol")): [symbol.get(name) for name in names]
        for symbol in objects_in((manifest or {}).get("symbols"))
        if isinstance(symbol.get("symbol"), str)
    }
