"""What later runs in the same folder have saved of a run's symbols."""

import json
from pathlib import Path
from typing import Any

from stockflow import workflows
from stockflow.sources.opening import PLAN_FILE, OpenedRun
from stockflow.sources.unended import symbols_saved
from stockflow_functions.runtime.workflow import Workflow


def saved_since(opened: OpenedRun) -> frozenset[str]:
    """The symbols that a run begun after this one has saved, and that is alike: with the same series and size, say."""
    workflow = workflows.of_run(opened.run)
    if opened.folder is None or workflow is None:
        return frozenset()
    own = _planned(opened.folder)
    siblings = opened.folder.resolve().parent.iterdir()
    later = [folder for folder in siblings if _goes_on_from(own, _planned(folder), workflow)]
    return frozenset(str(record["symbol"]) for folder in later for record in symbols_saved(folder, workflow))


def _goes_on_from(own: dict[str, Any], other: dict[str, Any], workflow: Workflow) -> bool:
    began, own_began = other.get("started_at"), own.get("started_at")
    return (
        bool(began and own_began)
        and str(began) > str(own_began)
        and all(own.get(key) == other.get(key) for key in workflow.alike)
    )


def _planned(folder: Path) -> dict[str, Any]:
    """What Plan noted of the run itself; empty where it noted nothing."""
    try:
        run = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))["run"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return run if isinstance(run, dict) else {}
