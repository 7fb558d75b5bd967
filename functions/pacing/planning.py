"""A run's requests as its planner reserves them, and what its state and its sentence say of them."""

from dataclasses import replace

from stockflow_functions.aws.state_table.history import spare_events
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import Account, Reservation, ReservationRequest, lead_ms
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.pacing.contracts import Requests, RequestsMade, Reserved, WorkItem
from stockflow_functions.pacing.sentence import overruled_sentence, quota_sentence, slots_sentence

NO_REQUESTS: Requests = {
    "planned": 0,
    "first_slot_at": None,
    "last_slot_at": None,
    "interval_ms": None,
    "day_limit": None,
    "day_used": None,
    "day_left": None,
    "day_resets_at": None,
}
"""Of a run that asks the vendor for nothing."""


def reserve(
    budget: BudgetStore, count: int, execution: str, *, repeated: bool, seen: Account | None = None
) -> Reservation:
    """The slots of this execution: those that an earlier call of its planner reserved, or new ones.

    With the account as it was ``seen`` just before, one write does, even behind others' slots.

    Raises:
        InvalidInput: the last slot would lie too far ahead.
    """
    earlier = budget.reserved_by(execution) if repeated else None
    if earlier is None:
        return budget.reserve(ReservationRequest(count, execution, lead_ms=lead_ms(budget.terms)), seen)
    return replace(earlier, slots=replace(earlier.slots, count=min(count, earlier.slots.count)))


def reserved(reservation: Reservation | None, lanes: int = 0) -> Reserved:
    """What the run carries from state to state; None for one without requests.

    ``lanes`` is how many symbols its Map takes at once, if a request that lost its slot holds nothing but its lane.
    """
    if reservation is None:
        return {"generation": 0, "spare_events": 0}
    carried: Reserved = {
        "generation": reservation.account.generation,
        "spare_events": spare_events(reservation.slots.count),
    }
    return {**carried, "own_lanes": True} if reservation.slots.count <= lanes else carried


def work_of(symbols: list[str], reservation: Reservation) -> list[WorkItem]:
    """The first symbols, as many as there are slots, each with its own; the others have none."""
    slots = reservation.slots
    return [
        {"symbol": symbol, "not_before": to_iso(slots.at_ms(index))}
        for index, symbol in enumerate(symbols[: slots.count])
    ]


def requests_of(reservation: Reservation, now_ms: int) -> Requests:
    """The run's requests, and the day's quota after them."""
    slots = reservation.slots
    return {
        "planned": slots.count,
        "first_slot_at": to_iso(slots.first_ms) if slots.count else None,
        "last_slot_at": to_iso(slots.last_ms) if slots.count else None,
        "interval_ms": slots.interval_ms,
        **day_quota(reservation.account, reservation.terms, now_ms),
    }


def requests_made(planned: Requests | None, made: int) -> RequestsMade:
    """The requests of a run that has ended; None if it had no plan."""
    counted: RequestsMade = {"made": made}
    return {**planned, **counted} if planned else counted


def sentence_of(reservation: Reservation, deferred: int, now_ms: int, vendor: str, item: str = "symbol") -> str:
    """What people read of it: the slots, the quota, and whose terms hold.

    ``vendor`` is the vendor's title, ``item`` what the workflow calls what it asks for.
    """
    slots, account, terms = reservation.slots, reservation.account, reservation.terms
    sentences = (
        slots_sentence(slots, now_ms, vendor, held=slots.first_ms == account.hold_until_ms),
        quota_sentence(
            requests_of(reservation, now_ms), deferred, vendor, spent=account.spent_until_ms > now_ms, item=item
        ),
        overruled_sentence(terms),
    )
    return " ".join(sentence for sentence in sentences if sentence)
