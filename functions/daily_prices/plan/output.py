"""The plan of a run, and the state of the execution that Plan makes of it. Pure."""

from stockflow_functions.daily_prices.contracts import Plan, PlannedRun, Run
from stockflow_functions.daily_prices.plan.freshness import Sifted
from stockflow_functions.domain.budget.arithmetic import Reservation, lanes
from stockflow_functions.domain.words import up_to_date
from stockflow_functions.pacing.planning import NO_REQUESTS, requests_of, reserved, sentence_of, work_of
from stockflow_functions.pacing.sentence import overruled_sentence

MOST_NAMED_IN_STATE = 100
"""A state may hold 256 KiB, of which a thousand symbols that all fail take nine tenths."""


def planned(run: Run, sifted: Sifted, reservation: Reservation, warnings: list[str], now_ms: int, vendor: str) -> Plan:
    """The plan of a run: those whose turn it is have the slots, the rest are deferred.

    Args:
        run: its facts.
        sifted: its symbols.
        reservation: the slots for those that are asked for.
        warnings: sentences about its input.
        now_ms: the moment of the plan.
        vendor: the vendor's title.
    """
    symbols = sifted.in_turn(reservation.slots.count)
    slots, overruled = reservation.slots, overruled_sentence(reservation.terms)
    planned_run: PlannedRun = {**run, **reserved(reservation)}
    return {
        "run": planned_run,
        "lanes": lanes(slots.interval_ms),
        "work": work_of(symbols, reservation),
        "deferred": symbols[slots.count :],
        "fresh": sifted.fresh,
        "skipped": None,
        "requests": requests_of(reservation, now_ms),
        "warnings": [*warnings, overruled] if overruled else warnings,
        "sentence": f"{_fresh(sifted)}{sentence_of(reservation, len(symbols) - slots.count, now_ms, vendor)}",
    }


def nothing_to_ask(run: Run, sifted: Sifted, warnings: list[str]) -> Plan:
    """The plan of a run whose symbols are all up to date."""
    sentence = f"{up_to_date(len(sifted.fresh))}: there is nothing to ask for."
    return {**skipped(run, sentence), "fresh": sifted.fresh, "skipped": None, "warnings": warnings}


def skipped(run: Run, why: str) -> Plan:
    """The plan of a run that has nothing to do."""
    return {
        "run": run,
        "work": [],
        "deferred": [],
        "fresh": [],
        "skipped": why,
        "requests": {**NO_REQUESTS},
        "warnings": [],
        "sentence": why,
    }


def as_state(plan: Plan) -> Plan:
    """The plan as the execution carries it: with the first of many deferred and fresh symbols, and how many more."""
    most, state = MOST_NAMED_IN_STATE, plan
    if len(plan["deferred"]) > most:
        state = {**state, "deferred": plan["deferred"][:most], "deferred_more": len(plan["deferred"]) - most}
    if len(plan["fresh"]) > most:
        state = {**state, "fresh": plan["fresh"][:most], "fresh_more": len(plan["fresh"]) - most}
    return state


def _fresh(sifted: Sifted) -> str:
    return f"{up_to_date(len(sifted.fresh))}. " if sifted.fresh else ""
