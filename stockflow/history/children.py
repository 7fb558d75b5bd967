"""The child executions of Distributed Maps: each is an iteration with a history of its own."""

from dataclasses import dataclass, field

from stockflow.history.attribution import Attribution, attribute
from stockflow.history.definition import Region
from stockflow.history.saved_run import ChildExecution, Description, HistoryEvent, MapRun, SavedRun
from stockflow.history.visits import Scope, Visit, details_of

ENDED = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "failed", "ABORTED": "aborted"}


@dataclass
class Child:
    """One child execution, by the name of its history; ``events`` are empty if that was not fetched."""

    name: str
    description: Description
    found: Attribution
    events: list[HistoryEvent] = field(default_factory=list)


def child_histories(run: SavedRun, parent: Attribution, machine: Region | None) -> list[Child]:
    """Attributes the saved child executions to iterations of the Maps that started them."""
    children: list[Child] = []
    for map_run in run.map_runs:
        visit = _started_by(map_run, parent)
        if visit is None:
            continue
        for index, child in enumerate(map_run["children"]):
            children.append(_child(str(len(children) + 1), index, child, visit, machine))
    return children


def _started_by(map_run: MapRun, parent: Attribution) -> Visit | None:
    arn = map_run["map_run"].get("mapRunArn")
    maps = [visit for visit in parent.visits if visit.type == "Map"]
    for visit in maps:
        if any(details_of(event).get("mapRunArn") == arn for event in visit.events if event["type"] == "MapRunStarted"):
            return visit
    named = [visit for visit in maps if visit.name == map_run.get("state")]
    return named[0] if named else None


def _child(name: str, index: int, child: ChildExecution, visit: Visit, machine: Region | None) -> Child:
    description = child["description"]
    given = description.get("input")
    scope = Scope(
        owner=visit,
        index=index,
        attempt=max(visit.starts, 1),
        path=visit.path,
        iterations=(*visit.iterations, (visit.name, index)),
        ended=ENDED.get(str(description.get("status")), ""),
        input=given if isinstance(given, str) else None,
        history=name,
    )
    visit.inner.append(scope)
    visit.latest[index] = scope
    events = SavedRun(events=child["events"]).events
    return Child(name, description, attribute(events, machine, scope), events)
