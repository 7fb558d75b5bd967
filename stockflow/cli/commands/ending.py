"""What a command says at the end of a run, and its exit status; the same for a laptop run and one on AWS."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from stockflow.cli.progress import counts_of
from stockflow.history.answers import answer_of
from stockflow.history.json_values import count_in, text_in
from stockflow.history.model import RunModel
from stockflow.history.symbols import SymbolRow
from stockflow.manifest import Manifest, ManifestItem
from stockflow.terminal import printable
from stockflow_functions.domain.outcome import CHECKED, FAILED, FailureRecord
from stockflow_functions.domain.words import counted
from stockflow_functions.runtime.settings import SAVE_TO_S3, SLACK_ENABLED
from stockflow_functions.runtime.workflow import Workflow

_SWITCHED_OFF = {
    SLACK_ENABLED: "Slack is muted: SLACK_ENABLED is off.",
    SAVE_TO_S3: "The dataset was left alone: SAVE_TO_S3 is off.",
}
_MOST_ANSWERED = 10


def exit_status(manifest: Manifest) -> int:
    """0 if every symbol is saved, unchanged, fresh or deferred, 2 if the input could not be used, else 1."""
    error = manifest["error"]
    if error:
        return 2 if error["type"] == "InvalidInput" else 1
    return 1 if any(symbol["status"] == FAILED for symbol in manifest["symbols"]) else 0


def sum_up(console: Console, manifest: Manifest, workflow: Workflow) -> None:
    """One line on what became of the items, and one on the error if the run itself failed.

    Before them, what was said of items that the vendor was not asked for: no progress has shown it.
    """
    items = manifest["symbols"]
    for line in _answered(items, workflow.planner):
        console.print(Text(printable(line), style="bold yellow"), soft_wrap=True)
    said = counts_of([item["status"] for item in items]) or f"no {workflow.item}"
    would = " would be" if any(item["status"] == CHECKED for item in items) else ""
    added = counted(sum(item.get("rows_added", 0) for item in items), "row")
    rows = f"; {added}{would} added" if workflow.adds_rows else ""
    console.print(Text(f"{manifest['outcome']}: {said}{rows}."), soft_wrap=True)
    for switch in manifest.get("switched_off", ()):
        console.print(Text(_SWITCHED_OFF.get(switch, f"{switch} is off."), style="bold yellow"), soft_wrap=True)
    error = manifest["error"]
    if error:
        place = f"{error['state']}: " if error["state"] else ""
        console.print(Text(printable(f"{place}{error['type']}: {error['message']}"), style="bold red"), soft_wrap=True)


def _answered(items: Sequence[ManifestItem], planner: str) -> list[str]:
    """What is to be told of items that the planner answered for, of which at most ten are named."""
    unasked = [item for item in items if item.get("attempts") == 0]
    errors = [item.get("error") for item in unasked]
    lines = [error["message"] for error in errors if error and error["state"] == planner]
    lines += [sentence for item in unasked for sentence in item.get("warnings", [])]
    more = len(lines) - _MOST_ANSWERED
    return [*lines[:_MOST_ANSWERED], *([f"{more:,} more are in the manifest."] if more > 0 else [])]


def manifest_of(model: RunModel, workflow: Workflow) -> Manifest:
    """``{outcome, symbols, error}`` of a run that has ended, from its history alone."""
    notified = [visit for visit in model.visits if visit.name in workflow.notifiers]
    outcome = text_in(answer_of(notified[-1]).get("outcome")) if notified else ""
    symbols = [_symbol(row, workflow) for row in sorted(model.rows, key=lambda row: row.order)]
    return {
        "outcome": outcome or ("succeeded" if model.status == "SUCCEEDED" else "failed"),
        "symbols": symbols,
        "error": _error(model, workflow),
    }


def _symbol(row: SymbolRow, workflow: Workflow) -> ManifestItem:
    """Counts symbols without an outcome as unfinished: the run ended before they did."""
    item: ManifestItem = {"symbol": row.symbol, "status": row.outcome or FAILED}
    if workflow.adds_rows:
        answers = (answer_of(visit) for visit in reversed(row.way) if visit.name == workflow.steps[-1])
        item["rows_added"] = next((count_in(answer.get("rows_added")) for answer in answers), 0)
    return item


def _error(model: RunModel, workflow: Workflow) -> FailureRecord | None:
    """The error of the run itself; the errors of symbols are with the symbols."""
    failure = model.ended_with
    if failure is None or failure.error == workflow.items_failed:
        return None
    state = model.root_causes[0].state if model.root_causes else ""
    return {"type": failure.error or model.status, "message": failure.message, "state": state}
