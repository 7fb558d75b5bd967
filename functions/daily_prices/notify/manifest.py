"""The manifest of a run, from its plan, its symbols' records and what the Map gave on. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stockflow_functions.daily_prices.cost import RunWork, run_cost
from stockflow_functions.daily_prices.notify.failed_run import FailedRun, Traces
from stockflow_functions.daily_prices.notify.failure import standard_sentence
from stockflow_functions.daily_prices.notify.headline import title_of
from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED, SAVED, UNCHANGED, Failure, SymbolOutcome
from stockflow_functions.domain.clock import from_iso

_QUOTA = {"type": "QuotaExhausted", "state": "Fetch"}
"""What a symbol that was deferred inside the Map is said to have, where it left no record."""
_STEPS = ("Fetch", "Transform", "Save")


def summary_manifest(plan: Mapping[str, Any], records: Mapping[str, SymbolOutcome], finished_at: str) -> dict[str, Any]:
    """The manifest of a run whose Map ended.

    Args:
        plan: the state of the execution, with the Map's ``symbols`` where it ran.
        records: the symbols' records by symbol.
        finished_at: now, ISO 8601.
    """
    tried = [_settled(entry, records.get(entry["symbol"])) for entry in plan.get("symbols", [])]
    return _manifest(plan["run"], plan, tried, finished_at)


def failure_manifest(run: FailedRun, traces: Traces, failure: Failure, finished_at: str) -> dict[str, Any]:
    """The manifest of a run that failed.

    A symbol without a record failed with the run's own error. A manifest that Notify had written before it failed
    keeps its symbols.
    """
    if traces.manifest:
        return {**traces.manifest, "outcome": "failed", "sentence": _run_failed(failure), "error": failure.__dict__}
    plan = traces.plan or {"work": [], "deferred": [], "requests": {}}
    work = [item["symbol"] for item in plan["work"]]
    tried = [traces.symbols.get(symbol) or SymbolOutcome(symbol, FAILED, error=failure) for symbol in work]
    return _manifest(run.identity(traces.plan), plan, tried, finished_at, failure)


def run_metrics(manifest: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """The run's metrics: counts, and milliseconds."""
    symbols = manifest["symbols"]
    statuses = Counter(symbol["status"] for symbol in symbols)
    counts = {
        f"Symbols{status.capitalize()}": float(statuses[status]) for status in (SAVED, UNCHANGED, FAILED, DEFERRED)
    }
    for kind in ("added", "changed", "rejected"):
        counts[f"Rows{kind.capitalize()}"] = float(sum(symbol[f"rows_{kind}"] for symbol in symbols))
    counts["RequestsMade"] = float(manifest["requests"]["made"])
    counts["CostDollars"] = float(manifest["cost"]["dollars"])
    milliseconds = from_iso(manifest["finished_at"]) - from_iso(manifest["started_at"])
    return counts, {"RunDuration": float(milliseconds)}


def outcome_of(symbols: Sequence[SymbolOutcome], *, run_failed: bool = False) -> str:
    """``failed`` where the run failed or every attempted symbol did, ``skipped`` where there was nothing to do."""
    if run_failed:
        return "failed"
    if not symbols:
        return "skipped"
    attempted = [symbol for symbol in symbols if symbol.status != DEFERRED]
    if attempted and all(symbol.status == FAILED for symbol in attempted):
        return "failed"
    troubled = any(symbol.status in {FAILED, DEFERRED} for symbol in symbols)
    return "partial" if troubled else "succeeded"


def _manifest(
    run: Mapping[str, Any],
    plan: Mapping[str, Any],
    tried: list[SymbolOutcome],
    finished_at: str,
    failure: Failure | None = None,
) -> dict[str, Any]:
    symbols = [*tried, *(SymbolOutcome(symbol, DEFERRED) for symbol in plan["deferred"])]
    manifest = {
        **{name: run[name] for name in ("execution", "execution_arn", "trigger", "series", "started_at")},
        "finished_at": finished_at,
        "outcome": outcome_of(symbols, run_failed=failure is not None),
        "sentence": "",
        "symbols": [symbol.as_dict() for symbol in symbols],
        "requests": {**plan["requests"], "made": sum(symbol.attempts for symbol in tried)},
        "cost": run_cost(_work_of(tried)),
        "warnings": plan.get("warnings", []),
        "error": failure.__dict__ if failure else None,
    }
    sentence = _run_failed(failure) if failure else plan.get("skipped") or f"{title_of(manifest, symbols)}."
    return {**manifest, "sentence": sentence}


def _run_failed(failure: Failure) -> str:
    return f"{failure.type} in {failure.state}: {failure.message}"


def _settled(entry: Mapping[str, Any], record: SymbolOutcome | None) -> SymbolOutcome:
    """One symbol's outcome: the record's, where it tells the same story as the Map.

    They differ where a state died without a word: then the record is an earlier attempt's, or there is none.
    """
    deferred, error = entry["status"] == DEFERRED, entry.get("error")
    recorded = record.error.type if record and record.error else None
    # The Map does not say what deferred a symbol.
    if record and record.status == entry["status"] and (deferred or recorded == (error and error["type"])):
        return record
    error = error or (_QUOTA if deferred else None)
    failure = Failure(error["type"], standard_sentence(error["type"]), error["state"]) if error else None
    return SymbolOutcome(entry["symbol"], entry["status"], record.attempts if record else 1, error=failure)


def _work_of(tried: Iterable[SymbolOutcome]) -> RunWork:
    tried = list(tried)
    counts = Counter(symbol.status for symbol in tried)
    stops = Counter(
        symbol.error.state if symbol.error and symbol.error.state in _STEPS else _STEPS[0]
        for symbol in tried
        if symbol.status in {FAILED, DEFERRED}
    )
    refetches = sum(max(0, symbol.attempts - 1) for symbol in tried)
    return RunWork(counts[SAVED], counts[UNCHANGED], stops, refetches)
