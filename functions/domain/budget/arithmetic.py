"""The request budget's arithmetic: slots in time, and what the day's quota pays for. Pure; the clock is handed in.

All runs that share an API key share one account. It has the last slot that was given out, so the next run's
slots begin one interval later, or now if that is past. A slot is paid for by the quota day in which it lies.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import InvalidInput

SHORTEST_BACK_OFF_MS = 2_000
LONGEST_BACK_OFF_MS = 60_000
"""Of a wave of refusals; a lone one costs one interval."""
WAVE_REQUESTS = 3
"""A refusal of one of this many requests after a back-off belongs to the same wave."""
LONGEST_LEAD_MS = 1_000
OF_THE_PLAN = "plan:"
MOST_LANES = 40
"""An inline Map runs no more iterations than this at once."""
LANES_LAST_MS = 20_000
"""All lanes together cover this much of the line: a symbol takes 3 s, 7 with cold starts, a full history up to 20."""
FETCH_STARTS_MS = 750
"""How long before its slot Fetch is called, if the interval allows: plenty for a warm one, and most of a cold start,
so that a cold one's request is not so late that the next one is close behind it (docs/adr/0055)."""


@dataclass(frozen=True)
class Terms:
    """The rate limit and the day's quota: one run's settings, or those in force while a stricter run is under way.

    Attributes:
        day_limit: requests a day; 0 for no limit.
        max_ahead_ms: how far ahead of now the last slot may lie.
        overruled: the settings of this run that a stricter run overrules.
    """

    interval_ms: int
    day_limit: int
    max_ahead_ms: int
    days: QuotaDays
    overruled: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReservationRequest:
    """A request for slots: how many are needed.

    Attributes:
        execution: the run that is planned; empty if one request is repeated.
        paid_day: the quota day that has paid already, if a slot is only exchanged for a later one.
        lead_ms: for a run that is planned, how long it takes until its first request can be made.
        patience_ms: how long a request that lost its slot may wait behind those that are planned.
    """

    count: int
    execution: str = ""
    paid_day: str = ""
    lead_ms: int = 0
    patience_ms: int = 0


@dataclass(frozen=True)
class Slots:
    """``count`` slots, evenly spaced. ``charges`` says how many of them each quota day pays for."""

    first_ms: int
    interval_ms: int
    count: int
    charges: Mapping[str, int] = field(default_factory=dict)

    @property
    def last_ms(self) -> int:
        return self.at_ms(self.count - 1)

    def at_ms(self, index: int) -> int:
        return self.first_ms + index * self.interval_ms


@dataclass(frozen=True)
class Account:
    """The state of the budget: one per API key.

    Attributes:
        last_slot_ms: the last slot that was given out; None before the first.
        generation: slots of an earlier one have been called in, and are void.
        planned_until_ms: the last slot that a run's Plan reserved ahead; 0 if those have been called in.
        interval_ms: the interval of a run with slots until ``interval_until_ms``; likewise ``day_limit``.
        used: requests given out, by quota day.
        hold_until_ms: when the back-off ends, which lasted ``hold_ms``; no request is made before.
        spent_until_ms: no request is made before, as the vendor said that the day's quota is spent.
        refused_executions: executions in which the vendor refused the key; behind :data:`OF_THE_PLAN`, those in which
            it refused what the key's plan does not include.
        last_run: the execution planned last, and its slots (without their charges).
    """

    last_slot_ms: int | None = None
    generation: int = 0
    planned_until_ms: int = 0
    interval_ms: int = 0
    interval_until_ms: int = 0
    day_limit: int = 0
    day_limit_until_ms: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    hold_until_ms: int = 0
    hold_ms: int = 0
    spent_until_ms: int = 0
    refused_executions: frozenset[str] = frozenset()
    last_run: str = ""
    last_run_slots: Slots | None = None

    def is_plan_refused(self, execution: str) -> bool:
        """Whether the vendor said in this execution that the key's plan does not include what it asks for."""
        return f"{OF_THE_PLAN}{execution}" in self.refused_executions


@dataclass(frozen=True)
class Proposal:
    """Slots to reserve, and the accounts that they fit.

    Attributes:
        terms: the terms in force.
        follows: the slots begin one interval after the account's last slot, wherever between the bounds that is;
            otherwise they begin at ``slots.first_ms``.
        lowest_last_slot_ms: the lower bound of the account's last slot; None if it may also have none.
        highest_last_slot_ms: the upper bound.
        outlasted: the account keeps this pace for longer than these slots already, for slots that were called in.
    """

    slots: Slots
    terms: Terms
    follows: bool
    lowest_last_slot_ms: int | None
    highest_last_slot_ms: int
    outlasted: bool = False


@dataclass(frozen=True)
class Reservation:
    """Slots that nobody else gets, the account after they were given out, and the terms in force."""

    slots: Slots
    account: Account
    terms: Terms


def lead_ms(terms: Terms) -> int:
    """How long before its first slot a run is planned: if the first request is late, the second comes too close behind.

    From Plan to the first call of Fetch it takes two more writes and some transitions; a cold start comes after the
    Wait, where no lead helps. Two intervals are enough for the fastest plans, where a few milliseconds between
    two requests do no harm.
    """
    return min(LONGEST_LEAD_MS, 2 * terms.interval_ms)


def lanes(interval_ms: int) -> int:
    """How many iterations of the Map run at once: enough never to be the bottleneck on a good day.

    No more than that: after a delay each symbol waits in Fetch, which is paid for, for those in the other lanes.
    """
    return min(MOST_LANES, max(2, math.ceil(LANES_LAST_MS / interval_ms)))


