"""The slot on its way through the workflow."""

import json

from stockflow.testing import NOON_MS
from stockflow_functions.pacing.slot import Slot


def test_slot_of_the_plan_has_no_moves_and_no_tries():
    """What the definition makes of Plan's output is a slot."""
    event = {"not_before": "2026-11-20T17:00:00.250Z", "moves": 0}

    assert Slot.from_event(event) == Slot(NOON_MS + 250)


def test_moved_slot_comes_back_as_it_was_sent():
    """SlotMoved's message is the next slot, milliseconds, counts, and what else the workflow keeps in it."""
    for slot in (Slot(NOON_MS + 1, 2, 3, 4), Slot(NOON_MS, carried={"asks": "splits", "answer": {"key": "raw/…"}})):
        assert Slot.from_event(json.loads(slot.as_message())) == slot


def test_slot_of_the_plan_is_of_the_runs_generation():
    """A slot that was moved has its own."""
    assert Slot.from_event({"not_before": "2026-11-20T17:00:00.250Z", "moves": 0}, planned_in=7).generation == 7
    assert Slot.from_event(json.loads(Slot(NOON_MS, generation=8).as_message()), planned_in=7).generation == 8
