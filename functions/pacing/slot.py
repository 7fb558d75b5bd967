"""A request's slot, as the workflow carries it from WaitForSlot to the state that asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.pacing.contracts import MovedSlot, PlannedSlot


@dataclass(frozen=True)
class Slot:
    """When the request may be made. The quota day in which it lies has paid for it.

    Attributes:
        not_before_ms: that moment.
        moves: how often the workflow waited for another slot before this one.
        tries: how many requests were made for the symbol before this slot.
        generation: the account's when it gave the slot; in a later one the slot has been called in.
        carried: what else the workflow keeps in its slots, such as a question; it goes on to the next slot as it is.
    """

    not_before_ms: int
    moves: int = 0
    tries: int = 0
    generation: int = 0
    carried: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_event(cls, value: PlannedSlot | MovedSlot, planned_in: int = 0) -> "Slot":
        """The slot in the event; one from the plan has its generation in the run, and no request behind it."""
        if "tries" not in value:
            return cls(from_iso(value["not_before"]), value["moves"], generation=planned_in)
        return cls(
            from_iso(value["not_before"]),
            value["moves"],
            value["tries"],
            value["generation"],
            {name: item for name, item in value.items() if name not in MovedSlot.__annotations__},
        )

    def as_message(self) -> str:
        """The slot as ``SlotMoved`` carries it: JSON, which the workflow puts in the old slot's place."""
        slot: MovedSlot = {
            "not_before": to_iso(self.not_before_ms),
            "moves": self.moves,
            "tries": self.tries,
            "generation": self.generation,
        }
        return json.dumps({**slot, **self.carried})
