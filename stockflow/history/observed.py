"""The state machine as far as a history shows it, for runs with an unknown definition."""

from collections import defaultdict

from stockflow.history.definition import Path, Region, State, Way
from stockflow.history.visits import HANDLED, Scope, Visit

_DEEPEST = 24


def observed_machine(visits: list[Visit]) -> Region:
    """The states that were visited, with the ways taken between them."""
    regions: dict[Path, list[Visit]] = defaultdict(list)
    scopes: dict[Path, dict[Scope, None]] = defaultdict(dict)
    for visit in visits:
        regions[visit.path[:-1]].append(visit)
        scopes[visit.path[:-1]][visit.scope] = None
    return _region((), regions, scopes)


def _region(above: Path, regions: dict[Path, list[Visit]], scopes: dict[Path, dict[Scope, None]]) -> Region:
    states: dict[str, State] = {}
    for visit in regions.get(above, []):
        states.setdefault(visit.name, State(visit.path, visit.type))
    for state in states.values() if len(above) < _DEEPEST else ():
        inner = (
            [state.path]
            if state.type == "Map"
            else [(*state.path, number) for number in range(_branches(state, regions))]
        )
        state.regions = [region for path in inner if (region := _region(path, regions, scopes)).states]
    ways = dict.fromkeys(way for scope in scopes.get(above, {}) for way in _taken(scope))
    return Region(next(iter(states), ""), states, list(ways))


def _branches(state: State, regions: dict[Path, list[Visit]]) -> int:
    numbers = [path[-1] for path in regions if path[:-1] == state.path and isinstance(path[-1], int)]
    return max(numbers, default=-1) + 1 if state.type == "Parallel" else 0


def _taken(scope: Scope) -> list[Way]:
    return [
        Way(before.name, after.name, "catch" if before.status == HANDLED else "next")
        for before, after in zip(scope.visits, scope.visits[1:], strict=False)
    ]
