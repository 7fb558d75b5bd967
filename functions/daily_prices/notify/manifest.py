"""The manifest of a run, from its plan, its symbols' records and the Map's results. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from stockflow_functions.daily_prices.contracts import EndedPlan, Manifest, Plan
from stockflow_functions.daily_prices.cost import RunWork, run_cost
from stockflow_functions.daily_prices.notify.headline import title_of
from stockflow_functions.daily_prices.outcome import (
    CHECKED,
    DEFERRED,
    FAILED,
    FRESH,
    SAVED,
    UNCHANGED,
    Failure,
    SymbolOutcome,
)
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.pacing.planning import requests_made
from stockflow_functions.reporting.contracts import EndedError, EndedItem, RunFacts
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.failure import run_failed, standard_sentence
from stockflow_functions.reporting.outcome import outcome_of_run

_STEPS = DAILY_PRICES.steps
_QUOTA: EndedError = {"type": "QuotaExhausted", "state": _STEPS[0]}
"""The error of a symbol that was deferred inside the Map and left no record."""


def tried_in(plan: EndedPlan, records: Mapping[str, SymbolOutcome]) -> list[SymbolOutcome]:
    """How the symbols of the Map ended: by its ``symbols`` in the state, and the symbols' records."""
    return [_settled(entry, records.get(entry["symbol"])) for entry in plan.get("symbols", [])]


def summary_manifest(plan: EndedPlan, tried: list[SymbolOutcome], finished_at: str) -> Manifest:
    """The manifest of a run that came to its end.

    Args:
        plan: the state of the execution, with every symbol that was not asked for.
        tried: how those ended that were.
        finished_at: now, ISO 8601.
    """
    run = plan["run"]
    manifest = _manifest(run, run["series"], run["outputsize"], plan, tried, finished_at)
    sentence = plan["skipped"] or f"{title_of(manifest, _outcomes(manifest))}."
    return {**manifest, "sentence": sentence}


def failure_manifest(
    run: FailedRun,
    traces: Traces[SymbolOutcome],
    failure: Failure,
    finished_at: str,
    of_shards: list[SymbolOutcome] | None = None,
) -> Manifest:
    """The manifest of a run that failed.

    A symbol without a record failed with the run's own error. A manifest that Notify had written before it failed
    keeps its symbols. ``of_shards`` is how those ended that the run asked for in shards.
    """
    if traces.manifest:
        return ended_by(failure, traces.manifest)
    plan: Plan | None = traces.plan
    facts: RunFacts = plan["run"] if plan else run.facts()
    series = plan["run"]["series"] if plan else run.asked("series", "")
    outputsize = plan["run"]["outputsize"] if plan else run.asked("outputsize", "")
    work = [item["symbol"] for item in plan["work"]] if plan else []
    tried = [traces.symbols.get(symbol) or SymbolOutcome(symbol, FAILED, error=failure) for symbol in work]
    return ended_by(failure, _manifest(facts, series, outputsize, plan, of_shards or tried, finished_at))


def with_warnings(manifest: Manifest, warnings: Iterable[str]) -> Manifest:
    """The manifest with more warnings about the run as a whole, each sentence once."""
    return {**manifest, "warnings": list(dict.fromkeys([*manifest["warnings"], *warnings]))}


def ended_by(failure: Failure, manifest: Manifest) -> Manifest:
    """The manifest of a run that the failure ended."""
    return {**manifest, "outcome": "failed", "sentence": run_failed(failure), "error": failure.as_dict()}


def shard_counts(manifest: Manifest) -> dict[str, float]:
    """The metric of a shard, for the alarm RunFailed to tell its execution from a run's."""
    return {"ShardsFailed": float(bool(manifest["error"]))}


def run_counts(manifest: Manifest, *, red: bool = False) -> dict[str, float]:
    """Those of the run's metrics that are counts; ``red`` is whether it ends as failed."""
    symbols = manifest["symbols"]
    statuses = Counter(symbol["status"] for symbol in symbols)
    told = (SAVED, UNCHANGED, FRESH, FAILED, DEFERRED)
    counts: dict[str, float] = {f"Symbols{status.capitalize()}": float(statuses[status]) for status in told}
    stored = [symbol for symbol in symbols if symbol["status"] != CHECKED]
    counts["RowsAdded"] = float(sum(symbol["rows_added"] for symbol in stored))
    counts["RowsChanged"] = float(sum(symbol["rows_changed"] for symbol in stored))
    counts["RowsRejected"] = float(sum(symbol["rows_rejected"] for symbol in symbols))
    counts["RequestsMade"] = float(manifest["requests"]["made"])
    counts["CostDollars"] = float(manifest["cost"]["dollars"])
    counts["RunsFailed"] = float(red)
    counts["RunsCompleted"] = float(manifest["outcome"] != "failed" and "backfill" not in manifest)
    return counts


def _manifest(
    run: RunFacts, series: str, outputsize: str, plan: Plan | None, tried: list[SymbolOutcome], finished_at: str
) -> Manifest:
    """The manifest without its sentence."""
    deferred, answered = (plan["deferred"], plan.get("answered", [])) if plan else ([], [])
    unasked = [SymbolOutcome.from_dict(record) for record in answered]
    symbols = [*tried, *unasked, *(SymbolOutcome(symbol, DEFERRED) for symbol in deferred)]
    made, fresh = sum(symbol.attempts for symbol in tried), sum(symbol.status == FRESH for symbol in unasked)
    return {
        "execution": run["execution"],
        "execution_arn": run["execution_arn"],
        "trigger": run["trigger"],
        "series": series,
        "outputsize": outputsize,
        "started_at": run["started_at"],
        "finished_at": finished_at,
        "outcome": outcome_of_run([symbol.status for symbol in symbols]),
        "sentence": "",
        "symbols": [symbol.as_dict() for symbol in symbols],
        "requests": requests_made(plan["requests"] if plan else None, made),
        "cost": run_cost(_work_of(tried, fresh), shards=plan["shards"]["count"] if plan and "shards" in plan else 0),
        "warnings": plan["warnings"] if plan else [],
        "error": None,
        "source": "",
    }


def _outcomes(manifest: Manifest) -> list[SymbolOutcome]:
    return [SymbolOutcome.from_dict(symbol) for symbol in manifest["symbols"]]


def _settled(entry: EndedItem, record: SymbolOutcome | None) -> SymbolOutcome:
    """One symbol's outcome: the record's, if it agrees with the Map.

    They differ if a state was killed before it could record its failure: then the record is an earlier attempt's, or
    is missing.
    """
    deferred, error = entry["status"] == DEFERRED, entry.get("error")
    recorded = record.error.type if record and record.error else None
    # The Map does not say what deferred a symbol.
    if record and record.status == entry["status"] and (deferred or recorded == (error and error["type"])):
        return record
    error = error or (_QUOTA if deferred else None)
    failure = Failure(error["type"], standard_sentence(error["type"]), error["state"]) if error else None
    return SymbolOutcome(entry["symbol"], entry["status"], record.attempts if record else 1, error=failure)


def _work_of(tried: Iterable[SymbolOutcome], fresh: int) -> RunWork:
    tried = list(tried)
    counts = Counter(symbol.status for symbol in tried)
    stops = Counter(
        symbol.error.state if symbol.error and symbol.error.state in _STEPS else _STEPS[0]
        for symbol in tried
        if symbol.status in {FAILED, DEFERRED}
    )
    refetches = sum(max(0, symbol.attempts - 1) for symbol in tried)
    return RunWork(counts[SAVED], counts[UNCHANGED] + counts[CHECKED], stops, refetches, fresh)
