"""The model of a run: what the page, ``show --json``, replay and rerun read. Made by :func:`build_model`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stockflow.errors import CommandFailed
from stockflow.history.attempts import pass_on_failures, read_attempts, set_status
from stockflow.history.attribution import Attribution, EventPlace, attribute
from stockflow.history.causes import RootCause, blame_for_end, name_failures_of_fail_states, root_causes
from stockflow.history.children import Child, child_histories
from stockflow.history.collection import no_garbage_collection
from stockflow.history.conventions import ANY, Conventions
from stockflow.history.cut_off import cut_off, killed_in
from stockflow.history.definition import Path, Region, read_definition
from stockflow.history.observed import observed_machine
from stockflow.history.saved_run import AWS, HistoryEvent, SavedRun
from stockflow.history.shards import add_told, rows_of_shards, shard_histories
from stockflow.history.symbols import SymbolRow, symbol_of, symbol_rows, take_records
from stockflow.history.times import milliseconds
from stockflow.history.visits import (
    DEFERRED,
    FAILED,
    HANDLED,
    UNFINISHED,
    ErrorDetails,
    Scope,
    Visit,
    history_of,
    moment,
)
from stockflow_functions.domain.words import counted, named_few

_NUMBER = re.compile(r"\d+")
_SOME = 8


@dataclass
class RunModel:
    """All that is known of a run.

    Attributes:
        machine: the state machine to draw; derived from the events if the definition is unknown.
        drawn_from_events: whether it was.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, or UNKNOWN if the history is cut off; KILLED if the
            process of a run on this machine was killed.
        places: the state visit and iteration of each event id; those of a shard as ``0007:42``.
        visits: of all states, in the order they began; those of child executions and of shards come after.
        children: of Distributed Maps; shards: those with a history at hand.
        rows: one for each item of a Map, failed ones first.
        root_causes: why it failed; also_failed: what failed while that was handled; ended_with: the run's own error.
        missing: a sentence for each thing that is missing.
    """

    run: SavedRun
    machine: Region
    drawn_from_events: bool
    status: str
    places: dict[int | str, EventPlace]
    visits: list[Visit]
    children: list[Child]
    shards: list[Child]
    rows: list[SymbolRow]
    row_of_scope: dict[Scope, SymbolRow]
    rows_of_shard: dict[Scope, list[SymbolRow]]
    root_causes: list[RootCause]
    also_failed: list[RootCause]
    ended_with: ErrorDetails | None
    started_ms: int | None
    ended_ms: int | None
    missing: list[str] = field(default_factory=list)
    conventions: Conventions = ANY

    @property
    def over(self) -> bool:
        return self.status != RUNNING

    @property
    def replayable(self) -> bool:
        """Whether it is a run of the workflow with these conventions, so that its functions are at hand."""
        known = self.conventions.states
        return bool(known) and known <= {state.name for state in self.machine.all_states()}

    @property
    def resumable(self) -> bool:
        """Whether it was killed with something left to do, and can be repeated."""
        unsaved = not self.rows or any(row.outcome not in self.conventions.done for row in self.rows)
        return self.status == KILLED and self.replayable and unsaved

    def symbols_of(self, cause: RootCause) -> list[str]:
        """The symbols concerned, each once, in the order in which they failed."""
        return list(dict.fromkeys([*(name for visit in cause.visits for name in self._items_of(visit)), *cause.told]))

    def said_of(self, cause: RootCause) -> list[tuple[str, list[str]]]:
        """The messages of a cause's visits, each wording once with its symbols, as :meth:`symbols_of` names them.

        Messages that differ only in the symbol's own name or in numbers count as one wording.
        """
        wordings: dict[str, tuple[str, dict[str, None]]] = {}
        for message, names in self._messages(cause):
            name = names[0] if len(names) == 1 else ""
            _, whose = wordings.setdefault(_NUMBER.sub("0", message.replace(name, "")), (message, {}))
            whose.update(dict.fromkeys(names))
        return [(message, list(whose)) for message, whose in wordings.values()] or [(cause.message, [])]

    def _messages(self, cause: RootCause) -> Iterator[tuple[str, list[str]]]:
        for visit in cause.visits:
            yield visit.failure.message if visit.failure else cause.message, self._items_of(visit)
        for name, message in cause.told.items():
            yield message, [name]

    def _items_of(self, visit: Visit) -> list[str]:
        """The item around a visit; all those of its shard for one that stopped the shard before its Map."""
        name = symbol_of(visit.scope, self.row_of_scope)
        return [row.symbol for row in self.rows_of_shard.get(visit.scope, [])] if name is None else [name]

    def row_of(self, symbol: str) -> SymbolRow:
        """The row of a symbol; if several have this name, the first in rank order.

        Raises:
            CommandFailed: this run has no such symbol; the sentence says which it has.
        """
        for row in self.rows:
            if row.symbol == symbol:
                return row
        names = list(dict.fromkeys(row.symbol for row in self.rows))
        raise CommandFailed(f"There is no symbol {symbol!r} in {self.run.execution}; {_choice('it has', names)}.")

    def find_visit(
        self, *, symbol: str | None = None, state: str | None = None, event_id: int | str | None = None
    ) -> Visit:
        """The visit of an event; or a symbol's visit of a state: the one that failed, else the last one.

        Without a state, the symbol's failed visit; without a symbol, the first visit of the state that failed, else the
        run's own before those of its shards. In a killed run, the last call under way counts as the one that failed.

        Raises:
            CommandFailed: there is no such event, symbol or state; the sentence says which there are.
        """
        if event_id is not None:
            return self._visit_of_event(event_id)
        way = self.row_of(symbol).way if symbol is not None else self.visits
        whose = f"{symbol} in {self.run.execution}" if symbol is not None else self.run.execution
        named = [visit for visit in way if state in {None, visit.name}]
        failed = _failed_first(named) or (_calls_under_way(named) if self.status == KILLED else [])
        if state is None and not failed:
            raise CommandFailed(f"No state of {whose} failed; {_choice('name one of', _names(way))} with --state.")
        if not named:
            raise CommandFailed(f"{whose} went through no state {state!r}; {_choice('it went through', _names(way))}.")
        of_the_run = [visit for visit in named if not history_of(visit.scope)]
        return failed[0] if failed else (of_the_run or named)[-1]

    def _visit_of_event(self, event_id: int | str) -> Visit:
        place = self.places.get(event_id)
        if place is None:
            last = self.run.events[-1]["id"] if self.run.events else 0
            raise CommandFailed(f"There is no event {event_id} in {self.run.execution}; its last is {last}.")
        if place.visit is None:
            raise CommandFailed(f"Event {event_id} of {self.run.execution} belongs to the execution, not to a state.")
        return place.visit

    def execution_of(self, visit: Visit) -> str:
        """The name of the execution that a visit was in: the run's, or that of one of its shards."""
        history = history_of(visit.scope)
        described = (shard.description for shard in self.shards if shard.name == history)
        return next((str(one.get("name") or self.run.execution) for one in described), self.run.execution)

    def counts(self) -> dict[Path, Counter[str]]:
        """For each state visited: how many visits ended how, and ``retries``."""
        counts: dict[Path, Counter[str]] = {}
        for visit in self.visits:
            count = counts.setdefault(visit.path, Counter())
            count[visit.status] += 1
            count["retries"] += max(len(visit.attempts) - 1, 0)
        return counts


