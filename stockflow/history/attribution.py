"""Which state visit and which Map iteration each event of a history belongs to.

One pass in the order of the ids. A plain walk along ``previousEventId`` is wrong for one event in five: a Map's worker
lane chains an iteration to the one before it, aborted siblings hang on the event that failed, and what follows a Map
hangs on its last iteration. So the index in ``MapIteration*`` and the name in ``*StateExited`` are trusted over the
chain. The rules were found on histories recorded on AWS; redriven ones schedule a new attempt from the state's entry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stockflow.history.definition import Path, Region, State
from stockflow.history.json_values import count_in, text_in
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import Scope, Visit, details_of

ENTERED_AT = re.compile(r"entered at the event id #(\d+)")
_OF_TASKS = ("Task", "LambdaFunction", "Activity")
_ENDED = {"Succeeded": "succeeded", "Failed": "failed", "Aborted": "aborted"}


@dataclass(frozen=True)
class EventPlace:
    """The scope and visit that an event belongs to."""

    scope: Scope
    visit: Visit | None


@dataclass
class Attribution:
    """The result: scopes and visits in the order they began, and a place for every event id."""

    root: Scope
    scopes: list[Scope]
    visits: list[Visit]
    places: dict[int, EventPlace]
    orphans: int


def attribute(events: list[HistoryEvent], machine: Region | None = None, root: Scope | None = None) -> Attribution:
    """Places every event.

    Args:
        events: oldest first.
        machine: the definition, if it is known, distinguishes the branches of a Parallel.
        root: the iteration of a Distributed Map whose child execution this is; else a new scope for the execution.
    """
    return _Pass(events, machine, root or Scope()).run()


class _Pass:
    def __init__(self, events: list[HistoryEvent], machine: Region | None, root: Scope) -> None:
        self.events = events
        self.states: dict[Path, State] = {state.path: state for state in machine.all_states()} if machine else {}
        self.root = root
        self.scopes = [self.root]
        self.visits: list[Visit] = []
        self.by_name: dict[str, list[Path]] = {}
        for path in self.states:
            self.by_name.setdefault(str(path[-1]), []).append(path)
        self.places: dict[int, EventPlace] = {}
        self.types: dict[int, str] = {}
        self.orphans = 0
        self.last: HistoryEvent | None = None

    def run(self) -> Attribution:
        for event in self.events:
            place = self._place(event)
            self.places[event["id"]] = place
            self.types[event["id"]] = event["type"]
            if place.visit:
                place.visit.events.append(event)
            self.last = event
        return Attribution(self.root, self.scopes, self.visits, self.places, self.orphans)

    def _place(self, event: HistoryEvent) -> EventPlace:  # noqa: PLR0911 # a case each
        kind = event["type"]
        if kind.startswith("Execution"):
            if kind == "ExecutionRedriven":
                self._reopen()
            return EventPlace(self.root, None)
        before = self._before(event)
        if kind.endswith("StateEntered"):
            return self._entered(event, kind.removesuffix("StateEntered"), before)
        if kind.endswith("StateExited"):
            return self._exited(event, kind.removesuffix("StateExited"), before)
        if kind.startswith("MapIteration"):
            return self._iteration(event, kind.removeprefix("MapIteration"), before)
        if kind.startswith(("MapState", "ParallelState", "MapRun")):
            return self._compound(kind, before)
        if kind.endswith("StateAborted"):
            return self._aborted(kind.removesuffix("StateAborted"), before)
        return self._within(event, before)

    def _before(self, event: HistoryEvent) -> EventPlace:
        """The place of the previous event; a history that is cut off at its start may name a missing one."""
        previous = event.get("previousEventId")
        if previous is None:
            previous = self.last["id"] if self.last else 0
        place = self.places.get(previous)
        if place is None and previous:
            self.orphans += 1
        return place or EventPlace(self.root, None)

    def _entered(self, event: HistoryEvent, kind: str, before: EventPlace) -> EventPlace:
        scope, name = before.scope, str(details_of(event).get("name", ""))
        if before.visit and self.types.get(event.get("previousEventId", 0)) == "ParallelStateStarted":
            scope = self._branch(before.visit, name)
        visit = self._visit(name, kind, scope)
        visit.entered = event
        return EventPlace(scope, visit)

    def _exited(self, event: HistoryEvent, kind: str, before: EventPlace) -> EventPlace:
        name = str(details_of(event).get("name", ""))
        if kind in {"Map", "Parallel"}:
            visit = self._around(before, kind, name)
        else:
            visit = before.visit if before.visit and before.visit.name == name and not before.visit.exited else None
            visit = visit or before.scope.open_visit(name)
        visit = visit or self._visit(name, kind, before.scope)
        visit.exited = event
        return EventPlace(visit.scope, visit)

    def _iteration(self, event: HistoryEvent, what: str, before: EventPlace) -> EventPlace:
        details = details_of(event)
        name, index = str(details.get("name", "")), count_in(details.get("index"))
        visit = self._around(before, "Map", name)
        scope = None if what == "Started" else self._find_iteration(visit, name, index)
        scope = scope or self._open_iteration(visit or self._visit(name, "Map", self.root), index)
        if what == "Started":
            scope.began = event
        else:
            scope.ended, scope.over = _ENDED.get(what, ""), event
        return EventPlace(scope, scope.owner)

    def _compound(self, kind: str, before: EventPlace) -> EventPlace:
        of = "Parallel" if kind.startswith("Parallel") else "Map"
        visit = self._around(before, of)
        if visit is None:
            return before
        if kind.endswith("StateStarted"):
            visit.starts += 1
            visit.ended = ""
        elif not kind.startswith("MapRun"):
            visit.ended = _ENDED.get(kind.removeprefix(f"{of}State"), "")
        return EventPlace(visit.scope, visit)

    def _aborted(self, kind: str, before: EventPlace) -> EventPlace:
        """The event has no name: right after a MapIteration event it belongs to that iteration, whatever its link."""
        scope = before.scope
        if self.last and self.last["type"].startswith("MapIteration"):
            scope = self.places[self.last["id"]].scope
        visit = before.visit if before.visit and before.visit.scope is scope and before.visit.type == kind else None
        return EventPlace(scope, visit or scope.open_visit(kind=kind))

    def _within(self, event: HistoryEvent, before: EventPlace) -> EventPlace:
        """An event inside a state belongs to the visit before it, unless it names its state or its Entered event."""
        details = details_of(event)
        named = text_in(details.get("state")) or None
        entered = ENTERED_AT.search(text_in(details.get("cause")))
        if (
            entered
            and (place := self.places.get(int(entered[1])))
            and place.visit
            and named in {None, place.visit.name}
        ):
            return place
        if before.visit and before.visit.exited is None and named in {None, before.visit.name}:
            return EventPlace(before.visit.scope, before.visit)
        kind = "Task" if event["type"].startswith(_OF_TASKS) else None
        return EventPlace(before.scope, before.scope.open_visit(named, kind) or before.scope.open_visit(kind=kind))

    def _around(self, before: EventPlace, kind: str, name: str | None = None) -> Visit | None:
        """The nearest Map or Parallel around a place, of that name; without a name, the nearest that has not ended."""
        nearest: Visit | None = None
        for visit in _owners(before):
            if visit.type == kind and name in {None, visit.name}:
                if not visit.ended and not visit.exited:
                    return visit
                nearest = nearest or visit
        return nearest

    def _find_iteration(self, visit: Visit | None, name: str, index: int) -> Scope | None:
        """The iteration of that index in this Map; if it has none open, in any Map of that name."""
        found = visit.latest.get(index) if visit else None
        if found and not found.ended:
            return found
        for scope in reversed(self.scopes):
            if scope.owner and scope.owner.name == name and scope.index == index and not scope.ended:
                return scope
        return found

    def _open_iteration(self, visit: Visit, index: int) -> Scope:
        path = (*visit.scope.iterations, (visit.name, index))
        return self._scope(Scope(visit, index, max(visit.starts, 1), visit.path, path))

    def _branch(self, visit: Visit, first: str) -> Scope:
        taken = {scope.index for scope in visit.inner if scope.attempt == visit.starts}
        regions = self.states[visit.path].regions if visit.path in self.states else []
        fitting = [number for number, region in enumerate(regions) if region.start == first and number not in taken]
        number = fitting[0] if fitting else len(taken)
        return self._scope(Scope(visit, number, visit.starts, (*visit.path, number), visit.scope.iterations))

    def _scope(self, scope: Scope) -> Scope:
        self.scopes.append(scope)
        if scope.owner:
            scope.owner.inner.append(scope)
            scope.owner.latest[scope.index] = scope
        return scope

    def _visit(self, name: str, kind: str, scope: Scope) -> Visit:
        visit = Visit(len(self.visits), name, kind, scope, self._path(scope, name))
        self.visits.append(visit)
        scope.visits.append(visit)
        return visit

    def _path(self, scope: Scope, name: str) -> Path:
        """The state's path; taken from the definition if earlier events are missing and the scope is unknown."""
        path = (*scope.path, name)
        elsewhere = self.by_name.get(name, [])
        return elsewhere[0] if self.states and path not in self.states and len(elsewhere) == 1 else path

    def _reopen(self) -> None:
        """Reopens what had failed or was aborted: a redrive continues inside it."""
        for visit in self.visits:
            if visit.exited is None:
                visit.ended = ""
        for scope in self.scopes:
            if scope.ended != "succeeded":
                scope.ended = ""


def _owners(place: EventPlace) -> Iterator[Visit]:
    """The visit at a place, if it holds others, and the Maps and Parallels around it, from the inside out."""
    if place.visit:
        yield place.visit
    scope: Scope | None = place.scope
    while scope and scope.owner:
        if scope.owner is not place.visit:
            yield scope.owner
        scope = scope.owner.scope
