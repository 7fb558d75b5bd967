"""What a replayed handler is equipped with."""

from types import SimpleNamespace

import pytest

from stockflow.replay.equipment import equipped
from stockflow.testing import NOON_MS
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.pacing.slot_gate import SlotGate
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors.alpha_vantage import VENDOR


@pytest.mark.parametrize("generation", [0, 3])
@pytest.mark.parametrize("slot_ahead_ms", [-300, 0, 700])
def test_a_fetch_asks_at_the_moment_at_which_its_answer_came(slot_ahead_ms, generation):
    """Behind its slot or, by a clock behind the workflow's, before it; also where planned slots had been called in."""
    call = SimpleNamespace(
        execution="run", function="Save", prefix="", workflow=DAILY_PRICES, answer=None, scheduled_ms=NOON_MS
    )
    run = {"execution": "run", "generation": generation, "spare_events": 100}
    slot = Slot.from_event({"not_before": to_iso(NOON_MS + slot_ahead_ms), "moves": 0}, planned_in=generation)
    with equipped(call, Settings(), {}, {}) as equipment:
        services = equipment.services
        spare = services.spare_events(run["execution"], run["spare_events"])
        SlotGate(services.budget, services.clock, "run", spare, VENDOR).acquire(slot, 0)

        assert services.clock.now_ms() == NOON_MS
