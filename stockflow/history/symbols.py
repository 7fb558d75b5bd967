"""The rows of a run: one for each item of a Map, named after its symbol, with its way through the states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stockflow.history.causes import at_path, scopes_around
from stockflow.history.conventions import Conventions
from stockflow.history.definition import Region
from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, objects_in, text_in
from stockflow.history.visits import (
    ABORTED,
    DEFERRED,
    FAILED,
    HANDLED,
    NOT_REACHED,
    OK,
    RUNNING,
    UNFINISHED,
    ErrorDetails,
    Iteration,
    Scope,
    Visit,
    details_of,
    moment,
)

_RANKS = (FAILED, HANDLED, DEFERRED, ABORTED, UNFINISHED, RUNNING, NOT_REACHED, OK)


MOST_ITEMS = 40_000


@dataclass(eq=False)
class SymbolRow:
    """One item of a Map.

    Attributes:
        symbol: the item's symbol, or the item itself if it is a text, or its number: ``#3``.
        index: the item's number.
        map_visit: the visit of its Map; None for a symbol that was deferred before any Map.
        within: where it is instead, if it is in a shard of which no Map has it.
        scopes: its iterations: one, or more if the Map was started again.
        way: the states it went through, in order, including those inside a Map or Parallel of its own.
        status: failed, handled (a Catch fired), deferred, aborted, unfinished, running, not reached or ok.
        outcome: the workflow's own status of it; empty if the workflow is unknown.
        gave_up: whether the workflow itself says that it failed.
        times: first and last moment, in milliseconds since 1970.
        told: what its record says, if no history at hand has it.
    """

    symbol: str
    index: int
    map_visit: Visit | None = None
    scopes: list[Scope] = field(default_factory=list)
    way: list[Visit] = field(default_factory=list)
    status: str = NOT_REACHED
    outcome: str = ""
    gave_up: bool = False
    times: tuple[int, int] | None = None
    within: tuple[Iteration, ...] = ()
    told: JsonObject = field(default_factory=dict)

    @property
    def iterations(self) -> tuple[Iteration, ...]:
        """Where it is, outermost first: ``(("EachSymbol", 3),)``."""
        return (*self.map_visit.iterations, (self.map_visit.name, self.index)) if self.map_visit else self.within

    @property
    def failed_visit(self) -> Visit | None:
        """The visit to look at first: the first that failed, whether or not a Catch took it."""
        failed = [v for v in self.way if v.status in {FAILED, HANDLED, DEFERRED} and not v.scope.superseded]
        return next((v for v in failed if v.type not in {"Map", "Parallel"}), failed[0] if failed else None)

    @property
    def place(self) -> str:
        """The state it failed in or stopped at; empty if it went well or was not started."""
        visit = self.failed_visit or (self.way[-1] if self.way and self.status != OK else None)
        return visit.name if visit else text_in(object_in(self.told.get("error")).get("state"))

    @property
    def failure(self) -> ErrorDetails | None:
        visit = self.failed_visit
        return visit.failure if visit else _told_failure(self.told)

    @property
    def retries(self) -> int:
        """How often a Task was tried again."""
        if self.told:
            return max(count_in(self.told.get("attempts")) - 1, 0)
        return sum(max(len(visit.attempts) - 1, 0) for visit in self.way if visit.type == "Task")

    @property
    def seconds(self) -> float | None:
        if self.times is None:
            told = self.told.get("seconds")
            return float(told) if isinstance(told, int | float) else None
        return (self.times[1] - self.times[0]) / 1000

    @property
    def bad(self) -> bool:
        """Whether the symbol failed in the end, caught or not."""
        return self.status == FAILED or self.gave_up

    @property
    def order(self) -> tuple[int, ...]:
        """Its place among the items: those of a shard are together."""
        return (*(index for _, index in self.within or self.iterations[:-1]), self.index)

    @property
    def rank(self) -> tuple[int, tuple[int, ...]]:
        """Failed first, then handled, then unfinished; within each in the order of the items."""
        return (_RANKS.index(self.status), self.order)


def symbol_rows(
    visits: list[Visit], machine: Region | None, conventions: Conventions, *, now_ms: int | None
) -> list[SymbolRow]:
    """A row for each item of each Map that was entered, including those never started; in rank order.

    ``now_ms`` is how far the history of a running run reaches; None for one that is over.
    """
    sources = {state.path: state.source for state in machine.all_states()} if machine else {}
    rows: list[SymbolRow] = []
    of_scope: dict[Scope, SymbolRow] = {}
    for visit in visits:
        if visit.type == "Map" and visit.name != conventions.sharding:
            rows += _rows_of_map(visit, sources.get(visit.path, {}), of_scope, conventions.item_key)
    for visit in visits:
        for scope in scopes_around(visit):
            if scope in of_scope:
                of_scope[scope].way.append(visit)
    for row in rows:
        judge(row, conventions, now_ms)
    return sorted([*rows, *_left_out(visits, rows, conventions)], key=lambda row: row.rank)


def take_records(rows: list[SymbolRow], manifest: JsonObject, conventions: Conventions) -> None:
    """Marks a symbol that a manifest calls done as done, even if the history stops before it ended."""
    words = {record.get("symbol"): text_in(record.get("status")) for record in objects_in(manifest.get("symbols"))}
    saved = {name: word for name, word in words.items() if word in conventions.done}
    for row in rows:
        if not row.outcome and row.symbol in saved:
            row.status, row.outcome = OK, saved[row.symbol]
    rows.sort(key=lambda row: row.rank)


def take_record(row: SymbolRow, record: JsonObject, conventions: Conventions) -> None:
    """What a record says of an item whose outcome no history at hand has."""
    word = text_in(record.get("status"))
    if row.outcome or word not in conventions.outcomes:
        return
    row.outcome, row.gave_up = word, word == conventions.failed
    if not row.way:
        row.told = record
    if word == conventions.deferred:
        row.status = DEFERRED
    elif word in conventions.done:
        row.status = OK
    elif row.status not in {FAILED, ABORTED}:
        row.status = HANDLED


def _told_failure(record: JsonObject) -> ErrorDetails | None:
    error = object_in(record.get("error"))
    return ErrorDetails(text_in(error.get("type")), text_in(error.get("message"))) if error else None


def symbol_of(scope: Scope, of_scope: dict[Scope, SymbolRow]) -> str | None:
    """The symbol of the iteration around a scope: the innermost that has a name, else the innermost's number."""
    names = []
    around: Scope | None = scope
    while around:
        if around in of_scope:
            names.append(of_scope[around].symbol)
        around = around.owner.scope if around.owner else None
    return next((name for name in names if not name.startswith("#")), names[0] if names else None)


