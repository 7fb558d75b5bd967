"""What a run of daily prices would take: slots, quota and cost, by the formulas in docs/budget.md. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stockflow.cli.estimate import (
    MOST_NAMED,
    Basis,
    Estimate,
    Row,
    deferred_rows,
    quota_row,
    request_figures,
    reservation_of,
)
from stockflow.cli.folder_bucket import FolderBucket
from stockflow.cli.known_symbols import known_symbols
from stockflow.history.json_values import JsonObject
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import Plan, Run, Shards
from stockflow_functions.daily_prices.outcome import FRESH
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.plan.freshness import sifted
from stockflow_functions.daily_prices.plan.listed import answered_in
from stockflow_functions.daily_prices.plan.output import nothing_to_ask, planned, sharded
from stockflow_functions.daily_prices.plan.request import Request, request_of
from stockflow_functions.daily_prices.plan.shards import at_once, shards_by, size_of
from stockflow_functions.domain.budget.arithmetic import Reservation
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.words import counted, named_few
from stockflow_functions.pacing.planning import requests_of
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.workflow import Workflow
from stockflow_functions.vendors import DEFAULT, vendor_named

_UNNAMED: Run = {
    "execution": "",
    "execution_arn": "",
    "started_at": "",
    "trigger": "laptop",
    "series": "",
    "outputsize": "",
    "force": False,
}
"""The facts of a run that is not started: it has no name, and nothing else matters here."""


@dataclass(frozen=True)
class PricesEstimate:
    """The estimate for a run: ``plan`` is what Plan would answer.

    Attributes:
        minutes: from now to the last request.
        state_transitions: of a run in which nothing is retried and shards have the usual size, like the next two.
        lambda_seconds: of all functions together, with one cold start each.
        dollars: of all that AWS meters for the run, without free tiers.
    """

    plan: Plan
    minutes: float
    state_transitions: int
    lambda_seconds: float
    dollars: float


def estimate(workflow: Workflow, chosen: Chosen, basis: Basis) -> PricesEstimate:
    """What a run of these symbols would take, if it were planned at this moment, on this account, by these settings.

    Raises:
        InvalidInput: its last slot would lie too far ahead.
    """
    settings, now_ms = basis.settings, basis.now_ms
    reservation = reservation_of(len(chosen.symbols), basis.account, settings.terms, now_ms)
    plan: Plan
    if shards_by(settings, reservation.slots.count):
        plan = {**_in_shards(chosen, reservation, settings), "requests": requests_of(reservation, now_ms)}
    elif chosen.symbols:
        plan = planned(_UNNAMED, chosen, reservation, now_ms, vendor_named(DEFAULT).title)
    else:
        plan = {**nothing_to_ask(_UNNAMED, chosen), "requests": requests_of(reservation, now_ms)}
    slots = reservation.slots
    count = slots.count
    cost = workflow.cost(count)
    return PricesEstimate(
        plan,
        minutes=(slots.last_ms - now_ms) / 60_000 if count else 0.0,
        state_transitions=cost.state_transitions,
        lambda_seconds=cost.lambda_seconds,
        dollars=cost.dollars,
    )


def _in_shards(chosen: Chosen, reservation: Reservation, settings: Settings) -> Plan:
    slots = reservation.slots
    chosen = replace(chosen, symbols=chosen.in_turn(slots.count))
    size = size_of(slots.count, settings.symbols_per_shard)
    shards: Shards = {
        "bucket": "",
        "key": "",
        "machine": "",
        "at_once": at_once(slots.interval_ms, size),
        "count": shards_by(settings, slots.count),
        "symbols": slots.count,
    }
    return sharded(_UNNAMED, chosen, shards, slots.interval_ms)


def _shard_rows(plan: Plan) -> list[Row]:
    shards = plan.get("shards")
    return [("shards", f"{shards['count']:,}, {shards['at_once']} at once")] if shards else []


def estimate_of_input(
    workflow: Workflow,
    workflow_input: Mapping[str, object],
    basis: Basis,
    folder: Path | None,
) -> Estimate:
    """The estimate as it is shown.

    Raises:
        InvalidInput: the input can't be used, or the last slot would lie too far ahead.
    """
    chosen = _chosen(workflow, workflow_input, basis, folder)
    found = estimate(workflow, chosen, basis)
    requests = found.plan["requests"]
    rows: list[Row] = [
        *(("warning", warning) for warning in chosen.warnings),
        *fresh_rows(found.plan),
        *_answered_rows(found.plan),
        ("requests", requests["planned"]),
        *_shard_rows(found.plan),
        ("minutes", f"{found.minutes:.1f} (to the last request)"),
        ("first slot", requests["first_slot_at"] or "none"),
        ("last slot", requests["last_slot_at"] or "none"),
        quota_row(requests),
        *deferred_rows(found.plan["deferred"], workflow.item),
        ("state transitions", found.state_transitions),
        ("Lambda seconds", f"{found.lambda_seconds:.1f}"),
        ("dollars", f"{found.dollars:.6f}"),
    ]
    return Estimate(found.plan["sentence"], rows, _figures(chosen, found))


def _figures(chosen: Chosen, found: PricesEstimate) -> JsonObject:
    plan, deferred = found.plan, set(found.plan["deferred"])
    answered = plan.get("answered", [])
    return {
        "sentence": plan["sentence"],
        "symbols": [symbol for symbol in chosen.symbols if symbol not in deferred],
        "fresh": [record["symbol"] for record in answered if record["status"] == FRESH],
        "answered": [record for record in answered if record["status"] != FRESH],
        "deferred": plan["deferred"],
        **request_figures(plan["requests"]),
        "minutes": round(found.minutes, 3),
        "state_transitions": found.state_transitions,
        "lambda_seconds": round(found.lambda_seconds, 3),
        "dollars": round(found.dollars, 6),
        "warnings": plan["warnings"],
    }


def fresh_rows(plan: Plan) -> list[Row]:
    """Which symbols are up to date, and since which bar."""
    fresh = [record for record in plan.get("answered", []) if record["status"] == FRESH]
    newest = max((record["last_date"] or "" for record in fresh), default="")
    names = named_few([record["symbol"] for record in fresh], MOST_NAMED)
    return [("up to date", f"{counted(len(fresh), 'symbol')}, to {newest}: {names}")] if fresh else []


def _answered_rows(plan: Plan) -> list[Row]:
    """Which symbols the listings refuse."""
    names = [record["symbol"] for record in plan.get("answered", []) if record["status"] != FRESH]
    return [("without a request", f"{counted(len(names), 'symbol')}: {named_few(names, MOST_NAMED)}")] if names else []


def _chosen(workflow: Workflow, workflow_input: Mapping[str, object], basis: Basis, folder: Path | None) -> Chosen:
    """The symbols as Plan would sift them."""
    request, vendor = request_of(workflow_input), vendor_named(basis.settings.vendor)
    symbols = workflow.items_of(workflow_input, basis.settings.stock_symbols)
    bucket = basis.bucket or (FolderBucket(folder) if folder else None)
    if bucket is None:
        return Chosen(symbols)
    remembered, keys_below = known_symbols(bucket, request.series)
    chosen = sifted(Chosen(symbols), request, remembered, keys_below, vendor=vendor, now_ms=basis.now_ms)
    return _answered(chosen, request, bucket, basis.now_ms)


def _answered(chosen: Chosen, request: Request, bucket: Bucket, now_ms: int) -> Chosen:
    """The symbols without those that the listings answer for; if they can't be read, a warning says why."""
    run: Run = {**_UNNAMED, "series": request.series, "force": request.force}
    try:
        return answered_in(bucket, chosen, run, now_ms)
    except StockflowError as error:
        return replace(chosen, warnings=[*chosen.warnings, f"What the listings answer can't be read: {error}"])
