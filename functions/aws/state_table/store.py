"""The request budget in DynamoDB: one item, changed by single conditional writes."""

from dataclasses import replace
from typing import Any

from stockflow_functions.aws.state_table import writes
from stockflow_functions.aws.state_table.item import VERSION, OtherVersion, account_of, key_of, renewed
from stockflow_functions.aws.state_table.table import StateTable
from stockflow_functions.aws.state_table.update import Update
from stockflow_functions.aws.state_table.wire import Item, from_wire
from stockflow_functions.domain.budget.arithmetic import (
    OF_THE_PLAN,
    Account,
    Proposal,
    Reservation,
    ReservationRequest,
    Slots,
    Terms,
    back_off_ms_after,
    in_force,
    propose,
    still_to_come,
)
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable

MOST_TRIES = 12
CLOCKS_APART_MS = 5_000


class BudgetStore:
    """The account of one API key.

    Every method raises ``StorageUnavailable`` or ``StorageDenied`` if DynamoDB refuses the request; the latter names
    the setting to change.
    """

    def __init__(self, dynamodb: Any, table: str, name: str, terms: Terms, clock: Clock) -> None:
        self.terms = terms
        self._table = StateTable(dynamodb, table)
        self._name = name
        self._clock = clock

    def read(self) -> Account:
        """The account as it is now."""
        try:
            return account_of(self._table.get(key_of(self._name)))
        except OtherVersion as other:
            self._refuse_newer(other)
            return Account()

    def reserve(self, request: ReservationRequest, seen: Account | None = None) -> Reservation:
        """Reserves slots; fewer, or none, if the day's quota can't pay for more.

        Takes one write if nobody else has slots to come, or if the account was ``seen`` just before. Otherwise the
        first write is refused, the refusal returns the current account, and the second write is made for that. A
        third is needed only if another write comes in between and the proposal no longer fits.

        Raises:
            InvalidInput: the last slot would lie too far ahead; nothing is reserved.
        """
        account = seen or Account()
        for _ in range(MOST_TRIES):
            now_ms = self._clock.now_ms()
            proposal = propose(account, request, self.terms, now_ms)
            if not proposal.slots.count:
                return Reservation(proposal.slots, account, proposal.terms)
            taken, account = self._write(writes.reservation(proposal, request.execution, now_ms))
            if taken:
                return Reservation(_as_given(proposal, account), account, proposal.terms)
        raise StorageUnavailable(f"Too many write to the budget {self._name} in the table {self._table.name} at once.")

    def reserve_next(self, request: ReservationRequest, seen: Account) -> Reservation:
        """Reserves the next slots, as :meth:`reserve` does, but calls in planned slots that are in the way.

        Otherwise a request that missed its slot would wait behind whole runs, in a lane of the Map that others need.
        Calling in costs the moments that are under way: a line that ends within the request's patience is left alone.
        """
        now_ms = self._clock.now_ms()
        if seen.planned_until_ms > now_ms + max(writes.UNDER_WAY_MS, request.patience_ms):
            _, seen = self._write(writes.call_in(seen, now_ms))
        return self.reserve(request, seen)

    def reserved_by(self, execution: str) -> Reservation | None:
        """What this execution's Plan reserved, if no other run has been planned since."""
        account = self.read()
        if account.last_run != execution or account.last_run_slots is None:
            return None
        return Reservation(account.last_run_slots, account, in_force(account, self.terms, self._clock.now_ms()))

    def release(self, execution: str, asked_until_ms: int | None = None) -> int:
        """Releases the execution's slots that are still to come, as it makes no more requests; returns how many.

        Releases none if others have reserved behind them: slots in the middle of the line can't be given to anybody.
        Nor any that are only seconds away: by another machine's clock, their requests may be under way.

        Args:
            asked_until_ms: the last slot at which it can have made a request, if that is known: later ones are
                released even if they are past.
        """
        account = self.read()
        if account.last_run != execution or account.last_run_slots is None:
            return 0
        over_ms = self._clock.now_ms() + CLOCKS_APART_MS if asked_until_ms is None else asked_until_ms
        left = still_to_come(account.last_run_slots, self.terms, over_ms)
        if not left.count or account.last_slot_ms != left.last_ms:
            return 0
        taken, _ = self._write(writes.release(account, left))
        return left.count if taken else 0

    def back_off(self, seen: Account, asked_ms: int) -> int:
        """The vendor said slow down to a request made at ``asked_ms``: no request is made until the moment returned.

        Only the first refusal of a wave counts: if another one has set a back-off since ``seen``, the account as read
        before the refused request, that one stands.
        """
        now_ms = self._clock.now_ms()
        hold_ms = back_off_ms_after(seen, in_force(seen, self.terms, now_ms).interval_ms, asked_ms)
        _, account = self._write(writes.back_off(seen, hold_ms, now_ms))
        return account.hold_until_ms

    def mark_spent(self) -> int:
        """The vendor said that the day's quota is spent: no request is made until its reset, which is returned."""
        until_ms = self.terms.days.resets_at_ms(self._clock.now_ms())
        self._write(writes.spent(until_ms))
        return until_ms

    def mark_key_refused(self, execution: str) -> None:
        """The vendor refused the key, or there is none: this execution makes no more requests."""
        self._write(writes.key_refused(self.read(), execution, self._clock.now_ms()))

    def mark_plan_refused(self, execution: str) -> None:
        """The key's plan does not include what this execution asks for: it makes no more requests."""
        self.mark_key_refused(f"{OF_THE_PLAN}{execution}")

    def interval_ms(self, account: Account) -> int:
        """The interval in force: this run's own, or that of a stricter run under way."""
        return in_force(account, self.terms, self._clock.now_ms()).interval_ms

    def _write(self, update: Update) -> tuple[bool, Account]:
        """Whether the update was made, and the account after it; or the account that prevented it."""
        taken, item = self._table.update(key_of(self._name), update)
        return taken, account_of(item) if taken else self._in_the_way(item)

    def _in_the_way(self, item: Item) -> Account:
        try:
            return account_of(item)
        except OtherVersion as other:
            self._refuse_newer(other)
            return self._renew(item)

    def _renew(self, item: Item) -> Account:
        """Replaces an item of an older release; if another function was faster, its item stands."""
        new = renewed(item, self._clock.now_ms())
        if "version" in item:
            put = self._table.put(new, "version = :old", old=from_wire(item)["version"])
        else:
            put = self._table.put(new, "attribute_not_exists(version)")
        return account_of(new) if put else self.read()

    def _refuse_newer(self, other: OtherVersion) -> None:
        if other.version > VERSION:
            raise StorageDenied(
                f"The table {self._table.name} has the budget {self._name} of a newer release (version "
                f"{other.version}): install that one, or set another BUDGET_NAME."
            )


def _as_given(proposal: Proposal, account: Account) -> Slots:
    slots = proposal.slots
    if not proposal.follows or account.last_slot_ms is None:
        return slots
    return replace(slots, first_ms=account.last_slot_ms - (slots.count - 1) * slots.interval_ms)
