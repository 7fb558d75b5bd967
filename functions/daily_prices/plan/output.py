"""The plan of a run, and the state of the execution that Plan makes of it. Pure."""

from stockflow_functions.aws.state_table.history import spare_events
from stockflow_functions.daily_prices.contracts import Plan, PlannedRun, Requests, Run
from stockflow_functions.daily_prices.plan.sentence import overruled_sentence, quota_sentence, slots_sentence
from stockflow_functions.domain.budget.arithmetic import Reservation, lanes
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.clock import to_iso

MOST_DEFERRED_IN_STATE = 100
"""A state may hold 256 KiB, of which a thousand symbols that all fail take nine tenths."""


def planned(
    run: Run, symbols: list[str], reservation: Reservation, warnings: list[str], now_ms: int, vendor: str
) -> Plan:
    """The plan of a run: the first symbols have the slots, the rest are deferred. ``vendor`` is the vendor's title."""
    slots, terms = reservation.slots, reservation.terms
    requests = _requests(reservation, now_ms)
    overruled = overruled_sentence(terms)
    sentences = (
        slots_sentence(slots, now_ms, vendor, held=slots.first_ms == reservation.account.hold_until_ms),
        quota_sentence(requests, len(symbols) - slots.count, vendor, spent=reservation.account.spent_until_ms > now_ms),
        overruled,
    )
    planned_run: PlannedRun = {
        **run,
        "generation": reservation.account.generation,
        "spare_events": spare_events(slots.count),
    }
    return {
        "run": planned_run,
        "lanes": lanes(slots.interval_ms),
        "work": [
            {"symbol": symbol, "not_before": to_iso(slots.at_ms(index))}
            for index, symbol in enumerate(symbols[: slots.count])
        ],
        "deferred": symbols[slots.count :],
        "skipped": None,
        "requests": requests,
        "warnings": [*warnings, overruled] if overruled else warnings,
        "sentence": " ".join(sentence for sentence in sentences if sentence),
    }


def skipped(run: Run, why: str) -> Plan:
    """The plan of a run that has nothing to do."""
    return {
        "run": run,
        "work": [],
        "deferred": [],
        "skipped": why,
        "requests": {
            "planned": 0,
            "first_slot_at": None,
            "last_slot_at": None,
            "interval_ms": None,
            "day_limit": None,
            "day_used": None,
            "day_left": None,
            "day_resets_at": None,
        },
        "warnings": [],
        "sentence": why,
    }


def as_state(plan: Plan) -> Plan:
    """The plan as the execution carries it: with the first of many deferred symbols, and how many more there are."""
    more = len(plan["deferred"]) - MOST_DEFERRED_IN_STATE
    if more <= 0:
        return plan
    return {**plan, "deferred": plan["deferred"][:MOST_DEFERRED_IN_STATE], "deferred_more": more}


def _requests(reservation: Reservation, now_ms: int) -> Requests:
    slots = reservation.slots
    return {
        "planned": slots.count,
        "first_slot_at": to_iso(slots.first_ms) if slots.count else None,
        "last_slot_at": to_iso(slots.last_ms) if slots.count else None,
        "interval_ms": slots.interval_ms,
        **day_quota(reservation.account, reservation.terms, now_ms),
    }
