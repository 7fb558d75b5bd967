"""What else to ask the vendor before an answer can be judged: its splits, or the whole adjusted history.

Transform makes no request itself. It takes a slot from the shared budget and sends the workflow back to wait for it, as
Fetch does when a slot moves; Fetch makes the request, and Transform runs again (docs/adr/0011).
"""

from collections.abc import Sequence

import pandas as pd

from stockflow_functions.aws.state_table.history import EVENTS_OF_A_QUESTION, SpareEvents
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.contracts import Answer
from stockflow_functions.daily_prices.slot import FULL, SPLITS
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import SlotMoved, StockflowError
from stockflow_functions.domain.prices.adjusted import same_basis
from stockflow_functions.domain.prices.known_splits import KnownSplits
from stockflow_functions.domain.prices.splits import Jump
from stockflow_functions.domain.prices.transforming import Transformed
from stockflow_functions.pacing.slot import Slot

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


def answered(answer: Answer, question: str) -> bool:
    """Whether this run has asked that, and had an answer."""
    return answer.get("asked", {}).get(question) == ""


def unanswered(answer: Answer) -> list[str]:
    """Why there was no answer to the questions that this run has asked."""
    asked = answer.get("asked", {})
    return [f"No answer when stockflow wanted to {WHY[what]}: {reason}" for what, reason in asked.items() if reason]


def ask(question: str, answer: Answer, spare: SpareEvents, budget: BudgetStore) -> str:
    """Sends the workflow back with a question about the answer; if no request is available, returns why.

    Raises:
        SlotMoved: the question has a slot.
    """
    try:
        spare.spend(EVENTS_OF_A_QUESTION)
        taken = budget.reserve(ReservationRequest(1))
    except StockflowError as error:
        return f"No request to {WHY[question]}: {error}"
    if not taken.slots.count:
        return f"No request is left today to {WHY[question]}."
    asking = {"asks": question, "answer": answer}
    slot = Slot(taken.slots.first_ms, 1, answer["attempts"], taken.account.generation, asking)
    raise SlotMoved(slot.as_message())
