"""The last good run of each symbol, from the folders beside a run."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from stockflow.history.compare import LastGood, last_good_among
from stockflow.history.json_values import JsonObject, object_in
from stockflow.sources.json_members import member_of
from stockflow.sources.run_folder import RUN_FILE, read_manifest

_MOST_RUNS = 30


def last_good_runs(folder: Path, manifest: JsonObject | None, done: AbstractSet[str]) -> dict[str, LastGood]:
    """By symbol, from the runs in the folders beside this one; ``done`` are the outcomes of a good one."""
    began = str((manifest or {}).get("started_at") or "")
    earlier = ((found, partial(_seconds, place)) for place, found in _earlier(folder, began))
    return last_good_among(manifest, earlier, done)


def _earlier(folder: Path, began: str) -> list[tuple[Path, JsonObject]]:
    if not began:
        return []
    try:
        siblings = sorted(
            (f for f in folder.resolve().parent.iterdir() if f.name != folder.resolve().name), reverse=True
        )
    except OSError:
        return []
    manifests = [(sibling, read_manifest(sibling)) for sibling in siblings[: _MOST_RUNS * 4]]
    runs = [(place, manifest) for place, manifest in manifests if manifest]
    before = [run for run in runs if str(run[1].get("finished_at") or "") and str(run[1]["finished_at"]) <= began]
    return sorted(before, key=lambda run: str(run[1]["finished_at"]), reverse=True)[:_MOST_RUNS]


def _seconds(folder: Path) -> Mapping[str, float]:
    """From the summary in the saved run; the events, by far the largest part, come after it and are not read."""
    try:
        summary = member_of(folder / RUN_FILE, "summary")
    except (OSError, ValueError, RecursionError):
        return {}
    seconds = object_in(object_in(summary).get("seconds"))
    return {name: float(value) for name, value in seconds.items() if isinstance(value, int | float)}
