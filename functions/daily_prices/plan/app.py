"""Plan: what the run fetches, when, and what the day's quota can't pay for."""

from dataclasses import replace
from typing import cast

from stockflow_functions.aws import keys
from stockflow_functions.aws.executions import machine_of
from stockflow_functions.daily_prices.contracts import Plan, PlanEvent, Run, Shards
from stockflow_functions.daily_prices.plan.calendar import closed_market
from stockflow_functions.daily_prices.plan.choosing import Chosen, choose
from stockflow_functions.daily_prices.plan.freshness import without_fresh
from stockflow_functions.daily_prices.plan.output import as_state, nothing_to_ask, planned, sharded, skipped
from stockflow_functions.daily_prices.plan.request import Request, request_of
from stockflow_functions.daily_prices.plan.shards import at_once, shards_of
from stockflow_functions.domain.budget.arithmetic import in_force
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.errors import InvalidApiKey
from stockflow_functions.domain.inputs import SHARD, SMOKE
from stockflow_functions.pacing.planning import reserve
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

_NOTES_NOTHING = frozenset({SMOKE, SHARD})
"""Runs whose deferred symbols are nobody's, or are noted by the run that they are a part of."""


def plan(event: PlanEvent, services: Services) -> Plan:
    """The state of the execution from here on. A repeated Plan returns the same.

    Raises:
        InvalidInput: the input can't be used, or its last slot would lie too far ahead.
        InvalidApiKey: of a shard, if the vendor refused the key in another one.
    """
    key, repeated, deferred = keys.plan(event["execution"]), event["retry_count"] > 0, services.deferred
    made = cast("Plan | None", services.bucket.get_json(key)) if repeated else None
    if made is None:
        made = _made(event, services, repeated=repeated)
        services.bucket.put_json(key, made)
    # Only after the plan is stored, so that a crash loses no symbol; repeating it is harmless.
    going = [item["symbol"] for item in (*made["work"], *made.get("answered", ()))]
    if (going or made["deferred"]) and made["run"]["trigger"] not in _NOTES_NOTHING:
        deferred.change(made["run"]["series"], removed=going, added=made["deferred"])
    return as_state(made)


def _made(event: PlanEvent, services: Services, *, repeated: bool) -> Plan:
    request = request_of(event["input"])
    run = _run(event, request)
    closed = _closed_market(request, run)
    if closed:
        return skipped(run, closed)
    chosen = without_fresh(choose(request, services), request, services)
    if not chosen.symbols:
        made = nothing_to_ask(run, chosen)
    else:
        made = _asking(run, chosen, request, services, repeated=repeated)
    for warning in made["warnings"]:
        services.logger.warning(warning)
    return made


def _asking(run: Run, chosen: Chosen, request: Request, services: Services, *, repeated: bool) -> Plan:
    """The plan of a run that asks the vendor for something."""
    if request.is_shard:
        _check_key(run["execution"], services)
    elif (payable := _payable(len(chosen.symbols), services)) > services.settings.most_symbols_inline:
        return _in_shards(run, chosen, payable, services)
    count = min(len(chosen.symbols), services.settings.most_symbols_inline)
    reservation = reserve(services.budget, count, run["execution"], repeated=repeated)
    return planned(run, chosen, reservation, services.clock.now_ms(), services.vendor.title)


def _payable(count: int, services: Services) -> int:
    """How many of so many requests the day's quota pays for today."""
    budget, now_ms = services.budget, services.clock.now_ms()
    if count <= services.settings.most_symbols_inline or not budget.terms.day_limit:
        return count
    account = budget.read()
    left = day_quota(account, in_force(account, budget.terms, now_ms), now_ms)["day_left"]
    return count if left is None else min(count, left)


def _check_key(execution: str, services: Services) -> None:
    whole = keys.whole_run(execution)
    if whole in services.budget.read().refused_executions:
        raise InvalidApiKey(
            f"{services.vendor.title} refused the API key in another shard of {whole}: "
            f"check {services.vendor.key_variable}."
        )


def _in_shards(run: Run, chosen: Chosen, payable: int, services: Services) -> Plan:
    """Reserves nothing: each shard does when it starts. What the day can't pay for is deferred at once."""
    size, budget = services.settings.symbols_per_shard, services.budget
    chosen = replace(chosen, symbols=chosen.in_turn(payable))
    shards, key = shards_of(run["execution"], chosen.symbols[:payable], size), keys.shards(run["execution"])
    services.bucket.put_json(key, shards)
    interval_ms = budget.interval_ms(budget.read())
    shape: Shards = {
        "bucket": services.bucket.name,
        "key": services.bucket.full_key(key),
        "machine": machine_of(services.client("stepfunctions"), run["execution_arn"]),
        "at_once": at_once(interval_ms, size),
        "count": len(shards),
        "symbols": payable,
    }
    return sharded(run, chosen, shape, interval_ms)


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


handler = StateFunction("Plan", plan, call_of, clients=("s3", "dynamodb", "stepfunctions"))
