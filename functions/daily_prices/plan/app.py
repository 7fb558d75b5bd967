"""Plan: what the run fetches, when, and what the day's quota can't pay for."""

from typing import cast

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.contracts import Plan, PlanEvent, Run, Shard
from stockflow_functions.daily_prices.plan.asking import asking
from stockflow_functions.daily_prices.plan.backfill import part_of_backfill
from stockflow_functions.daily_prices.plan.calendar import closed_market
from stockflow_functions.daily_prices.plan.choosing import Chosen, choose
from stockflow_functions.daily_prices.plan.freshness import without_fresh
from stockflow_functions.daily_prices.plan.listed import answered_by_listings
from stockflow_functions.daily_prices.plan.output import as_state, nothing_to_ask, skipped
from stockflow_functions.daily_prices.plan.request import Request, request_of
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.inputs import SHARD, SMOKE
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

_NOTES_NOTHING = frozenset({SMOKE, SHARD})
"""Runs whose deferred symbols are nobody's, or are noted by the run that they are a part of; a backfill has its own."""


def plan(event: PlanEvent, services: Services) -> Plan:
    """The state of the execution from here on. A repeated Plan returns the same.

    Raises:
        InvalidInput: the input can't be used, or its last slot would lie too far ahead.
        InvalidApiKey, PremiumRequired: of a shard, if the vendor refused the key in another one, or what it asks for.
    """
    key, repeated, deferred = keys.plan(event["execution"]), event["retry_count"] > 0, services.deferred
    made = cast("Plan | None", services.bucket.get_json(key)) if repeated else None
    if made is None:
        made = _made(event, services, repeated=repeated)
        services.bucket.put_json(key, made)
    # Only after the plan is stored, so that a crash loses no symbol; repeating it is harmless.
    going = _going_in(made, services)
    run = made["run"]
    notes = run["trigger"] not in _NOTES_NOTHING and "backfill" not in run and run.get("saves", True)
    if (going or made["deferred"]) and notes:
        deferred.change(run["series"], removed=going, added=made["deferred"])
    return as_state(made)


def _made(event: PlanEvent, services: Services, *, repeated: bool) -> Plan:
    request = request_of(event["input"])
    part = part_of_backfill(request, event["execution"], services) if request.backfill else None
    run = _run(event, part.request if part else request)
    if not services.settings.save_to_s3 and request.trigger != SMOKE:  # which keeps away from the dataset
        run["saves"] = False
    if part:
        run["backfill"] = part.name
    idle = part.why if part else _closed_market(request, run)
    if idle:
        return skipped(run, idle)
    chosen = Chosen(part.symbols) if part else _chosen(request, run, services)
    if not chosen.symbols:
        made = nothing_to_ask(run, chosen)
    else:
        made = asking(run, chosen, request, services, repeated=repeated)
    for warning in made["warnings"]:
        services.logger.warning(warning)
    return made


def _chosen(request: Request, run: Run, services: Services) -> Chosen:
    return answered_by_listings(without_fresh(choose(request, services), request, services), run, services)


def _going_in(made: Plan, services: Services) -> list[str]:
    """The symbols that need not wait any longer: the run asks for them, or they are answered."""
    going = [item["symbol"] for item in (*made["work"], *made.get("answered", ()))]
    if "shards" in made:
        shards: list[Shard] = services.bucket.get_json(keys.shards(made["run"]["execution"])) or []
        going += [symbol for shard in shards for symbol in shard["symbols"]]
    return going


def _closed_market(request: Request, run: Run) -> str | None:
    """Why a run started by a schedule has nothing to do; likewise a smoke run with a scheduled time."""
    scheduled = request.trigger == "schedule" or (request.trigger == SMOKE and request.scheduled_ms is not None)
    if request.force or not scheduled:
        return None
    return closed_market(request.scheduled_ms or from_iso(run["started_at"]))


def _run(event: PlanEvent, request: Request) -> Run:
    return {
        "execution": event["execution"],
        "execution_arn": event["execution_arn"],
        "started_at": to_iso(from_iso(event["started_at"])),
        "trigger": request.trigger,
        "series": request.series,
        "outputsize": request.outputsize,
        "force": request.force,
    }


def call_of(event: PlanEvent) -> Call:
    """Which call of Plan it is."""
    given = event["input"]
    trigger = given.get("trigger") if isinstance(given, dict) else None
    return Call(event["execution"], trigger, attempt=event["retry_count"] + 1)


handler = StateFunction("Plan", plan, call_of, clients=("s3", "dynamodb"))
