"""The plan of a run, and the state of the execution that Plan makes of it. Pure."""

from stockflow_functions.daily_prices.contracts import Plan, PlannedRun, Run, Shards, SymbolRecord, Unasked
from stockflow_functions.daily_prices.outcome import FAILED, FRESH
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.domain.budget.arithmetic import Reservation, lanes
from stockflow_functions.domain.words import counted, up_to_date
from stockflow_functions.pacing.planning import NO_REQUESTS, requests_of, reserved, sentence_of, work_of
from stockflow_functions.pacing.sentence import overruled_sentence, spoken

MOST_DEFERRED_IN_STATE = 100
MOST_UNASKED_IN_STATE = 50
"""A state may hold 256 KiB."""


def planned(run: Run, chosen: Chosen, reservation: Reservation, now_ms: int, vendor: str) -> Plan:
    """The plan of a run: those whose turn it is have the slots, the rest are deferred.

    Args:
        run: its facts.
        chosen: its symbols.
        reservation: the slots for those that are to be asked for.
        now_ms: the moment of the plan.
        vendor: the vendor's title.
    """
    slots, overruled = reservation.slots, overruled_sentence(reservation.terms)
    at_once = lanes(slots.interval_ms)
    planned_run: PlannedRun = {**run, **reserved(reservation, at_once)}
    symbols, warnings = chosen.in_turn(slots.count), chosen.warnings
    plan: Plan = {
        "run": planned_run,
        "lanes": at_once,
        "work": work_of(symbols, reservation),
        "deferred": symbols[slots.count :],
        "skipped": None,
        "requests": requests_of(reservation, now_ms),
        "warnings": [*warnings, overruled] if overruled else warnings,
        "sentence": _unasked(chosen) + sentence_of(reservation, len(symbols) - slots.count, now_ms, vendor),
    }
    return _with_answered(plan, chosen)


def sharded(run: Run, chosen: Chosen, shards: Shards, interval_ms: int) -> Plan:
    """The plan of a run in shards, which has no slots of its own; ``interval_ms`` is that of the terms in force."""
    least = spoken(shards["symbols"] * interval_ms)
    requests = f"{counted(shards['symbols'], 'request')} in {counted(shards['count'], 'shard')}"
    plan: Plan = {
        "run": run,
        "work": [],
        "shards": shards,
        "deferred": chosen.symbols[shards["symbols"] :],
        "skipped": None,
        "requests": {**NO_REQUESTS, "planned": shards["symbols"], "interval_ms": interval_ms},
        "warnings": chosen.warnings,
        "sentence": f"{_unasked(chosen)}{requests}, {shards['at_once']} at once: {least} at least.",
    }
    return _with_answered(plan, chosen)


def nothing_to_ask(run: Run, chosen: Chosen) -> Plan:
    """The plan of a run none of whose symbols needs a request."""
    sentence = f"{_unasked(chosen)}There is nothing to ask for."
    plan: Plan = {**skipped(run, sentence), "skipped": None, "warnings": chosen.warnings}
    return _with_answered(plan, chosen)


def skipped(run: Run, why: str) -> Plan:
    """The plan of a run that has nothing to do."""
    return {
        "run": run,
        "work": [],
        "deferred": [],
        "skipped": why,
        "requests": {**NO_REQUESTS},
        "warnings": [],
        "sentence": why,
    }


def as_state(plan: Plan) -> Plan:
    """The plan as the execution carries it: with the first of many answered and deferred symbols.

    It says how many there are.
    """
    answered, deferred = plan.get("answered", []), plan["deferred"]
    state: Plan = {**plan, "deferred": deferred[:MOST_DEFERRED_IN_STATE]}
    state.pop("answered", None)
    if answered:
        state["answered_more"] = len(answered)
        first = sorted(answered, key=lambda record: record["status"] != FAILED)[:MOST_UNASKED_IN_STATE]
        state["unasked"] = [_briefly(record) for record in first]
    if len(deferred) > MOST_DEFERRED_IN_STATE:
        state["deferred_more"] = len(deferred) - MOST_DEFERRED_IN_STATE
    return state


def _briefly(record: SymbolRecord) -> Unasked:
    brief: Unasked = {"symbol": record["symbol"], "status": record["status"]}
    return {**brief, "error": record["error"]} if record["error"] else brief


def _with_answered(plan: Plan, chosen: Chosen) -> Plan:
    return {**plan, "answered": chosen.answered} if chosen.answered else plan


def _unasked(chosen: Chosen) -> str:
    """A sentence about the symbols that need no request, with a space behind it; "" if there are none."""
    fresh = sum(record["status"] == FRESH for record in chosen.answered)
    others = len(chosen.answered) - fresh
    whose = counted(others, "other" if fresh else "symbol")
    said = [up_to_date(fresh), f"{whose} answered without a request" if others else ""]
    return f"{', '.join(part for part in said if part)}. " if chosen.answered else ""
