"""Which of a run's symbols later runs in the same folder have saved."""

from pathlib import Path

from stockflow import workflows
from stockflow.history.json_values import JsonObject, object_in
from stockflow.sources.opening import OpenedRun
from stockflow.sources.run_folder import PLAN_FILE, read_object
from stockflow.sources.unended import symbols_saved
from stockflow_functions.runtime.workflow import Workflow


def saved_since(opened: OpenedRun) -> frozenset[str]:
    """The symbols saved by runs that began after this one and are alike, for example in series and size."""
    workflow = workflows.of_run(opened.run)
    if opened.folder is None or workflow is None:
        return frozenset()
    own = _planned(opened.folder)
    siblings = opened.folder.resolve().parent.iterdir()
    later = [folder for folder in siblings if _goes_on_from(own, _planned(folder), workflow)]
    return frozenset(str(record["symbol"]) for folder in later for record in symbols_saved(folder, workflow))


def _goes_on_from(own: JsonObject, other: JsonObject, workflow: Workflow) -> bool:
    began, own_began = other.get("started_at"), own.get("started_at")
    return (
        bool(began and own_began)
        and str(began) > str(own_began)
        and all(own.get(key) == other.get(key) for key in workflow.alike)
    )


def _planned(folder: Path) -> JsonObject:
    """The run's facts from the planner; empty if it left none."""
    return object_in(read_object(folder / PLAN_FILE).get("run"))
