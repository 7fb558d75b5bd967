"""Whose turn it is: what stands between a slot and its request."""

from dataclasses import dataclass, replace

from functions.budget.arithmetic import Account, Wish
from functions.budget.quota_day import QuotaDays
from functions.budget.store import BudgetStore
from functions.clock import Clock, to_iso
from functions.errors import InvalidApiKey, QuotaExhausted, SlotMoved
from functions.fetch.slot import Slot

LONGEST_SLEEP_MS = 1_000
"""A Wait state drops the fraction of a second; longer waits are the workflow's, which does not pay for them."""
READ_AHEAD_MS = 100
"""The budget is read so long before the slot: late enough to hear of a refusal, early enough to keep the pace."""
SLOT_GOOD_FOR_MS = 60_000
"""A slot missed by more is exchanged, or a machine that slept would ask for all it missed at once."""


@dataclass(frozen=True)
class Turns:
    """Takes turns for one execution's requests."""

    budget: BudgetStore
    clock: Clock
    execution: str

    def take(self, slot: Slot, retry_count: int) -> Account:
        """Sleeps until the request may be made, and returns the account as it was just before.

        A first request has its slot from Plan; a repeated one reserves another and pays for it.

        Raises:
            SlotMoved: the request has another slot, more than a second ahead.
            QuotaExhausted: the day's requests are spent, or none is left for a repeated one.
            InvalidApiKey: the vendor refused the key in this execution already.
        """
        if retry_count:
            slot = self._another(replace(slot, tries=slot.tries + retry_count))
        while True:
            # Where the slot seems more than a second ahead, this machine's clock is behind the workflow's.
            due_ms = min(slot.not_before_ms, self.clock.now_ms() + LONGEST_SLEEP_MS)
            self._sleep_until(due_ms - READ_AHEAD_MS)
            account = self.budget.read()
            self._check(account)
            if not self._void(slot, account):
                break
            slot = self._another(slot, seen=account, paid_day=self._days.label(slot.not_before_ms))
        self._sleep_until(due_ms)
        self._pay_today(slot, account)
        return account

    def _another(self, slot: Slot, seen: Account | None = None, paid_day: str = "") -> Slot:
        """Another slot for the request, which pays for it unless a slot in the same quota day has."""
        reservation = self.budget.reserve(Wish(1, paid_day=paid_day), seen)
        if not reservation.slots.count:
            raise self._none_left(reservation.account, reservation.terms.day_limit)
        first_ms = reservation.slots.first_ms
        if first_ms - self.clock.now_ms() > LONGEST_SLEEP_MS:
            raise SlotMoved(replace(slot, not_before_ms=first_ms, moves=slot.moves + 1).as_message())
        return replace(slot, not_before_ms=first_ms)

    def _check(self, account: Account) -> None:
        if self.execution in account.refused_executions:
            raise InvalidApiKey(
                "Alpha Vantage refused the API key for another symbol of this run: check ALPHA_VANTAGE_API_KEY."
            )
        if account.spent_until_ms > self.clock.now_ms():
            raise self._none_left(account, 0)

    def _void(self, slot: Slot, account: Account) -> bool:
        """Whether the slot lies in a hold-off, or too long ago."""
        ask_ms = max(self.clock.now_ms(), slot.not_before_ms)
        return ask_ms < account.hold_until_ms or ask_ms - slot.not_before_ms > SLOT_GOOD_FOR_MS

    def _pay_today(self, slot: Slot, account: Account) -> None:
        """A request is paid by the day on which it is made, which after a delay may be another than the slot's."""
        today = self._days.label(max(self.clock.now_ms(), slot.not_before_ms))
        if today != self._days.label(slot.not_before_ms):
            limit = self.budget.pay(today, account)
            if limit is not None:
                raise self._none_left(account, limit)

    def _none_left(self, account: Account, day_limit: int) -> QuotaExhausted:
        now_ms = self.clock.now_ms()
        if account.spent_until_ms > now_ms:
            return QuotaExhausted(
                "Alpha Vantage said that the day's requests are spent; none is made before "
                f"{to_iso(account.spent_until_ms)}. A wrong key can give the same answer: check ALPHA_VANTAGE_API_KEY, "
                "and give a new key a new BUDGET_NAME."
            )
        return QuotaExhausted(
            f"The day's {day_limit} requests (REQUESTS_PER_DAY) are given away; the next day begins at "
            f"{to_iso(self._days.resets_at_ms(now_ms))}."
        )

    @property
    def _days(self) -> QuotaDays:
        return self.budget.terms.days

    def _sleep_until(self, moment_ms: int) -> None:
        rest_ms = moment_ms - self.clock.now_ms()
        if rest_ms > 0:
            self.clock.sleep(rest_ms / 1000)
