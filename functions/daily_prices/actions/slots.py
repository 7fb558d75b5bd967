"""The slots of one refresh, out of what the day's quota leaves, and the wait for each."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.actions.room import BEHIND, LONGEST_AHEAD_MS, room
from stockflow_functions.domain.budget.arithmetic import Reservation, ReservationRequest, Slots, lead_ms
from stockflow_functions.domain.errors import InvalidInput, StockflowError
from stockflow_functions.pacing.asking import in_its_slot
from stockflow_functions.pacing.contracts import PacedRun
from stockflow_functions.pacing.release import release_slots
from stockflow_functions.pacing.request import PacedRequest
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.pacing.waiting import wait_for
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Client

T = TypeVar("T")

EACH = 2
"""Requests a symbol: one for its splits, one for its dividends."""
_NONE = Slots(0, 0, 0)


class ActionSlots:
    """Slots for as many symbols as are ``wanted``, or as there is room for.

    Attributes:
        symbols: for how many there are slots.
        made: how many requests have been made.
        why_no_more: why it is not for all of them, a clause; "" if it is.
    """

    def __init__(self, services: Services, execution: str, wanted: int) -> None:
        self.made, self._next, self.why_no_more = 0, 0, ""
        self._services, self._execution = services, execution
        self._ends_ms = services.clock.now_ms() + LONGEST_AHEAD_MS
        settings = services.settings
        terms = replace(settings.terms, max_ahead_ms=min(LONGEST_AHEAD_MS, settings.terms.max_ahead_ms))
        self._budget = BudgetStore(services.dynamodb, settings.table, settings.budget_name, terms, services.clock)
        taken = self._reserved(wanted) if wanted else None
        self._slots, generation = (taken.slots, taken.account.generation) if taken else (_NONE, 0)
        self._run = PacedRun(execution=execution, generation=generation, spare_events=0)
        self.symbols = self._slots.count // EACH

    def _reserved(self, wanted: int) -> Reservation | None:
        """Slots for these symbols, or for as many of them as there is room for."""
        account = self._budget.read()
        found = room(account, self._budget.terms, self._services.clock.now_ms())
        symbols = min(wanted, found.requests // EACH)
        self.why_no_more = found.why if symbols < wanted else ""
        if not symbols:
            return None
        request = ReservationRequest(symbols * EACH, self._execution, lead_ms=lead_ms(self._budget.terms))
        try:
            return self._budget.reserve(request, account)
        except InvalidInput:  # others were faster
            self.why_no_more = BEHIND
            return None

    @property
    def time_is_up(self) -> bool:
        """Whether the twelve minutes are over, as a slow vendor's answers may make them."""
        return self._services.clock.now_ms() > self._ends_ms

    def ask(self, symbol: str, question: Callable[[Client], T]) -> T:
        """Waits for the next slot and asks in it.

        Raises:
            StockflowError: as ``in_its_slot`` does.
        """
        slot = Slot(self._slots.at_ms(self._next), generation=self._run["generation"])
        self._next += 1
        request = PacedRequest(self._run, f"actions:{symbol}", slot, retry_count=0)
        wait_for(slot.not_before_ms, self._services.clock)
        try:
            answer = in_its_slot(request, self._services, question)
        except StockflowError as error:
            self.made += request.made_before(error)
            raise
        self.made += 1
        return answer

    def release(self) -> None:
        """Gives back what is left of them."""
        if self.symbols:
            release_slots(self._budget, self._execution, self._services.logger)
