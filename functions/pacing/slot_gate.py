"""Holds a request back until its slot has come and the rate limit allows it."""

from dataclasses import dataclass, replace

from stockflow_functions.aws import keys
from stockflow_functions.aws.state_table.history import EVENTS_OF_A_MOVE, EVENTS_OF_A_RETRY, SpareEvents
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import Account, ReservationRequest
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import Clock, to_iso
from stockflow_functions.domain.errors import InvalidApiKey, PremiumRequired, QuotaExhausted, SlotMoved
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.vendors.port import Vendor

LONGEST_SLEEP_MS = 30_000
"""Longer waits are left to the workflow, where they cost state transitions and history events, but no running time."""
CLOCKS_APART_MS = 1_000
"""A Wait state drops the fraction of a second; a slot that is further ahead means a clock behind the workflow's."""
READ_AHEAD_MS = 100
"""How long before the slot the budget is read: late enough to see a refusal, early enough to keep the pace."""
LEAST_GRACE_MS = 1_000
"""A slot missed by more, and by more than an interval, is exchanged, or a machine that slept would ask for all it
missed at once."""


@dataclass(frozen=True)
class SlotGate:
    """Lets one execution's requests through, each in its slot.

    ``patient`` is that of an execution whose symbols each have a lane of their own: one that lost its slot takes it
    from nobody by waiting behind the others.
    """

    budget: BudgetStore
    clock: Clock
    execution: str
    spare: SpareEvents
    vendor: Vendor
    patient: bool = False

    def acquire(self, slot: Slot, retry_count: int) -> Account:
        """Sleeps until the request may be made, and returns the account as it was just before.

        A first request has its slot from Plan; a repeated one reserves another and pays for it. Whether a slot is still
        good is judged by the clock after every wait, so also after one that took longer than it should have.

        Raises:
            SlotMoved: the request has another slot, further ahead than it may sleep.
            PutOff: the request needs another slot, but the run's history has no room for it.
            QuotaExhausted: the day's requests are spent, or none is left for a repeated one.
            InvalidApiKey: the vendor refused the key in this execution already.
            PremiumRequired: the vendor said in this execution already that the key's plan does not include it.
        """
        called_ms = self.clock.now_ms()
        slot = replace(slot, not_before_ms=min(slot.not_before_ms, called_ms + CLOCKS_APART_MS))
        if retry_count:
            self.spare.spend(EVENTS_OF_A_RETRY)
            account = self.budget.read()
            self._check(account)
            slot = self._another(replace(slot, tries=slot.tries + retry_count), account, "", called_ms)
        while True:
            self._sleep_until(slot.not_before_ms - READ_AHEAD_MS)
            account = self.budget.read()
            self._check(account)
            if not self._void(slot, account):
                self._sleep_until(slot.not_before_ms)
                if not self._missed(slot, account):
                    return account
            slot = self._another(slot, account, self._days.label(slot.not_before_ms), called_ms)

    def _another(self, slot: Slot, seen: Account, paid_day: str, called_ms: int) -> Slot:
        """Another slot for the request, which pays for it unless a slot in the same quota day has."""
        patience_ms = LONGEST_SLEEP_MS if self.patient else 0
        taken = self.budget.reserve_next(ReservationRequest(1, paid_day=paid_day, patience_ms=patience_ms), seen)
        if not taken.slots.count:
            raise self._none_left(taken.account, taken.terms.day_limit)
        slot = replace(slot, not_before_ms=taken.slots.first_ms, generation=taken.account.generation)
        if slot.not_before_ms - called_ms > LONGEST_SLEEP_MS:
            self.spare.spend(EVENTS_OF_A_MOVE)
            raise SlotMoved(replace(slot, moves=slot.moves + 1).as_message())
        return slot

    def _check(self, account: Account) -> None:
        if keys.whole_run(self.execution) in account.refused_executions:
            raise InvalidApiKey(
                f"{self.vendor.title} refused the API key for another symbol of this run: "
                f"check {self.vendor.key_variable}."
            )
        if account.is_plan_refused(keys.whole_run(self.execution)):
            raise PremiumRequired(
                f"{self.vendor.title} said for another symbol of this run that the key's plan does not include whole "
                "histories."
            )
        if account.spent_until_ms > self.clock.now_ms():
            raise self._none_left(account, 0)

    def _void(self, slot: Slot, account: Account) -> bool:
        """Whether the slot was called in, lies in a back-off, or is missed."""
        ask_ms = max(self.clock.now_ms(), slot.not_before_ms)
        called_in = slot.generation != account.generation
        return called_in or ask_ms < account.hold_until_ms or self._missed(slot, account)

    def _missed(self, slot: Slot, account: Account) -> bool:
        """Whether the slot lies too long ago, or in another quota day, which has not paid for the request."""
        now_ms = self.clock.now_ms()
        grace_ms = max(LEAST_GRACE_MS, self.budget.interval_ms(account))
        today = self._days.label(max(now_ms, slot.not_before_ms))
        return now_ms - slot.not_before_ms > grace_ms or today != self._days.label(slot.not_before_ms)

    def _none_left(self, account: Account, day_limit: int) -> QuotaExhausted:
        now_ms = self.clock.now_ms()
        if account.spent_until_ms > now_ms:
            return QuotaExhausted(
                f"{self.vendor.title} said that the day's requests are spent; none is made before "
                f"{to_iso(account.spent_until_ms)}. A wrong key can give the same answer: check "
                f"{self.vendor.key_variable}, and give a new key a new BUDGET_NAME."
            )
        return QuotaExhausted(
            f"The day's {day_limit} requests (REQUESTS_PER_DAY) are used up; the next day begins at "
            f"{to_iso(self._days.resets_at_ms(now_ms))}."
        )

    @property
    def _days(self) -> QuotaDays:
        return self.budget.terms.days

    def _sleep_until(self, moment_ms: int) -> None:
        rest_ms = moment_ms - self.clock.now_ms()
        if rest_ms > 0:
            self.clock.sleep(rest_ms / 1000)