@no_garbage_collection()
def build_model(run: SavedRun, conventions: Conventions = ANY) -> RunModel:
    """Reads a run as far as possible; nothing in a history of any workflow makes it fail.

    The process's garbage collector is off meanwhile.
    """
    definition = read_definition(run.definition)
    found = attribute(run.events, definition)
    children = child_histories(run, found, definition)
    shards = shard_histories(run, found, definition, conventions.sharding)
    visits = [*found.visits, *(visit for child in (*children, *shards) for visit in child.found.visits)]
    for number, visit in enumerate(visits):
        visit.number = number
        read_attempts(visit)
    status = _status(run)
    over = status != RUNNING
    ended_with = blame_for_end(found, run.events)
    for child in (*children, *shards):
        blame_for_end(child.found, child.events)
    name_failures_of_fail_states(visits, definition)
    pass_on_failures(visits)
    for visit in visits:
        set_status(visit, conventions.caught, over=over, stopped=status == "ABORTED")
    started_ms, ended_ms = _times(run, over=over)
    now_ms = None if over else ended_ms
    rows = symbol_rows(visits, definition, conventions, now_ms=now_ms)
    if shards:
        rows += rows_of_shards(run, shards, rows, conventions, now_ms)
        rows.sort(key=lambda row: row.rank)
    # Those of shards come last, and the run's own end is not to blame for them.
    blamed, later = root_causes(definition, sorted(visits, key=_entered_ms) if shards else visits)
    if status == KILLED:
        blamed += killed_in(visits)
    elif not blamed and ended_with and status == "TIMED_OUT":
        blamed = cut_off(visits, "States.Timeout", "The execution's time was up while it was in this state.")
    elif not blamed and ended_with:
        blamed = _nobody(ended_with, status)
    if shards or any(row.gave_up and row.told for row in rows):
        blamed = add_told(blamed, rows, definition)
    if status in {KILLED, UNKNOWN}:
        take_records(rows, run.manifest, conventions)
    return RunModel(
        run=run,
        machine=definition or observed_machine(visits),
        drawn_from_events=definition is None,
        status=status,
        places=_all_places(found, shards),
        visits=visits,
        children=children,
        shards=[shard for shard in shards if shard.events],
        rows=rows,
        row_of_scope={scope: row for row in rows if not row.within for scope in row.scopes},
        rows_of_shard=_by_scope(row for row in rows if row.within),
        root_causes=blamed,
        also_failed=later,
        ended_with=ended_with,
        started_ms=started_ms,
        ended_ms=ended_ms,
        missing=[*run.missing, *_gaps(run, status)],
        conventions=conventions,
    )


def _entered_ms(visit: Visit) -> int:
    return moment(visit.entered) or 0


