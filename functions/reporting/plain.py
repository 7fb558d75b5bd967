"""The reporter of a workflow that only says how a run's items ended."""

from collections.abc import Iterable, Mapping
from typing import Any

from stockflow_functions.domain.messages.message import ERROR, INFO, WARNING, Message, Part, Piece, Untrusted
from stockflow_functions.domain.outcome import DEFERRED, FAILED, Failure, ItemOutcome
from stockflow_functions.domain.words import and_more, counted, plain_name
from stockflow_functions.reporting.contracts import EndedItem, PlainManifest, PlainPlan, RunFacts
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.failure import run_failed, standard_sentence
from stockflow_functions.reporting.outcome import outcome_of_run
from stockflow_functions.reporting.reporter import Reporter
from stockflow_functions.reporting.run_links import console_link, rerun_command, show_command
from stockflow_functions.runtime.workflow import Workflow

MOST_NAMED = 10


class PlainReporter(Reporter[PlainPlan, ItemOutcome, PlainManifest]):
    """Says how many items ended how, which ones failed, and how to run those again."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow

    def outcome_of(self, record: Any) -> ItemOutcome:
        error = record["error"]
        failure = Failure(error["type"], error["message"], error["state"]) if error else None
        return ItemOutcome(record["symbol"], record["status"], failure)

    def summary(self, plan: PlainPlan, records: Mapping[str, ItemOutcome], finished_at: str) -> PlainManifest:
        return _manifest(plan["run"], [_settled(item, records) for item in plan["symbols"]], finished_at)

    def failure(self, run: FailedRun, traces: Traces[ItemOutcome], failure: Failure, finished_at: str) -> PlainManifest:
        work = [item["symbol"] for item in traces.plan["work"]] if traces.plan else list(traces.symbols)
        outcomes = [traces.symbols.get(symbol) or ItemOutcome(symbol, FAILED, failure) for symbol in work]
        return _manifest(run.facts(), outcomes, finished_at, failure)

    def any_failed(self, manifest: PlainManifest) -> bool:
        return any(item["status"] == FAILED for item in manifest["symbols"])

    def message(self, manifest: PlainManifest) -> Message:
        bad = [item["symbol"] for item in manifest["symbols"] if item["status"] in {FAILED, DEFERRED}]
        kind = ERROR if manifest["outcome"] == "failed" else WARNING if bad else INFO
        lines: list[tuple[Piece, ...]] = [("Run ", Untrusted(manifest["execution"], 160), " of ", self.workflow.name)]
        if bad:
            names = [piece for name in bad[:MOST_NAMED] for piece in (" ", Untrusted(name))]
            lines.append(("Not done:", *names, and_more(len(bad) - MOST_NAMED)))
        said = (Untrusted(manifest["error"]["message"], 600),) if manifest["error"] else ()
        commands = [show_command(manifest), rerun_command(manifest) if bad else None]
        quoted = tuple(Untrusted(command, 2_500) for command in commands if command)
        link = console_link(manifest)
        parts = [Part("", tuple(lines), said), Part("To look further", ((link,),) if link else (), quoted)]
        return Message(kind, _title(manifest), tuple(parts))


def _settled(item: EndedItem, records: Mapping[str, ItemOutcome]) -> ItemOutcome:
    """The item's record, if it agrees with the Map; else what the Map says."""
    record, error = records.get(item["symbol"]), item.get("error")
    if record and record.status == item["status"]:
        return record
    failure = Failure(error["type"], standard_sentence(error["type"]), error["state"]) if error else None
    return ItemOutcome(item["symbol"], item["status"], failure)


def _manifest(
    run: RunFacts, outcomes: Iterable[ItemOutcome], finished_at: str, failure: Failure | None = None
) -> PlainManifest:
    items = list(outcomes)
    manifest: PlainManifest = {
        "execution": run["execution"],
        "execution_arn": run["execution_arn"],
        "trigger": run["trigger"],
        "started_at": run["started_at"],
        "finished_at": finished_at,
        "outcome": outcome_of_run([item.status for item in items], run_failed=failure is not None),
        "sentence": "",
        "symbols": [item.as_dict() for item in items],
        "warnings": [],
        "error": failure.as_dict() if failure else None,
    }
    return {**manifest, "sentence": run_failed(failure) if failure else f"{_title(manifest)}."}


def _title(manifest: PlainManifest) -> str:
    if manifest["error"]:
        return f"The run failed in {plain_name(manifest['error']['state'])}: {plain_name(manifest['error']['type'])}"
    statuses = [item["status"] for item in manifest["symbols"]]
    failed, deferred = statuses.count(FAILED), statuses.count(DEFERRED)
    if failed or deferred:
        counts = [f"{number:,} {word}" for number, word in ((failed, "failed"), (deferred, "deferred")) if number]
        return f"Of {counted(len(statuses), 'symbol')} {', '.join(counts)}"
    return f"{counted(len(statuses), 'symbol')} done" if statuses else "Nothing to do"
