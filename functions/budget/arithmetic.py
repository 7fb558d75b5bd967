"""The request budget's arithmetic: slots in time, and what the day's quota pays for. Pure; the clock is handed in.

All runs that share a key share one account. It knows the last slot that was given to anybody, so the next run's slots
begin one interval later, or now where that is past. A slot is charged to the quota day in which it lies.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from functions.budget.quota_day import QuotaDays
from functions.clock import to_iso
from functions.errors import InvalidInput
from functions.settings import Settings

SHORTEST_HOLD_MS = 2_000
LONGEST_HOLD_MS = 60_000


@dataclass(frozen=True)
class Terms:
    """What one run's settings allow. ``day_limit`` 0 means no daily limit."""

    interval_ms: int
    day_limit: int
    max_ahead_ms: int
    days: QuotaDays

    @classmethod
    def from_settings(cls, settings: Settings) -> "Terms":
        return cls(
            interval_ms=math.ceil(60_000 / settings.requests_per_minute),
            day_limit=settings.requests_per_day,
            max_ahead_ms=settings.max_slot_ahead_seconds * 1000,
            days=QuotaDays(settings.quota_reset_time_zone, settings.quota_reset_hour),
        )


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
    """The budget as it is kept: one per API key.

    ``interval_ms`` and ``day_limit`` are the strictest that a run with slots still to come asked for, and hold until the
    moment beside them. ``used`` counts requests by quota day. ``hold_ms`` is how long the last hold-off was.
    """

    last_slot_ms: int | None = None
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


@dataclass(frozen=True)
class InForce:
    """The terms that apply now, and the settings of this run that a stricter run overrules."""

    interval_ms: int
    day_limit: int
    overruled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """Slots to reserve, and the accounts for which they are right: those whose last slot lies within the bounds.

    ``follows`` says that the slots begin one interval after the account's last slot, wherever within the bounds that is;
    otherwise they begin at ``slots.first_ms``. ``lowest_last_slot_ms`` None means that the account may have no slot at all.
    """

    slots: Slots
    in_force: InForce
    follows: bool
    lowest_last_slot_ms: int | None
    highest_last_slot_ms: int


def in_force(account: Account, own: Terms, now_ms: int) -> InForce:
    """The stricter of this run's terms and those of the runs that still have slots to come."""
    interval_ms, day_limit, overruled = own.interval_ms, own.day_limit, []
    if account.interval_until_ms > now_ms and account.interval_ms > interval_ms:
        interval_ms = account.interval_ms
        overruled.append("REQUESTS_PER_MINUTE")
    if account.day_limit_until_ms > now_ms and account.day_limit and (not day_limit or account.day_limit < day_limit):
        day_limit = account.day_limit
        overruled.append("REQUESTS_PER_DAY")
    return InForce(interval_ms, day_limit, tuple(overruled))


def propose(account: Account, wanted: int, own: Terms, now_ms: int, paid_day: str = "") -> Proposal:
    """Up to ``wanted`` slots as early as the account allows: fewer, or none, where the day's quota can't pay for more.

    Args:
        paid_day: the day that has paid for this one request already, when a slot is only exchanged for a later one.

    Raises:
        InvalidInput: the last slot would lie further ahead than the settings allow.
    """
    terms = in_force(account, own, now_ms)
    floor_ms = max(now_ms, account.hold_until_ms)
    after_ms = floor_ms if account.last_slot_ms is None else account.last_slot_ms + terms.interval_ms
    follows = after_ms > floor_ms
    first_ms = max(floor_ms, after_ms)
    slots = Slots(first_ms, terms.interval_ms, 0)
    if account.spent_until_ms <= now_ms:
        slots = _paid_for(slots, wanted, account.used, terms.day_limit, own.days, paid_day)
    if slots.count and slots.last_ms > now_ms + own.max_ahead_ms:
        raise InvalidInput(_too_far(slots, own, now_ms))
    lowest_ms, highest_ms = _bounds(account, slots, terms, own, floor_ms, now_ms, follows)
    return Proposal(slots, terms, follows, lowest_ms, highest_ms)


def _paid_for(slots: Slots, wanted: int, used: Mapping[str, int], limit: int, days: QuotaDays, paid_day: str) -> Slots:
    charges: dict[str, int] = {}
    count, day, ends_ms = 0, "", 0
    for count in range(wanted + 1):
        moment_ms = slots.at_ms(count)
        if moment_ms >= ends_ms:
            day, ends_ms = days.label(moment_ms), days.resets_at_ms(moment_ms)
        if count == wanted or (limit and day != paid_day and used.get(day, 0) + charges.get(day, 0) >= limit):
            break
        if day != paid_day:
            charges[day] = charges.get(day, 0) + 1
    return replace(slots, count=count, charges=charges)


def _bounds(
    account: Account, slots: Slots, terms: InForce, own: Terms, floor_ms: int, now_ms: int, follows: bool
) -> tuple[int | None, int]:
    """Within which last slots of the account the proposal stays right, so that runs at once need not repeat it."""
    seen_ms = account.last_slot_ms
    same_terms = (terms.interval_ms, terms.day_limit) == (account.interval_ms, account.day_limit)
    if seen_ms is None or (not follows and floor_ms == now_ms):
        return None, slots.first_ms - terms.interval_ms
    if not follows or not same_terms or len(slots.charges) != 1:
        return seen_ms, seen_ms
    last_first_ms = min(own.days.resets_at_ms(slots.first_ms) - 1, now_ms + own.max_ahead_ms) - (
        slots.last_ms - slots.first_ms
    )
    return seen_ms, max(seen_ms, last_first_ms - terms.interval_ms)


def hold_ms_after(account: Account, now_ms: int) -> int:
    """How long everybody holds off after a refusal: twice as long as before where the last hold-off did not help."""
    if account.hold_ms and now_ms < account.hold_until_ms + account.hold_ms:
        return min(2 * account.hold_ms, LONGEST_HOLD_MS)
    return SHORTEST_HOLD_MS


def _too_far(slots: Slots, own: Terms, now_ms: int) -> str:
    waits = "" if slots.first_ms <= now_ms + own.interval_ms else " because other runs go first"
    return (
        f"The first of {slots.count} requests could be made at {to_iso(slots.first_ms)} and the last at "
        f"{to_iso(slots.last_ms)}{waits}; that is more than MAX_SLOT_AHEAD_SECONDS ({own.max_ahead_ms // 1000}) ahead. "
        "Nothing is reserved: start the run later or with fewer symbols, or raise MAX_SLOT_AHEAD_SECONDS."
    )
