"""Plan: what the run fetches, when, and what the day's quota can't pay for."""

from typing import Any

from functions.budget.deferred import DeferredStore
from functions.budget.store import BudgetStore, Reservation
from functions.clock import from_iso, to_iso
from functions.lake import keys
from functions.lake.bucket import Bucket
from functions.plan.calendar import closed_market
from functions.plan.inbox import symbols_of_list
from functions.plan.request import Request, request_of
from functions.plan.sentence import overruled_sentence, quota_sentence, slots_sentence
from functions.plan.symbols import MOST_SYMBOLS, symbols_of
from functions.services import Services
from functions.state import Event, StateFunction


def plan(event: Event, services: Services) -> dict[str, Any]:
    """The state of the execution from here on; see docs/contracts.md. A repeated Plan gives the same again.

    Raises:
        InvalidInput: the input can't be used, or its last slot would lie too far ahead.
    """
    key, repeated = keys.plan(event["execution"]), int(event.get("retry_count", 0)) > 0
    deferred = DeferredStore(services.dynamodb, services.settings.table)
    made = services.bucket.get_json(key) if repeated else None
    if made is None:
        made = _made(event, services, deferred, repeated)
        services.bucket.put_json(key, made)
    if not made["skipped"]:
        # After the plan is stored, so that a fault in between loses no remembered symbol; doing it twice is harmless.
        deferred.change(
            made["run"]["series"], removed=[item["symbol"] for item in made["work"]], added=made["deferred"]
        )
    return dict(made)


def _made(event: Event, services: Services, deferred: DeferredStore, repeated: bool) -> dict[str, Any]:
    request = request_of(event["input"])
    run = {
        "execution": event["execution"],
        "execution_arn": event["execution_arn"],
        "started_at": to_iso(from_iso(event["started_at"])),
        "trigger": request.trigger,
        "series": request.series,
        "outputsize": request.outputsize,
        "force": request.force,
        "slot_shift_ms": 0,
    }
    budget = BudgetStore.of(services)
    closed = None
    if request.trigger == "schedule" and not request.force:
        closed = closed_market(from_iso(event["started_at"]))
    if closed:
        return _skipped(run, closed)
    symbols, warnings = _symbols(request, services, deferred)
    considered = symbols[:MOST_SYMBOLS]
    reservation = budget.reserved_by(event["execution"]) if repeated else None
    if reservation is None:
        reservation = budget.reserve(len(considered), execution=event["execution"])
    return _planned(run, symbols, warnings, reservation, budget, services)


def _symbols(request: Request, services: Services, deferred: DeferredStore) -> tuple[list[str], list[str]]:
    """The run's symbols, the remembered ones first in a scheduled run, and what of a dropped list can't be one."""
    if request.dropped is not None:
        return symbols_of_list(request.dropped, Bucket(services.client("s3"), request.dropped.bucket))
    symbols = symbols_of(request.symbols, services.settings.stock_symbols)
    if request.trigger == "schedule":
        symbols = list(dict.fromkeys([*deferred.remembered(request.series), *symbols]))
    return symbols, []


def _skipped(run: dict[str, Any], why: str) -> dict[str, Any]:
    requests = dict.fromkeys(
        ("first_slot_at", "last_slot_at", "interval_ms", "day_limit", "day_used", "day_left", "day_resets_at")
    )
    return {
        "run": run,
        "work": [],
        "deferred": [],
        "skipped": why,
        "requests": {"planned": 0, **requests},
        "warnings": [],
        "sentence": why,
    }


def _planned(
    run: dict[str, Any],
    symbols: list[str],
    warnings: list[str],
    reservation: Reservation,
    budget: BudgetStore,
    services: Services,
) -> dict[str, Any]:
    slots, now_ms = reservation.slots, services.clock.now_ms()
    work = [{"symbol": symbol, "not_before": to_iso(slots.at_ms(i))} for i, symbol in enumerate(symbols[: slots.count])]
    requests = _requests(reservation, budget, now_ms)
    overruled = overruled_sentence(
        reservation.in_force.overruled, reservation.in_force.interval_ms, reservation.in_force.day_limit
    )
    if overruled:
        services.logger.warning(overruled)
    for warning in warnings:
        services.logger.warning(warning)
    told = (
        slots_sentence(slots.count, slots.first_ms, slots.last_ms, slots.interval_ms, now_ms),
        quota_sentence(
            requests["day_limit"],
            requests["day_left"],
            len(symbols) - len(work),
            reservation.account.spent_until_ms > now_ms,
            to_iso(budget.days.resets_at_ms(now_ms)),
        ),
        overruled,
    )
    return {
        "run": run,
        "work": work,
        "deferred": symbols[slots.count :],
        "skipped": None,
        "requests": requests,
        "warnings": [*warnings, overruled] if overruled else warnings,
        "sentence": " ".join(sentence for sentence in told if sentence),
    }


def _requests(reservation: Reservation, budget: BudgetStore, now_ms: int) -> dict[str, Any]:
    slots, account, limit = reservation.slots, reservation.account, reservation.in_force.day_limit
    used = account.used.get(budget.days.label(now_ms), 0)
    left = 0 if account.spent_until_ms > now_ms else max(0, limit - used)
    return {
        "planned": slots.count,
        "first_slot_at": to_iso(slots.first_ms) if slots.count else None,
        "last_slot_at": to_iso(slots.last_ms) if slots.count else None,
        "interval_ms": slots.interval_ms,
        "day_limit": limit,
        "day_used": used,
        "day_left": left if limit else None,
        "day_resets_at": to_iso(budget.days.resets_at_ms(now_ms)) if limit else None,
    }


handler = StateFunction("Plan", plan)
