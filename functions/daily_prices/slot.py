"""A request's slot, as the workflow carries it from WaitForSlot to Fetch."""

import json
from dataclasses import dataclass

from stockflow_functions.daily_prices.contracts import Answer, MovedSlot, PlannedSlot
from stockflow_functions.domain.clock import from_iso, to_iso

SPLITS, FULL = "splits", "full"
"""What a slot may be for besides the run's own request for its symbol: the splits, or the whole history."""


@dataclass(frozen=True)
class Slot:
    """When the request may be made. The quota day in which it lies has paid for it.

    Attributes:
        not_before_ms: that moment.
        moves: how often the workflow waited for another slot before this one.
        tries: how many requests were made for the symbol before this slot.
        generation: the account's when it gave the slot; in a later one the slot has been called in.
        asks: ``SPLITS`` or ``FULL`` if Transform sent the workflow back with a question; then ``answer`` is the one
            that raised it, as Fetch returned it.
    """

    not_before_ms: int
    moves: int = 0
    tries: int = 0
    generation: int = 0
    asks: str = ""
    answer: Answer | None = None

    @classmethod
    def from_event(cls, value: PlannedSlot | MovedSlot, planned_in: int = 0) -> "Slot":
        """The slot in Fetch's event; one from Plan has its generation in the run, and no request behind it."""
        if "tries" not in value:
            return cls(from_iso(value["not_before"]), value["moves"], generation=planned_in)
        return cls(
            from_iso(value["not_before"]),
            value["moves"],
            value["tries"],
            value["generation"],
            value.get("asks", ""),
            value.get("answer"),
        )

    def as_message(self) -> str:
        """The slot as ``SlotMoved`` carries it: JSON, which the workflow puts in the old slot's place."""
        slot: MovedSlot = {
            "not_before": to_iso(self.not_before_ms),
            "moves": self.moves,
            "tries": self.tries,
            "generation": self.generation,
        }
        if self.asks and self.answer is not None:
            slot |= {"asks": self.asks, "answer": self.answer}
        return json.dumps(slot)
