"""The shards of a run on this machine: what is in their folders, put together with the run.

Of a universe not all histories fit into one page. Those of shards that are not over, or in which something failed, was
deferred or was tried again, come first; of the others there is what the manifest says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from stockflow import workflows
from stockflow.errors import CommandError
from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, objects_in, text_in
from stockflow.history.masking import masked
from stockflow.history.saved_run import Description, HistoryEvent, SavedRun, ShardRun
from stockflow.history.shards import shard_name
from stockflow.sources.json_members import members_of
from stockflow.sources.run_folder import PLAN_FILE, RUN_FILE, SHARDS_FILE, read_list, read_manifest, read_object
from stockflow.sources.shard_choice import MOST_EVENTS, KnownShard, most_telling_first, not_at_hand
from stockflow.sources.unended import read_unended, symbols_saved
from stockflow_functions.aws import keys
from stockflow_functions.domain.outcome import DEFERRED


@dataclass
class FoundShard(KnownShard):
    """A shard as its folder has it.

    Attributes:
        folder: is missing if it has not begun.
        seconds: how long each symbol took, as far as its run.json says.
        unended: what its journal has, where there is no run.json.
    """

    folder: Path = field(default_factory=Path)
    seconds: Mapping[str, object] = field(default_factory=dict)
    unended: SavedRun | None = None

    def run(self) -> SavedRun | None:
        """The shard's own run; None if there is none that can be read."""
        if self.unended:
            return self.unended
        try:
            return SavedRun.from_dict(read_object(self.folder / RUN_FILE), str(self.folder / RUN_FILE))
        except CommandError:
            return None

    def records(self, done_of: SavedRun) -> list[JsonObject]:
        """How its symbols ended, as far as it says."""
        manifest = read_manifest(self.folder)
        return (
            objects_in(manifest.get("symbols")) if manifest else symbols_saved(self.folder, workflows.of_run(done_of))
        )


def with_shards(run: SavedRun, folder: Path | None, wanted: str = "") -> SavedRun:
    """The run with its shards; unchanged if it has none in its folder, or has them already.

    Args:
        wanted: a symbol or a shard (``0007``), whose history comes first.
    """
    found = [] if run.shards or folder is None else list(_found(folder))
    if not found or folder is None:
        return run
    records = _records(run, folder, found)
    workflow = workflows.of_run(run)
    done = workflow.done if workflow else frozenset()
    taken = _histories(most_telling_first(found, records, wanted, done))
    shards: list[ShardRun] = [
        {
            "number": shard.number,
            "description": shard.description,
            "symbols": shard.symbols,
            "events": _events(shard, taken),
        }
        for shard in found
    ]
    logs = {request: lines for one in taken.values() for request, lines in one.logs.items()}
    whole = replace(run, shards=shards, records=list(records), logs={**run.logs, **logs})
    whole.missing = [*run.missing, *not_at_hand(run.execution, found, taken.keys())]
    return whole


def _found(folder: Path) -> Iterator[FoundShard]:
    for entry in objects_in(read_list(folder / SHARDS_FILE)):
        number = count_in(entry.get("number"))
        symbols = [text_in(name) for name in list_in(entry.get("symbols"))]
        whole = (
            folder
            if (folder / "shards").is_dir()
            else folder.with_name(keys.whole_run(text_in(entry.get("execution"))))
        )
        yield _described(FoundShard(number, symbols, folder=whole / "shards" / shard_name(number)))


def _described(shard: FoundShard) -> FoundShard:
    """With what its run.json says before its events, or else its journal."""
    try:
        head = members_of(shard.folder / RUN_FILE, "description", "summary")
    except (OSError, ValueError, RecursionError):
        return _from_journal(shard)
    described, summary = object_in(head.get("description")), object_in(head.get("summary"))
    return replace(shard, description=cast("Description", described), seconds=object_in(summary.get("seconds")))


def _from_journal(shard: FoundShard) -> FoundShard:
    try:
        unended = masked(read_unended(shard.folder))
    except (FileNotFoundError, CommandError):
        return shard
    return replace(shard, description=unended.description, unended=unended)


def _records(run: SavedRun, folder: Path, found: Sequence[FoundShard]) -> list[JsonObject]:
    """How the run's symbols ended, each with its seconds: by its manifest, else by its plan and its shards."""
    manifest = read_manifest(folder)
    seconds = {name: took for shard in found for name, took in shard.seconds.items()}
    told = objects_in(manifest.get("symbols")) if manifest else [*_unasked(folder), *_of_shards(run, found)]
    return [{**record, "seconds": seconds.get(text_in(record.get("symbol")))} for record in told]


def _unasked(folder: Path) -> Iterator[JsonObject]:
    plan = read_object(folder / PLAN_FILE)
    yield from objects_in(plan.get("answered"))
    for name in list_in(plan.get("deferred")):
        yield {"symbol": text_in(name), "status": DEFERRED}


def _of_shards(run: SavedRun, found: Sequence[FoundShard]) -> Iterator[JsonObject]:
    for shard in found:
        yield from shard.records(run) if shard.has_begun else ()


def _histories(shards: Sequence[FoundShard]) -> dict[int, SavedRun]:
    """The runs of the first of the shards, as many as have room."""
    taken: dict[int, SavedRun] = {}
    room = MOST_EVENTS
    for shard in shards:
        if room <= 0:
            break
        run = shard.run()
        if run is not None:
            taken[shard.number] = run if shard.unended else masked(run)
            room -= len(run.events)
    return taken


def _events(shard: FoundShard, taken: Mapping[int, SavedRun]) -> list[HistoryEvent]:
    return taken[shard.number].events if shard.number in taken else []
