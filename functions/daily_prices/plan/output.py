"""The plan of a run, and the state of the execution that Plan makes of it. Pure."""

from stockflow_functions.daily_prices.contracts import Plan, PlannedRun, Run
from stockflow_functions.domain.budget.arithmetic import Reservation, lanes
from stockflow_functions.pacing.planning import NO_REQUESTS, requests_of, reserved, sentence_of, work_of
from stockflow_functions.pacing.sentence import overruled_sentence

MOST_DEFERRED_IN_STATE = 100
"""A state may hold 256 KiB, of which a thousand symbols that all fail take nine tenths."""


def planned(
    run: Run, symbols: list[str], reservation: Reservation, warnings: list[str], now_ms: int, vendor: str
) -> Plan:
    """The plan of a run: the first symbols have the slots, the rest are deferred. ``vendor`` is the vendor's title."""
    slots, overruled = reservation.slots, overruled_sentence(reservation.terms)
    at_once = lanes(slots.interval_ms)
    planned_run: PlannedRun = {**run, **reserved(reservation, at_once)}
    return {
        "run": planned_run,
        "lanes": at_once,
        "work": work_of(symbols, reservation),
        "deferred": symbols[slots.count :],
        "skipped": None,
        "requests": requests_of(reservation, now_ms),
        "warnings": [*warnings, overruled] if overruled else warnings,
        "sentence": sentence_of(reservation, len(symbols) - slots.count, now_ms, vendor),
    }


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
    """The plan as the execution carries it: with the first of many deferred symbols, and how many more there are."""
    more = len(plan["deferred"]) - MOST_DEFERRED_IN_STATE
    if more <= 0:
        return plan
    return {**plan, "deferred": plan["deferred"][:MOST_DEFERRED_IN_STATE], "deferred_more": more}