def _all_places(found: Attribution, shards: list[Child]) -> dict[int | str, EventPlace]:
    places: dict[int | str, EventPlace] = dict(found.places.items())
    for shard in shards:
        places |= {f"{shard.name}:{number}": place for number, place in shard.found.places.items()}
    return places


def _by_scope(rows: Iterable[SymbolRow]) -> dict[Scope, list[SymbolRow]]:
    found: dict[Scope, list[SymbolRow]] = {}
    for row in rows:
        for scope in row.scopes:
            found.setdefault(scope, []).append(row)
    return found


RUNNING, KILLED, UNKNOWN = "RUNNING", "KILLED", "UNKNOWN"
"""Statuses of runs whose history has no end; AWS knows only the first."""
ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
"""The types of an execution's last event, and the status that each leaves."""
_STATUSES = {**ENDS, "ExecutionRedriven": RUNNING, "ExecutionStarted": RUNNING}


def _status(run: SavedRun) -> str:
    described = run.description.get("status")
    if isinstance(described, str) and described:
        return described
    last = next((event["type"] for event in reversed(run.events) if event["type"] in _STATUSES), None)
    return _STATUSES[last] if last else UNKNOWN


def _times(run: SavedRun, *, over: bool) -> tuple[int | None, int | None]:
    first = moment(run.events[0]) if run.events else None
    last = moment(run.events[-1]) if run.events else None
    started = milliseconds(run.description.get("startDate")) or first
    return started, (milliseconds(run.description.get("stopDate")) if over else None) or last


def _nobody(ended_with: ErrorDetails, status: str) -> list[RootCause]:
    return [RootCause((), ended_with.error, ended_with.message)] if status == FAILED.upper() else []


def _gaps(run: SavedRun, status: str) -> list[str]:
    """What is missing, as far as the history itself shows."""
    gaps = []
    if not run.events:
        return ["The run was killed before it began."] if status == KILLED else ["The history is empty."]
    first, last = run.events[0]["id"], run.events[-1]["id"]
    if first != 1:
        gaps.append(f"The history begins with event {first}; what came before is not in it.")
    if last - first + 1 > len(run.events):
        absent = last - first + 1 - len(run.events)
        gaps.append(f"{counted(absent, 'event')} in between {'is' if absent == 1 else 'are'} not in the history.")
    gaps += _no_end(run, status)
    if any("previousEventId" not in event for event in run.events):
        gaps.append("Events do not name the event before them, so concurrent iterations can't be told apart.")
    redriven = sum(event["type"] == "ExecutionRedriven" for event in run.events)
    if redriven:
        often = "once" if redriven == 1 else f"{redriven} times"
        gaps.append(f"The run was redriven {often}: its events are those of all its attempts.")
    if (
        not (run.map_runs or run.shards)
        and run.engine.get("name") != AWS
        and any(e["type"] == "MapRunStarted" for e in run.events)
    ):
        gaps.append("The items of a Distributed Map ran in executions of their own, whose histories are not at hand.")
    cut = sum(_truncated(event) for event in run.events)
    if cut:
        gaps.append(f"{cut} inputs or outputs are cut off or left out in the history.")
    return gaps


def _no_end(run: SavedRun, status: str) -> list[str]:
    """How far the history of a run without an end goes; nothing for one that has ended."""
    last, when = run.events[-1]["id"], run.events[-1].get("timestamp")
    if status == KILLED and run.shards:
        return [f"The run's process was killed, or the machine went down, after {run.description.get('stopDate')}."]
    if status == KILLED:
        return [f"The run's process was killed, or the machine went down, after event {last} of {when}."]
    if status == RUNNING:
        known = run.description.get("status")
        going = "The run is still going" if known else "The run is still going, or the history was cut off here"
        return [f"{going}: this is how it stood at event {last}."]
    if any(event["type"] in _STATUSES and event["type"] != "ExecutionStarted" for event in run.events[-200:]):
        return []
    return [f"The history stops at event {last}, before the end of the run."]


def _truncated(event: HistoryEvent) -> bool:
    for key, value in event.items():
        if key.endswith("EventDetails") and isinstance(value, dict):
            for name in ("inputDetails", "outputDetails"):
                data = value.get(name)
                if isinstance(data, dict) and (data.get("truncated") or data.get("included") is False):
                    return True
    return False


def _failed_first(visits: list[Visit]) -> list[Visit]:
    """Visits that failed, and after them those that deferred the symbol; one that got another slot is neither."""
    called = [visit for visit in visits if visit.type not in {"Map", "Parallel", "Fail"}]
    return [visit for kind in ({FAILED, HANDLED}, {DEFERRED}) for visit in called if visit.status in kind]


def _calls_under_way(visits: list[Visit]) -> list[Visit]:
    """The calls under way, the latest first."""
    called = [visit for visit in visits if visit.type == "Task" and visit.status == UNFINISHED and visit.attempts]
    return sorted(called, key=lambda visit: -int(visit.attempts[-1].scheduled["id"]))


def _names(way: list[Visit]) -> list[str]:
    return list(dict.fromkeys(visit.name for visit in way))


def _choice(lead: str, names: list[str]) -> str:
    if not names:
        return "it has none"
    return f"{lead} {named_few(names, _SOME)}"
