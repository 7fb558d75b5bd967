"""The slots of one refresh, out of what the day's quota leaves, and the wait for each."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.actions.room import LONGEST_AHEAD_MS, room
from stockflow_functions.domain.budget.arithmetic import Reservation, ReservationRequest, lead_ms
from stockflow_functions.domain.errors import InvalidInput
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


class ActionSlots:
    """Slots for as many symbols as are ``wanted``, or as there is room for.

    Attributes:
        symbols: for how many there are slots.
        made: how many requests have been made.
        why_no_more: why it is not for all of them, a clause; "" if it is.
    """

    def __init__(self, services: Services, execution: str, wanted: int) -> None:
        self.made, self.why_no_more = 0, ""
        self._services, self._execution = services, execution
        settings = services.settings
        terms = replace(settings.terms, max_ahead_ms=min(LONGEST_AHEAD_MS, settings.terms.max_ahead_ms))
        self._budget = BudgetStore(services.dynamodb, settings.table, settings.budget_name, terms, services.clock)
        self._taken = self._reserved(wanted) if wanted else None
        self.symbols = self._taken.slots.count // EACH if self._taken else 0

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
            self.why_no_more = "the next slots lie too far ahead, behind those of a run"
            return None

    def ask(self, symbol: str, question: Callable[[Client], T]) -> T:
        """Waits for the next slot and asks in it.

        Raises:
            StockflowError: as ``in_its_slot`` does.
        """
        assert self._taken  # of a refresh without slots nobody asks
        at_ms, generation = self._taken.slots.at_ms(self.made), self._taken.account.generation
        run: PacedRun = {"execution": self._execution, "generation": generation, "spare_events": 0}
        wait_for(at_ms, self._services.clock)
        self.made += 1
        request = PacedRequest(run, f"actions:{symbol}", Slot(at_ms, generation=generation), retry_count=0)
        return in_its_slot(request, self._services, question)

    def release(self) -> None:
        """Gives back what is left of them."""
        if self._taken:
            release_slots(self._budget, self._execution, self._services.logger)