def item_name(item: object, index: int, key: str) -> str:
    """An item's name: its value under the key, or the item itself if it is a text, or its number."""
    return text_in(object_in(item).get(key)) or text_in(item) or f"#{index}"


def _rows_of_map(visit: Visit, source: JsonObject, of_scope: dict[Scope, SymbolRow], key: str) -> list[SymbolRow]:
    items = list_in(at_path(visit.input_value, str(source.get("ItemsPath", "$"))) if visit.starts else None)
    rows: dict[int, SymbolRow] = {}
    for scope in visit.inner:
        row = rows.get(scope.index)
        if row is None:
            row = rows[scope.index] = SymbolRow(_name(scope, items, key), scope.index, visit)
        row.scopes.append(scope)
        of_scope[scope] = row
    for index in range(_length(visit)):
        if index not in rows:
            item = items[index] if index < len(items) else None
            rows[index] = SymbolRow(item_name(item, index, key), index, visit)
    return list(rows.values())


def _name(scope: Scope, items: list[object], key: str) -> str:
    """From the item itself, as a child execution has it, or the first state's input; else from the Map's own items."""
    entered = scope.input_value if scope.input or not scope.visits else scope.visits[0].input_value
    name = item_name(entered, scope.index, key)
    if name.startswith("#") and scope.index < len(items):
        name = item_name(items[scope.index], scope.index, key)
    return _called_with(scope, key) or name if name.startswith("#") else name


def _called_with(scope: Scope, key: str) -> str:
    """The name in its functions' payloads, which may be the only one left if inputs are cut off."""
    payloads = (attempt.function_input for visit in scope.visits for attempt in visit.attempts)
    return next((item_name(given, 0, key) for given in payloads if isinstance(given, dict) and given.get(key)), "")


def _length(visit: Visit) -> int:
    """How many items an inline Map was started with; a Distributed Map's are in its child executions."""
    length: object = 0
    for event in visit.events:
        if event["type"] == "MapStateStarted":
            length = details_of(event).get("length", 0)
        elif event["type"] == "MapRunStarted":
            return 0
    return min(length, MOST_ITEMS) if isinstance(length, int) else 0


def judge(row: SymbolRow, conventions: Conventions, now_ms: int | None) -> None:
    """Sets a row's status and times from what happened in its iterations; ``now_ms`` as in :func:`symbol_rows`."""
    row.times = _times(row)
    if not row.scopes:
        return
    scope = row.scopes[-1]
    if scope.ended in {"failed", "aborted"}:
        row.status = FAILED if scope.ended == "failed" else ABORTED
    elif scope.ended == "succeeded":
        row.status = _worst(row)
        last = object_in(scope.visits[-1].output_value) if scope.visits else {}
        if (word := text_in(last.get("status"))) in conventions.outcomes:
            row.outcome, row.gave_up = word, word == conventions.failed
    else:
        row.status = FAILED if _worst(row) == FAILED else UNFINISHED if now_ms is None else RUNNING
        if row.times and now_ms is not None:
            row.times = (row.times[0], max(now_ms, row.times[1]))


def _worst(row: SymbolRow) -> str:
    statuses = {visit.status for visit in row.way if not visit.scope.superseded}
    return next((status for status in (FAILED, HANDLED, DEFERRED) if status in statuses), OK)


def _times(row: SymbolRow) -> tuple[int, int] | None:
    events = [event for visit in row.way for event in (visit.entered, *visit.events[-1:])]
    moments = [when for when in map(moment, events) if when is not None]
    return (min(moments), max(moments)) if moments else None


def left_out_of(visits: Iterable[Visit], conventions: Conventions) -> Mapping[str, JsonObject]:
    """The items that the planner among these visits left out: they are in its output, and in no Map."""
    plan = next((visit for visit in visits if visit.name == conventions.planner), None)
    output = plan.output_value if plan else None
    return conventions.left_out(output) if isinstance(output, dict) else {}


def _left_out(visits: list[Visit], rows: list[SymbolRow], conventions: Conventions) -> list[SymbolRow]:
    """Rows of the items that the run's planner left out."""
    records = left_out_of((visit for visit in visits if not visit.scope.owner), conventions)
    left_out = [SymbolRow(name, index) for index, name in enumerate(records, len(rows))]
    for row in left_out:
        take_record(row, records[row.symbol], conventions)
    return left_out
