"""What a replayed handler is equipped with."""

from types import SimpleNamespace

import pytest

from functions.budget.history import SpareEvents
from functions.budget.store import BudgetStore
from functions.clock import to_iso
from functions.fetch.slot import Slot
from functions.fetch.turn import Turns
from functions.settings import Settings
from stockflow.replay.equipment import equipped
from tests.fakes.clock import NOON_MS


@pytest.mark.parametrize("generation", [0, 3])
@pytest.mark.parametrize("slot_ahead_ms", [-300, 0, 700])
def test_a_fetch_asks_at_the_moment_at_which_its_answer_came(slot_ahead_ms, generation):
    """Behind its slot or, by a clock behind the workflow's, before it; also where planned slots had been called in."""
    call = SimpleNamespace(execution="run", function="Save", payload={}, answer=None, scheduled_ms=NOON_MS)
    run = {"execution": "run", "generation": generation, "spare_events": 100}
    slot = Slot.from_event({"not_before": to_iso(NOON_MS + slot_ahead_ms)}, planned_in=generation)
    with equipped(call, Settings(), {}, {}) as equipment:
        services = equipment.services
        Turns(BudgetStore.of(services), services.clock, "run", SpareEvents(services, run)).take(slot, 0)

        assert services.clock.now_ms() == NOON_MS
