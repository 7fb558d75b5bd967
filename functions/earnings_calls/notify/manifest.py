"""The manifest of a run, from its plan, its calls' records and the Map's results. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from stockflow_functions.domain.outcome import DEFERRED, FAILED, Failure
from stockflow_functions.earnings_calls.contracts import CallsManifest, CallsPlan, EndedCalls
from stockflow_functions.earnings_calls.cost import CallWork, run_cost
from stockflow_functions.earnings_calls.notify.headline import title_of
from stockflow_functions.earnings_calls.outcome import UNCHANGED, CallOutcome
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.pacing.planning import requests_made
from stockflow_functions.reporting.contracts import EndedItem, RunFacts
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.failure import run_failed, standard_sentence
from stockflow_functions.reporting.outcome import outcome_of_run

Engines = Mapping[str, str]
"""What writes recordings down, under ``speech``, and what judges passages, under ``tone``."""


def summary_manifest(
    plan: EndedCalls, records: Mapping[str, CallOutcome], finished_at: str, engines: Engines
) -> CallsManifest:
    """The manifest of a run whose Map ended."""
    tried = [_settled(entry, records.get(entry["symbol"])) for entry in plan.get("symbols", [])]
    manifest = _manifest(plan["run"], plan, tried, finished_at, engines)
    calls = [CallOutcome.from_dict(call) for call in manifest["symbols"]]
    sentence = plan["skipped"] or f"{title_of(manifest, calls)}."
    return {**manifest, "sentence": sentence}


def failure_manifest(
    run: FailedRun, traces: Traces[CallOutcome], failure: Failure, finished_at: str, engines: Engines
) -> CallsManifest:
    """The manifest of a run that failed; a call without a record failed with the run's own error."""
    if traces.manifest:
        return _ended_by(failure, traces.manifest)
    plan: CallsPlan | None = traces.plan
    work = [item["symbol"] for item in plan["work"]] if plan else []
    tried = [traces.symbols.get(name) or CallOutcome(name, FAILED, error=failure) for name in work]
    facts: RunFacts = plan["run"] if plan else run.facts()
    return _ended_by(failure, _manifest(facts, plan, tried, finished_at, engines))


def run_counts(manifest: CallsManifest) -> dict[str, float]:
    """Those of the run's metrics that are counts."""
    calls = manifest["symbols"]
    statuses = Counter(call["status"] for call in calls)
    counts: dict[str, float] = {
        f"Calls{status.capitalize()}": float(statuses[status]) for status in ("saved", UNCHANGED, FAILED, DEFERRED)
    }
    counts["CallPassages"] = float(sum(call["passages"] for call in calls))
    counts["CallPassagesUnscored"] = float(sum(call["unscored"] for call in calls))
    counts["CostDollars"] = float(manifest["cost"]["dollars"])
    return counts


def _ended_by(failure: Failure, manifest: CallsManifest) -> CallsManifest:
    return {**manifest, "outcome": "failed", "sentence": run_failed(failure), "error": failure.as_dict()}


def _manifest(
    run: RunFacts, plan: CallsPlan | None, tried: list[CallOutcome], finished_at: str, engines: Engines
) -> CallsManifest:
    """The manifest without its sentence."""
    left = [(plan["unchanged"], UNCHANGED), (plan["deferred"], DEFERRED)] if plan else []
    calls = [*tried, *(CallOutcome(name, status) for names, status in left for name in names)]
    return {
        "execution": run["execution"],
        "execution_arn": run["execution_arn"],
        "workflow": EARNINGS_CALLS.name,
        "trigger": run["trigger"],
        "started_at": run["started_at"],
        "finished_at": finished_at,
        "outcome": outcome_of_run([call.status for call in calls]),
        "sentence": "",
        "symbols": [call.as_dict() for call in calls],
        "requests": requests_made(plan["requests"] if plan else None, sum(call.attempts for call in tried)),
        "cost": run_cost(_work_of(tried, plan)),
        "engines": dict(engines),
        "warnings": plan["warnings"] if plan else [],
        "error": None,
        "source": "",
    }


def _settled(entry: EndedItem, record: CallOutcome | None) -> CallOutcome:
    """One call's outcome: the record's, if it agrees with the Map.

    They differ if a state was killed before it could record its failure: then the record is an earlier attempt's, or
    is missing.
    """
    error = entry.get("error")
    recorded = record.error.type if record and record.error else None
    if record and record.status == entry["status"] and (not error or recorded == error["type"]):
        return record
    failure = Failure(error["type"], standard_sentence(error["type"]), error["state"]) if error else None
    return CallOutcome(entry["symbol"], entry["status"], record.attempts if record else 0, error=failure)


def _work_of(tried: Iterable[CallOutcome], plan: CallsPlan | None) -> list[CallWork]:
    doors = {item["symbol"]: item["call"]["door"] for item in plan["work"]} if plan else {}
    return [
        CallWork(
            doors[call.symbol],
            call.transcribed_seconds,
            call.units,
            call.looks,
            call.attempts,
            call.error.state if call.error else "",
        )
        for call in tried
        if call.symbol in doors
    ]
