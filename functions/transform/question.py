"""What else the vendor must be asked before an answer can be judged: its splits, or the whole adjusted history.

Transform asks nothing itself. It takes a slot from the shared budget and sends the workflow back to wait for it, as
Fetch does when a slot moves; Fetch asks, and Transform runs again (docs/adr/0011).
"""

import json
from collections.abc import Sequence

from functions.budget.arithmetic import Wish
from functions.budget.store import BudgetStore
from functions.errors import SlotMoved, StockflowError
from functions.fetch.slot import Slot
from functions.prices.adjusted import same_basis
from functions.prices.series import DAILY_ADJUSTED
from functions.prices.splits import Jump
from functions.prices.transforming import Transformed
from functions.services import Services
from functions.state import Event
from functions.transform.context import Context

SPLITS, FULL = "splits", "full"
WHY = {SPLITS: "ask for the splits behind a jump", FULL: "renew the adjusted history after a split or dividend"}


def open_questions(done: Transformed, context: Context, unexplained: Sequence[Jump], series: str) -> list[str]:
    """What must be known: the history where adjusted closes are on another basis than the stored ones, or splits where
    the close jumped after they were last asked for.
    """
    questions = []
    if series == DAILY_ADJUSTED and not done.full and len(context.stored):
        reaches_back = done.table["date"].iloc[0] <= context.stored["date"].iloc[0]
        if not reaches_back and not same_basis(context.stored, done.table):
            questions.append(FULL)
    asked_on = context.splits.asked_on
    if any(asked_on is None or jump.day >= asked_on for jump in unexplained):
        questions.append(SPLITS)
    return questions


def ask(questions: Sequence[str], event: Event, services: Services) -> list[str]:
    """Sends the first question that this run has not put yet on its way; for the others, says why there is no answer.

    Raises:
        SlotMoved: the question has a slot.
    """
    put = event["answer"].get("asked", {})
    sentences = [f"No answer when stockflow wanted to {WHY[what]}: {put[what]}" for what in questions if put.get(what)]
    for what in questions:
        if what in put:
            continue
        try:
            slots = BudgetStore.of(services).reserve(Wish(1)).slots
        except StockflowError as error:
            return [*sentences, f"No request to {WHY[what]}: {error}"]
        if not slots.count:
            return [*sentences, f"No request is left today to {WHY[what]}."]
        slot = json.loads(Slot(slots.first_ms, moves=1).as_message())
        raise SlotMoved(json.dumps({**slot, "asks": what, "answer": event["answer"]}))
    return sentences
