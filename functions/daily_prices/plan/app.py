"""Plan: what the run fetches, when, and what the day's quota can't pay for."""

from typing import cast

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.daily_prices.contracts import Plan, PlanEvent, Run
from stockflow_functions.daily_prices.plan.calendar import closed_market
from stockflow_functions.daily_prices.plan.freshness import Sifted, sift
from stockflow_functions.daily_prices.plan.inbox import symbols_of_list
from stockflow_functions.daily_prices.plan.output import as_state, nothing_to_ask, planned, skipped
from stockflow_functions.daily_prices.plan.request import Request, request_of
from stockflow_functions.daily_prices.plan.symbols import MOST_SYMBOLS, symbols_of
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.inputs import SMOKE
from stockflow_functions.pacing.planning import reserve
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def plan(event: PlanEvent, services: Services) -> Plan:
    """The state of the execution from here on. A repeated Plan returns the same.

    Raises:
        InvalidInput: the input can't be used, or its last slot would lie too far ahead.
    """
    key, repeated, deferred = keys.plan(event["execution"]), event["retry_count"] > 0, services.deferred
    made = cast("Plan | None", services.bucket.get_json(key)) if repeated else None
    if made is None:
        made = _made(event, services, deferred, repeated=repeated)
        services.bucket.put_json(key, made)
    # Only after the plan is stored, so that a crash loses no symbol; repeating it is harmless.
    going = [*(item["symbol"] for item in made["work"]), *made["fresh"]]
    if (going or made["deferred"]) and made["run"]["trigger"] != SMOKE:
        deferred.change(made["run"]["series"], removed=going, added=made["deferred"])
    return as_state(made)


def _made(event: PlanEvent, services: Services, deferred: DeferredStore, *, repeated: bool) -> Plan:
    request = request_of(event["input"])
    run = _run(event, request)
    closed = _closed_market(request, run)
    if closed:
        return skipped(run, closed)
    symbols, complaints = _symbols(request, services, deferred)
    sifted = Sifted(symbols) if run["trigger"] == SMOKE else sift(symbols, run, services)
    warnings = [*complaints, *sifted.warnings]
    if sifted.asked:
        count = min(len(sifted.asked), MOST_SYMBOLS)
        reservation = reserve(services.budget, count, run["execution"], repeated=repeated)
        made = planned(run, sifted, reservation, warnings, services.clock.now_ms(), services.vendor.title)
    else:
        made = nothing_to_ask(run, sifted, warnings)
    for warning in made["warnings"]:
        services.logger.warning(warning)
    return made


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


def _symbols(request: Request, services: Services, deferred: DeferredStore) -> tuple[list[str], list[str]]:
    """The run's symbols, in a scheduled run the deferred ones first; and warnings about a dropped list."""
    if request.dropped is not None:
        return symbols_of_list(request.dropped, Bucket(services.client("s3"), request.dropped.bucket))
    symbols = symbols_of(request.symbols, services.settings.stock_symbols)
    if request.trigger == "schedule":
        symbols = list(dict.fromkeys([*deferred.remembered(request.series), *symbols]))
    return symbols, []


def call_of(event: PlanEvent) -> Call:
    """Which call of Plan it is."""
    given = event["input"]
    trigger = given.get("trigger") if isinstance(given, dict) else None
    return Call(event["execution"], trigger, attempt=event["retry_count"] + 1)


handler = StateFunction("Plan", plan, call_of, clients=("s3", "dynamodb"))
