"""Every change of an account, each as one conditional UpdateItem. Pure."""

from datetime import date, timedelta

from stockflow_functions.aws.state_table.item import LAST_RUN, VERSION, expires_at, used_on
from stockflow_functions.aws.state_table.update import Update
from stockflow_functions.domain.budget.arithmetic import Account, Proposal, Slots

MOST_REFUSED_EXECUTIONS = 8
UNDER_WAY_MS = 200
"""A slot this near may be used although it was called in: its request has already read the budget."""
OLD_DAYS = range(2, 9)


def reservation(proposal: Proposal, execution: str, now_ms: int) -> Update:
    """Takes the proposed slots, if they still fit the account."""
    slots = proposal.slots
    update = _update(slots.last_ms)
    update.within("last_slot_ms", proposal.lowest_last_slot_ms, proposal.highest_last_slot_ms)
    update.at_most("hold_until_ms", slots.first_ms)
    update.at_most("spent_until_ms", now_ms)
    for day, count in slots.charges.items():
        update.count(used_on(day), count, proposal.terms.day_limit)
    if slots.charges:
        # Counts of two days ago can matter to nobody, whatever the clocks; yesterday's might.
        first_day = date.fromisoformat(min(slots.charges))
        update.remove(*(used_on((first_day - timedelta(days=ago)).isoformat()) for ago in OLD_DAYS))
    _set_moments(update, proposal, execution)
    return update


def _set_moments(update: Update, proposal: Proposal, execution: str) -> None:
    slots, terms = proposal.slots, proposal.terms

    def set_moment(name: str, index: int) -> None:
        if proposal.follows:
            update.set_from("last_slot_ms", name, plus=(index + 1) * slots.interval_ms)
        else:
            update.set(name, slots.at_ms(index))

    last = slots.count - 1
    set_moment("last_slot_ms", last)
    if "REQUESTS_PER_MINUTE" not in terms.overruled and not proposal.outlasted:
        update.set("interval_ms", terms.interval_ms)
        set_moment("interval_until_ms", last)
    if "REQUESTS_PER_DAY" not in terms.overruled:
        update.set("day_limit", terms.day_limit)
        set_moment("day_limit_until_ms", last)
    if execution:
        update.set("last_run", execution)
        set_moment("planned_until_ms", last)
        set_moment("last_run_first_slot_ms", 0)
        update.set("last_run_interval_ms", slots.interval_ms)
        update.set("last_run_count", slots.count)


def call_in(seen: Account, now_ms: int) -> Update:
    """Calls in all slots that were given out: whoever holds one reserves another when its time has come.

    The line starts over from now, in the order in which they come.
    """
    update = _update(now_ms)
    update.at_most("generation", seen.generation)
    update.set("generation", seen.generation + 1)
    update.set("last_slot_ms", now_ms + UNDER_WAY_MS)
    update.remove("planned_until_ms", "last_run", *(f"last_run_{name}" for name in LAST_RUN))
    return update


def back_off(seen: Account, hold_ms: int, now_ms: int) -> Update:
    """No request is made for ``hold_ms``, unless another refusal has set a back-off since ``seen``."""
    update = _update(now_ms)
    update.at_most("hold_until_ms", seen.hold_until_ms)
    update.set("hold_until_ms", now_ms + hold_ms)
    update.set("hold_ms", hold_ms)
    return update


def spent(until_ms: int) -> Update:
    """No request is made until then."""
    update = _update(until_ms)
    update.set("spent_until_ms", until_ms)
    return update


def key_refused(seen: Account, execution: str, now_ms: int) -> Update:
    """The execution makes no more requests."""
    update = _update(now_ms)
    if len(seen.refused_executions) < MOST_REFUSED_EXECUTIONS:
        update.add_name("refused_executions", execution)
    else:
        update.set("refused_executions", frozenset({execution}))
    return update


def release(account: Account, left: Slots) -> Update:
    """Releases the slots at the end of the account's line, if nobody has reserved behind them."""
    update = _update(left.first_ms)
    update.within("last_slot_ms", left.last_ms, left.last_ms)
    update.set("last_slot_ms", left.first_ms - left.interval_ms)
    for name in ("interval_until_ms", "day_limit_until_ms"):
        update.set(name, min(getattr(account, name), left.first_ms - left.interval_ms))
    for day, count in left.charges.items():
        if account.used.get(day, 0) >= count:
            update.count(used_on(day), -count, limit=0)
    if account.last_run_slots:
        update.set("last_run_count", account.last_run_slots.count - left.count)
    return update


def _update(last_of_use_ms: int) -> Update:
    update = Update()
    update.of_version(VERSION)
    update.set("expires_at", expires_at(last_of_use_ms))
    return update
