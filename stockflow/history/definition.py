"""The state machine as written: its states by path, and the ways between them.

A state's path is the names on the way to it, from the outermost: ``("EachSymbol", "Fetch")``; below a Parallel the
branch's number stands between: ``("Both", 0, "Left")``. The same name in two Maps is two states.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stockflow.history.json_values import JsonObject, list_in, objects_in

Path = tuple[str | int, ...]

_DEEPEST = 12
_LONGEST_LABEL = 34


@dataclass(frozen=True)
class Way:
    """From one state to another of the same region; ``kind`` is next, choice, default or catch."""

    source: str
    target: str
    kind: str
    label: str = ""


@dataclass
class State:
    """One state; ``regions`` are a Map's body or a Parallel's branches."""

    path: Path
    type: str
    source: JsonObject = field(default_factory=dict)
    regions: list["Region"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.path[-1])


@dataclass
class Region:
    """States that lead to one another: the machine itself, a Map's body, a branch of a Parallel."""

    start: str
    states: dict[str, State]
    ways: list[Way]
    name: str = ""

    def all_states(self) -> Iterator[State]:
        """Every state, outer before inner, in the order they are written."""
        for state in self.states.values():
            yield state
            for region in state.regions:
                yield from region.all_states()


def read_definition(source: object) -> Region | None:
    """The whole machine, or None if the source is not a definition. Unreadable parts of it are ignored."""
    region = _region(source, (), 0)
    return region if region and region.states else None


def _region(source: object, above: Path, depth: int) -> Region | None:
    if not isinstance(source, dict) or not isinstance(source.get("States"), dict) or depth > _DEEPEST:
        return None
    states = {
        name: State((*above, name), str(body.get("Type", "")), body, _regions(body, (*above, name), depth))
        for name, body in source["States"].items()
        if isinstance(body, dict)
    }
    start = source.get("StartAt")
    if not isinstance(start, str) or start not in states:
        start = next(iter(states), "")
    ways = [way for name, state in states.items() for way in _ways(name, state.source) if way.target in states]
    return Region(start, states, ways)


def _regions(body: JsonObject, path: Path, depth: int) -> list[Region]:
    if body.get("Type") == "Map":
        inner = _region(body.get("ItemProcessor") or body.get("Iterator"), path, depth + 1)
        return [inner] if inner else []
    branches = list_in(body.get("Branches")) if body.get("Type") == "Parallel" else []
    regions = [_region(branch, (*path, number), depth + 1) for number, branch in enumerate(branches)]
    return [region for region in regions if region]


def _ways(name: str, body: JsonObject) -> Iterator[Way]:
    if isinstance(target := body.get("Next"), str):
        yield Way(name, target, "next")
    for choice in objects_in(body.get("Choices")):
        yield Way(name, str(choice.get("Next")), "choice", _shortened(condition(choice)))
    if isinstance(target := body.get("Default"), str):
        yield Way(name, target, "default", "default")
    for catcher in objects_in(body.get("Catch")):
        names = ", ".join(map(str, list_in(catcher.get("ErrorEquals"))))
        yield Way(name, str(catcher.get("Next")), "catch", names)


_OPERATORS = {
    "LessThanEquals": "≤",
    "GreaterThanEquals": "≥",
    "Equals": "=",
    "LessThan": "<",
    "GreaterThan": ">",
    "Matches": "matches",
}


def condition(rule: JsonObject) -> str:
    """A choice rule in few words: ``$.count > 3``, ``$.work[0] is present``, ``not (…)``."""
    if isinstance(rule.get("Condition"), str):
        return str(rule["Condition"]).strip().removeprefix("{%").removesuffix("%}").strip()
    for word in ("And", "Or"):
        if isinstance(rule.get(word), list):
            return f" {word.lower()} ".join(condition(part) for part in objects_in(rule[word]))
    if isinstance(opposite := rule.get("Not"), dict):
        return f"not ({condition(opposite)})"
    variable = str(rule.get("Variable", ""))
    for key, value in rule.items():
        if key.startswith("Is") and isinstance(value, bool):
            return f"{variable} is {'' if value else 'not '}{key[2:].lower()}"
        for ending, sign in _OPERATORS.items():
            if key.removesuffix("Path").endswith(ending) and key.startswith(
                ("String", "Numeric", "Timestamp", "Boolean")
            ):
                return f"{variable} {sign} {_literal(value)}"
    return variable


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
