"""Shards of a large run: executions of the same machine, whose states and items count as the run's own.

A shard whose history was read gives rows as a small run does. Of the others the rows are what their records say.
"""

from collections.abc import Iterator, Mapping

from stockflow.history.attribution import Attribution, attribute
from stockflow.history.causes import RootCause
from stockflow.history.children import ENDED, Child
from stockflow.history.conventions import Conventions
from stockflow.history.definition import Path, Region
from stockflow.history.json_values import JsonObject, objects_in, text_in
from stockflow.history.saved_run import SavedRun, ShardRun
from stockflow.history.symbols import SymbolRow, judge, left_out_of, take_record
from stockflow.history.visits import NOT_REACHED, ErrorDetails, Iteration, Scope, Visit

_STOPPED = "ABORTED"


def shard_name(number: int) -> str:
    """``0007``: its folder, and what stands before the ids of its events."""
    return f"{number:04}"


def shard_histories(run: SavedRun, parent: Attribution, machine: Region | None, sharding: str) -> list[Child]:
    """Attributes the events of each shard of the run, in the order of its shards; none where no Map started them."""
    started = [visit for visit in parent.visits if visit.name == sharding and not visit.scope.owner]
    return [_history_of(shard, started[-1], machine) for shard in run.shards] if started else []


def _history_of(shard: ShardRun, visit: Visit, machine: Region | None) -> Child:
    name, index, description = shard_name(shard["number"]), shard["number"] - 1, shard["description"]
    scope = Scope(
        owner=visit,
        index=index,
        attempt=max(visit.starts, 1),
        iterations=((visit.name, index),),
        ended=ENDED.get(str(description.get("status")), ""),
        history=name,
    )
    visit.inner.append(scope)
    visit.latest[index] = scope
    events = SavedRun(events=shard["events"]).events
    return Child(name, description, attribute(events, machine, scope), events)


def rows_of_shards(
    run: SavedRun, shards: list[Child], rows: list[SymbolRow], conventions: Conventions, now_ms: int | None
) -> list[SymbolRow]:
    """Completes the rows with what records say, and adds those of items that no history at hand has.

    Args:
        shards: of the run, in the order of its shards.
        rows: those of the histories at hand.
        now_ms: as in :func:`symbols.symbol_rows`.
    """
    told = {text_in(record.get("symbol")): record for record in _records(run)}
    known = {row.symbol: row for row in rows}
    pairs = zip(run.shards, shards, strict=True)
    found = [row for shard, child in pairs for row in _rows_of(shard, child, known, conventions)]
    placed = known.keys() | {row.symbol for row in found}
    outside = [name for name in told if name not in placed]
    found += [SymbolRow(name, len(placed) + n) for n, name in enumerate(outside)]
    stopped = _not_begun_or_stopped(run, shards)
    for row in (*rows, *found):
        if row.within and row.scopes:
            judge(row, conventions, now_ms)
        record = told.get(row.symbol, {})
        # What a run that was stopped never came to is a failure in its manifest, and none of its own here.
        never = row.status == NOT_REACHED and not row.within
        if not (record.get("status") == conventions.failed and (never or row.iterations[:1] in stopped)):
            take_record(row, record, conventions)
    return found


def _not_begun_or_stopped(run: SavedRun, shards: list[Child]) -> set[tuple[Iteration, ...]]:
    """The places of shards that were stopped, or had not begun."""
    found = set()
    for shard, own in zip(run.shards, shards, strict=True):
        begun = bool(shard["description"]) and (bool(own.found.visits) or not own.events)
        if not begun or shard["description"].get("status") == _STOPPED:
            found.add(own.found.root.iterations)
    return found


def _records(run: SavedRun) -> list[JsonObject]:
    return objects_in(run.records) or objects_in(run.manifest.get("symbols"))


def _rows_of(
    shard: ShardRun, child: Child, known: Mapping[str, SymbolRow], conventions: Conventions
) -> Iterator[SymbolRow]:
    """The items of a shard that are in none of its Maps: it has not begun, was not read, or ended before its Map."""
    root = child.found.root
    place = root.iterations
    left_out = left_out_of(root.visits, conventions)
    at_hand = not any(visit.type == "Map" and visit.starts for visit in root.visits) and root.visits
    for index, symbol in enumerate(shard["symbols"]):
        if symbol in known:
            continue
        row = SymbolRow(symbol, index, within=place)
        if symbol in left_out:
            take_record(row, left_out[symbol], conventions)
        elif at_hand:
            row.scopes, row.way = [root], list(root.visits)
        yield row


def add_told(blamed: list[RootCause], rows: list[SymbolRow], machine: Region | None) -> list[RootCause]:
    """The causes, with the failures of items of which only their records are at hand; most items first."""
    paths = {state.name: state.path for state in machine.all_states()} if machine else {}
    causes = {(cause.path, cause.error): cause for cause in blamed}
    for row in rows:
        if row.gave_up and row.told:
            failure = row.failure or ErrorDetails("")
            path: Path = paths.get(row.place, (row.place,) if row.place else ())
            cause = causes.setdefault((path, failure.error), RootCause(path, failure.error, failure.message))
            cause.told[row.symbol] = failure.message
    if any(cause.told for cause in causes.values()):
        causes = {key: cause for key, cause in causes.items() if not _is_a_summary(cause)}
    return sorted(causes.values(), key=lambda cause: -len(cause.visits) - len(cause.told))


def _is_a_summary(cause: RootCause) -> bool:
    """Whether the cause is the Fail state that a run with failed items ends in."""
    return bool(cause.visits) and all(visit.type == "Fail" and not visit.scope.owner for visit in cause.visits)
