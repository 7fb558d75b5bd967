"""Why a run failed: the failures at its root, grouped by state and error.

What is left out: a failure that a retry survived (of the Task itself, or of a Map or Parallel around it); a Map that
failed because an iteration did; what fails while a failure is handled; the Fail state that a handled failure leads
to; an error that is not a failure by the workflow's conventions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stockflow.history.attribution import ENTERED_AT, Attribution
from stockflow.history.definition import Path, Region, State
from stockflow.history.json_values import JsonObject
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import FAILED, HANDLED, ErrorDetails, Scope, Visit, details_of

_NAMED = re.compile(r"[Tt]he state(?:/task)? '([^']+)'")
_COMPOUND = {"Map", "Parallel"}


@dataclass
class RootCause:
    """Visits of one state that failed with one error; ``path`` and ``visits`` are empty if no state is to blame.

    ``told`` are the messages of items whose visits are in no history at hand, by the items' names.
    """

    path: Path
    error: str
    message: str
    visits: list[Visit] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return str(self.path[-1]) if self.path else ""


def blame_for_end(found: Attribution, events: list[HistoryEvent]) -> ErrorDetails | None:
    """The error that the run ended with; a state that failed without an event of its own gets it as its failure."""
    end = next((event for event in reversed(events) if event["type"].startswith("Execution")), None)
    if end is None or end["type"] not in {"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}:
        return None
    details = details_of(end)
    failure = ErrorDetails(str(details.get("error") or ""), str(details.get("cause") or ""))
    if end["type"] == "ExecutionTimedOut":
        failure.error = failure.error or "States.Timeout"
    if end["type"] == "ExecutionFailed":
        visit = _origin(found, end, failure)
        if visit and visit.failure is None and visit.exited is None:
            visit.failure = failure
    return failure


def _origin(found: Attribution, end: HistoryEvent, failure: ErrorDetails) -> Visit | None:
    """The state that the end names, by event id or by name, or else the one the chain leads to."""
    named = ENTERED_AT.search(failure.cause)
    if named and (place := found.places.get(int(named[1]))):
        return place.visit
    by_name = _NAMED.search(failure.cause)
    if by_name:
        visits = [visit for visit in found.visits if visit.name == by_name[1] and visit.exited is None]
        if visits:
            return visits[-1]
    previous = end.get("previousEventId")
    visit = None
    while previous and (place := found.places.get(previous)) and place.visit and place.visit is not visit:
        visit = place.visit
        event = next(e for e in reversed(visit.events) if e["id"] == previous)
        if visit.type not in _COMPOUND or not event["type"].endswith("Failed"):
            break
        previous = event.get("previousEventId")
    return visit


def name_failures_of_fail_states(visits: list[Visit], machine: Region | None) -> None:
    """A Fail state's error, which is in no event: it is in the definition, or in the state's input."""
    states = {state.path: state for state in machine.all_states()} if machine else {}
    for visit in visits:
        if visit.type == "Fail" and visit.failure is None:
            visit.failure = _declared(states.get(visit.path), visit) or _around(visit) or ErrorDetails("")


def _declared(state: State | None, visit: Visit) -> ErrorDetails | None:
    if state is None:
        return None
    texts = [_declared_text(state.source, field_name, visit) for field_name in ("Error", "Cause")]
    return ErrorDetails(*texts) if any(texts) else None


def _declared_text(source: JsonObject, name: str, visit: Visit) -> str:
    value, path = source.get(name), source.get(f"{name}Path")
    if isinstance(path, str):
        value = at_path(visit.input_value, path)
    return value if isinstance(value, str) else ""


def at_path(value: object, path: str) -> object:
    """The value at a plain reference path (``$.a.b[0]``), or None if it is missing or the path is not plain."""
    if not re.fullmatch(r"\$(?:\.[\w-]+|\[\d+\])*", path):
        return None
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", path):
        if name:
            value = value.get(name) if isinstance(value, dict) else None
        else:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
    return value


def _around(visit: Visit) -> ErrorDetails | None:
    """The error output that a Catch around the Fail state received."""
    scope: Scope | None = visit.scope
    while scope and scope.owner:
        caught = scope.owner.output_value if scope.owner.ended == "failed" else None
        if isinstance(caught, dict) and isinstance(caught.get("Error"), str):
            return ErrorDetails(caught["Error"], str(caught.get("Cause") or ""))
        scope = scope.owner.scope
    return None


def root_causes(machine: Region | None, visits: list[Visit]) -> tuple[list[RootCause], list[RootCause]]:
    """The root causes, and separately what failed while they were handled; those with the most visits first."""
    failed = [visit for visit in visits if visit.status in {FAILED, HANDLED} and not visit.scope.superseded]
    passed_on = {scope.owner for visit in failed for scope in scopes_around(visit)}
    handlers = _handlers(machine)
    blamed: list[Visit] = []
    later: list[Visit] = []
    touched: set[Scope] = set()
    for visit in failed:
        if visit.type in _COMPOUND and visit in passed_on:
            continue
        handles = visit.scope in touched and (visit.path in handlers or _straight_after_a_failure(visit))
        if visit.type == "Fail" and visit.scope in touched:
            continue
        (later if handles else blamed).append(visit)
        touched.update(scopes_around(visit))
    return _grouped(blamed), _grouped(later)


def scopes_around(visit: Visit) -> Iterator[Scope]:
    """The scope of a visit and those around it, from the inside out."""
    scope: Scope | None = visit.scope
    while scope:
        yield scope
        scope = scope.owner.scope if scope.owner else None


def _straight_after_a_failure(visit: Visit) -> bool:
    before = visit.scope.visits[: visit.scope.visits.index(visit)]
    return bool(before) and before[-1].status == HANDLED


def _grouped(visits: list[Visit]) -> list[RootCause]:
    groups: dict[tuple[Path, str], RootCause] = {}
    for visit in visits:
        failure = visit.failure or ErrorDetails("")
        cause = groups.setdefault((visit.path, failure.error), RootCause(visit.path, failure.error, failure.message))
        cause.visits.append(visit)
    return sorted(groups.values(), key=lambda cause: -len(cause.visits))


def _handlers(machine: Region | None) -> set[Path]:
    """States that only a Catch leads to."""
    if machine is None:
        return set()
    return {state.path for state in machine.all_states()} - set(_plainly_reached(machine))


def _plainly_reached(region: Region) -> Iterable[Path]:
    open_names, seen = [region.start], set()
    while open_names:
        name = open_names.pop()
        if name in seen or name not in region.states:
            continue
        seen.add(name)
        open_names += [way.target for way in region.ways if way.source == name and way.kind != "catch"]
        yield region.states[name].path
        for inner in region.states[name].regions:
            yield from _plainly_reached(inner)