def in_force(account: Account, own: Terms, now_ms: int) -> Terms:
    """The stricter of this run's terms and those of a run that still has slots to come."""
    interval_ms, day_limit, overruled = own.interval_ms, own.day_limit, []
    if account.interval_until_ms > now_ms and account.interval_ms > interval_ms:
        interval_ms = account.interval_ms
        overruled.append("REQUESTS_PER_MINUTE")
    if account.day_limit_until_ms > now_ms and 0 < account.day_limit < (day_limit or math.inf):
        day_limit = account.day_limit
        overruled.append("REQUESTS_PER_DAY")
    return replace(own, interval_ms=interval_ms, day_limit=day_limit, overruled=tuple(overruled))


def propose(account: Account, request: ReservationRequest, own: Terms, now_ms: int) -> Proposal:
    """Slots as early as the account allows: fewer than requested, or none, if the day's quota can't pay for more.

    Raises:
        InvalidInput: the last slot would lie further ahead than the settings allow.
    """
    terms = in_force(account, own, now_ms)
    earliest_ms = max(now_ms, account.hold_until_ms)
    if request.lead_ms:
        earliest_ms = _after_the_full_second(max(now_ms + request.lead_ms, earliest_ms), terms.interval_ms)
    following_ms = earliest_ms if account.last_slot_ms is None else account.last_slot_ms + terms.interval_ms
    slots = Slots(max(earliest_ms, following_ms), terms.interval_ms, 0)
    if account.spent_until_ms <= now_ms:
        slots = _paid_for(slots, request, account.used, terms)
    if slots.count and slots.last_ms > now_ms + terms.max_ahead_ms:
        raise InvalidInput(_too_far(slots, terms, now_ms))
    if account.last_slot_ms is None or (account.last_slot_ms <= now_ms and following_ms <= earliest_ms):
        # Nobody has slots to come whose place and terms would count.
        highest_ms = min(now_ms, slots.first_ms - terms.interval_ms)
        return Proposal(slots, terms, False, None, highest_ms, _outlasted(account, slots))
    follows = slots.first_ms == following_ms
    highest_ms = account.last_slot_ms + (_room_ms(account, slots, terms, now_ms) if follows else 0)
    return Proposal(slots, terms, follows, account.last_slot_ms, highest_ms, _outlasted(account, slots))


def _outlasted(account: Account, slots: Slots) -> bool:
    return slots.count > 0 and account.interval_until_ms > slots.last_ms and account.interval_ms >= slots.interval_ms


def _after_the_full_second(moment_ms: int, interval_ms: int) -> int:
    """The next moment from which no slot lies right behind a full second.

    A Wait state drops the fraction of a second, so Fetch is called at the full one: a slot right behind it would come
    before Fetch has started, and the next one too close behind the late request.
    """
    step_ms = math.gcd(interval_ms, 1000)
    return moment_ms + max(0, min(FETCH_STARTS_MS, step_ms * 3 // 4) - moment_ms % step_ms)


def _paid_for(slots: Slots, request: ReservationRequest, used: Mapping[str, int], terms: Terms) -> Slots:
    """As many of the slots, from the first on, as are requested and the quota pays for."""
    charges: dict[str, int] = {}
    day, day_ends_ms, count = "", 0, 0
    while count < request.count:
        moment_ms = slots.at_ms(count)
        if moment_ms >= day_ends_ms:
            day, day_ends_ms = terms.days.label(moment_ms), terms.days.resets_at_ms(moment_ms)
        if day != request.paid_day:
            charged = charges.get(day, 0) + 1
            if terms.day_limit and used.get(day, 0) + charged > terms.day_limit:
                break
            charges[day] = charged
        count += 1
    return replace(slots, count=count, charges=charges)


def _room_ms(account: Account, slots: Slots, terms: Terms, now_ms: int) -> int:
    """By how much all the slots may move later and still be right, so that runs at once need no second proposal."""
    own_pace = (terms.interval_ms, terms.day_limit) == (account.interval_ms, account.day_limit)
    if not own_pace or terms.days.label(slots.first_ms) != terms.days.label(slots.last_ms):
        return 0
    return min(terms.days.resets_at_ms(slots.first_ms) - 1, now_ms + terms.max_ahead_ms) - slots.last_ms


def back_off_ms_after(account: Account, interval_ms: int, asked_ms: int) -> int:
    """How long all requests back off after a refusal: one interval, or longer each time in a wave of refusals."""
    if account.hold_ms and asked_ms < account.hold_until_ms + WAVE_REQUESTS * interval_ms:
        return min(max(2 * account.hold_ms, SHORTEST_BACK_OFF_MS), LONGEST_BACK_OFF_MS)
    return min(interval_ms, LONGEST_BACK_OFF_MS)


def still_to_come(slots: Slots, terms: Terms, now_ms: int) -> Slots:
    """Those of the slots that lie after now, charged to the days in which they lie."""
    gone = min(slots.count, max(0, (now_ms - slots.first_ms) // slots.interval_ms + 1))
    left = Slots(slots.at_ms(gone), slots.interval_ms, 0)
    return _paid_for(left, ReservationRequest(slots.count - gone), {}, replace(terms, day_limit=0))


def _too_far(slots: Slots, terms: Terms, now_ms: int) -> str:
    why = ", because requests of other runs go first" if slots.first_ms > now_ms else ""
    return (
        f"The first of {slots.count} requests could be made at {to_iso(slots.first_ms)} and the last at "
        f"{to_iso(slots.last_ms)}{why}: that is more than MAX_SLOT_AHEAD_SECONDS ({terms.max_ahead_ms // 1000}) ahead. "
        "Nothing is reserved: start the run later or with fewer symbols, or raise MAX_SLOT_AHEAD_SECONDS."
    )
