"""A request's slot, as the workflow carries it from WaitForSlot to Fetch."""

import json
from dataclasses import dataclass
from typing import Any

from stockflow_functions.domain.clock import from_iso, to_iso

SPLITS, FULL = "splits", "full"
"""What a slot may be for, other than what the run asks of its symbol: the splits, or the whole history."""


@dataclass(frozen=True)
class Slot:
    """When the request may be made. The quota day in which it lies has paid for it.

    Attributes:
        not_before_ms: that moment.
        moves: how often the workflow waited for another slot before this one.
        tries: how many requests were made for the symbol before this slot.
        generation: the account's when it gave the slot; in a later one the slot has been called in.
        asks: ``SPLITS`` or ``FULL`` where Transform sent the workflow back with a question; then ``answer`` is the one
            that raised it, as Fetch gave it.
    """

    not_before_ms: int
    moves: int = 0
    tries: int = 0
    generation: int = 0
    asks: str = ""
    answer: dict[str, Any] | None = None

    @classmethod
    def from_event(cls, value: dict[str, Any], planned_in: int = 0) -> "Slot":
        """The slot in Fetch's event; one of Plan's has its generation in the run."""
        return cls(
            from_iso(value["not_before"]),
            int(value.get("moves", 0)),
            int(value.get("tries", 0)),
            int(value.get("generation", planned_in)),
            str(value.get("asks", "")),
            value.get("answer"),
        )

    def as_message(self) -> str:
        """The slot as ``SlotMoved`` carries it: JSON, which the workflow puts in the old slot's place."""
        question = {"asks": self.asks, "answer": self.answer} if self.asks else {}
        return json.dumps(
            {
                "not_before": to_iso(self.not_before_ms),
                "moves": self.moves,
                "tries": self.tries,
                "generation": self.generation,
                **question,
            }
        )
