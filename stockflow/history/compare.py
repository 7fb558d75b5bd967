"""The last good run of each symbol, out of the manifests of earlier runs."""

import json
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from stockflow.history.model import RunModel

MANIFEST_FILE = "manifest.json"
_MOST_RUNS = 30


@dataclass(frozen=True)
class LastGood:
    """How a symbol's last good run went; ``seconds`` is None where that run's history is not beside its manifest.

    ``started_at`` is when that run began, ISO 8601, or "".
    """

    execution: str
    status: str
    rows_added: int
    rows_changed: int
    attempts: int
    seconds: float | None
    started_at: str = ""


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest in a run's folder, or None where there is none that can be read."""
    try:
        value = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def summary_of(model: RunModel) -> dict[str, Any]:
    """What a later run needs of this one for its comparison: kept at the head of ``run.json``."""
    return {
        "status": model.status,
        "seconds": {row.symbol: row.seconds for row in model.rows if row.seconds is not None},
    }


def last_good_runs(folder: Path, manifest: dict[str, Any] | None, done: AbstractSet[str]) -> dict[str, LastGood]:
    """By symbol, out of the runs in the folders beside this one; ``done`` are the outcomes of a good one."""
    began = str((manifest or {}).get("started_at") or "")
    earlier = ((found, partial(_seconds, place)) for place, found in _earlier(folder, began))
    return last_good_among(manifest, earlier, done)


def last_good_among(
    manifest: dict[str, Any] | None,
    earlier: Iterable[tuple[dict[str, Any], Callable[[], dict[str, float]]]],
    done: AbstractSet[str],
) -> dict[str, LastGood]:
    """By symbol of this manifest.

    Args:
        manifest: this run's.
        earlier: manifests of runs that ended before it began, newest first, each with what gives its symbols' seconds;
            no more of them is taken than need be.
        done: the outcomes of a good one.
    """
    wanted = {name for name, _ in _symbols(manifest)}
    found: dict[str, LastGood] = {}
    for before, seconds_of in earlier if wanted else ():
        good = [(name, symbol) for name, symbol in _symbols(before) if symbol.get("status") in done]
        new = [(name, symbol) for name, symbol in good if name in wanted and name not in found]
        seconds = seconds_of() if new else {}
        for name, symbol in new:
            found[name] = _last_good(before, symbol, seconds.get(name))
        if wanted <= found.keys():
            break
    return found


def saved_last_good(saved: dict[str, Any]) -> dict[str, LastGood]:
    """The same as it is kept in a saved run."""
    return {symbol: _last_good(good, good, None) for symbol, good in saved.items() if isinstance(good, dict)}


def _symbols(manifest: dict[str, Any] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = (manifest or {}).get("symbols")
    for symbol in listed if isinstance(listed, list) else ():
        if isinstance(symbol, dict) and isinstance(symbol.get("symbol"), str):
            yield symbol["symbol"], symbol


def _earlier(folder: Path, began: str) -> list[tuple[Path, dict[str, Any]]]:
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


def _seconds(folder: Path) -> dict[str, float]:
    """From the head of the saved run: its events, by far the most of it, come last and are not read."""
    head = ""
    try:
        with (folder / "run.json").open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(' "events"'):
                    break
                head += line
        summary = json.loads(head.rstrip().rstrip(",") + "}").get("summary")
        return {name: float(value) for name, value in summary["seconds"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _last_good(manifest: dict[str, Any], symbol: dict[str, Any], seconds: float | None) -> LastGood:
    def count(name: str) -> int:
        value = symbol.get(name)
        return value if isinstance(value, int) else 0

    return LastGood(
        execution=str(manifest.get("execution") or ""),
        status=str(symbol.get("status") or ""),
        rows_added=count("rows_added"),
        rows_changed=count("rows_changed"),
        attempts=count("attempts"),
        seconds=seconds,
        started_at=str(manifest.get("started_at") or ""),
    )
