"""What later runs in the same folder have saved of a run's symbols."""

import json
from pathlib import Path
from typing import Any

from stockflow.sources.opening import PLAN_FILE, OpenedRun
from stockflow.sources.unended import symbols_saved

_SAME = ("series", "outputsize")


def saved_since(opened: OpenedRun) -> frozenset[str]:
    """The symbols that a run begun after this one has saved, with the same series and size."""
    if opened.folder is None:
        return frozenset()
    own = _planned(opened.folder)
    later = [folder for folder in opened.folder.resolve().parent.iterdir() if _goes_on_from(own, _planned(folder))]
    return frozenset(str(record["symbol"]) for folder in later for record in symbols_saved(folder))


def _goes_on_from(own: dict[str, Any], other: dict[str, Any]) -> bool:
    began, own_began = other.get("started_at"), own.get("started_at")
    return (
        bool(began and own_began)
        and str(began) > str(own_began)
        and all(own.get(key) == other.get(key) for key in _SAME)
    )


def _planned(folder: Path) -> dict[str, Any]:
    """What Plan noted of the run itself; empty where it noted nothing."""
    try:
        run = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))["run"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return run if isinstance(run, dict) else {}
