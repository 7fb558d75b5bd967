"""What else the vendor must be asked before an answer can be judged: its splits, or the whole adjusted history.

Transform asks nothing itself. It takes a slot from the shared budget and sends the workflow back to wait for it, as
Fetch does when a slot moves; Fetch asks, and Transform runs again (docs/adr/0011).
"""

from collections.abc import Sequence

import pandas as pd

from stockflow_functions.aws.state_table.history import EVENTS_OF_A_QUESTION, SpareEvents
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.fetch.slot import FULL, SPLITS, Slot
from stockflow_functions.domain.budget.arithmetic import Wish
from stockflow_functions.domain.errors import SlotMoved, StockflowError
from stockflow_functions.domain.prices.adjusted import same_basis
from stockflow_functions.domain.prices.known_splits import KnownSplits
from stockflow_functions.domain.prices.splits import Jump
from stockflow_functions.domain.prices.transforming import Transformed
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import Event

WHY = {SPLITS: "ask for the splits behind a jump", FULL: "renew the adjusted history after a split or dividend"}


def needs_history(done: Transformed, stored: pd.DataFrame) -> bool:
    """Whether the newest adjusted closes came on another basis than the stored ones, or with no day to compare."""
    if not done.as_of.series.adjusted or done.full or stored.empty:
        return False
    reaches_back = done.table["date"].iloc[0] <= stored["date"].iloc[0]
    return not reaches_back and not same_basis(stored, done.table)


def needs_splits(unexplained: Sequence[Jump], known: KnownSplits) -> bool:
    """Whether the close jumped on or after the day on which the splits were last asked for."""
    return any(known.asked_on is None or jump.day >= known.asked_on for jump in unexplained)


def ask(questions: Sequence[str], event: Event, services: Services) -> list[str]:
    """Sends the first question that this run has not put yet on its way; for those it has, says why there is no answer.

    Raises:
        SlotMoved: the question has a slot.
    """
    put = event["answer"].get("asked", {})
    sentences = [f"No answer when stockflow wanted to {WHY[what]}: {reason}" for what, reason in put.items() if reason]
    for what in questions:
        if what in put:
            continue
        try:
            SpareEvents(services, event["run"]).spend(EVENTS_OF_A_QUESTION)
            taken = BudgetStore.of(services).reserve(Wish(1))
        except StockflowError as error:
            return [*sentences, f"No request to {WHY[what]}: {error}"]
        if not taken.slots.count:
            return [*sentences, f"No request is left today to {WHY[what]}."]
        tries = int(event["answer"].get("attempts", 1))
        slot = Slot(taken.slots.first_ms, 1, tries, taken.account.generation, what, event["answer"])
        raise SlotMoved(slot.as_message())
    return sentences
