"""How many requests a refresh may make: what the day's quota leaves, and what twelve minutes have room for. Pure."""

from typing import NamedTuple

from stockflow_functions.domain.budget.arithmetic import Account, Terms, in_force, lead_ms
from stockflow_functions.domain.budget.day_quota import day_quota

LONGEST_AHEAD_MS = 720_000
"""Requests are made for twelve minutes at most: Lambda ends a function after fifteen."""
ROUNDED_MS = 1_000
"""A first slot may be put off by so much, to lie behind a full second."""

BEHIND = "the next slots lie too far ahead, behind those of a run"
NO_TIME = "more do not fit into the time"


class Room(NamedTuple):
    """So many requests, and why they are no more, a clause."""

    requests: int
    why: str


def room(account: Account, own: Terms, now_ms: int) -> Room:
    """What there is room for now, behind the slots that others have; the next day's quota is left alone.

    Args:
        account: the budget as it is.
        own: the settings' terms.
        now_ms: the moment.
    """
    terms = in_force(account, own, now_ms)
    left = day_quota(account, terms, now_ms)["day_left"]
    if left == 0 or account.spent_until_ms > now_ms:
        return Room(0, "the day's requests are used up")
    ends_ms = now_ms + min(own.max_ahead_ms, LONGEST_AHEAD_MS)
    if left is not None:
        ends_ms = min(ends_ms, terms.days.resets_at_ms(now_ms) - 1)
    first_ms = max(now_ms + lead_ms(terms) + ROUNDED_MS, account.hold_until_ms)
    if account.last_slot_ms is not None:
        first_ms = max(first_ms, account.last_slot_ms + terms.interval_ms)
    in_time = max(0, (ends_ms - first_ms) // terms.interval_ms + 1)
    if not in_time:
        return Room(0, BEHIND)
    if left is not None and left <= in_time:
        return Room(left, "the day's requests leave no more")
    return Room(in_time, NO_TIME)
