"""A request's slot, as the workflow carries it from WaitForSlot to Fetch."""

import json
from dataclasses import dataclass
from typing import Any

from functions.clock import from_iso, to_iso

SPLITS, FULL = "splits", "full"
"""What a slot may be for, other than what the run asks of its symbol: the splits, or the whole history."""


@dataclass(frozen=True)
class Slot:
    """When the request may be made. The quota day in which it lies has paid for it.

    Attributes:
        not_before_ms: that moment.
        moves: how often the workflow waited for another slot before this one.
        tries: how many requests were made for the symbol before this slot.
        asks: ``SPLITS`` or ``FULL`` where Transform sent the workflow back with a question; then ``answer`` is the one
            that raised it, as Fetch gave it.
    """

    not_before_ms: int
    moves: int = 0
    tries: int = 0
    asks: str = ""
    answer: dict[str, Any] | None = None

    @classmethod
    def from_event(cls, value: dict[str, Any]) -> "Slot":
        return cls(
            from_iso(value["not_before"]),
            int(value.get("moves", 0)),
            int(value.get("tries", 0)),
            str(value.get("asks", "")),
            value.get("answer"),
        )

    def as_message(self) -> str:
        """The slot as ``SlotMoved`` carries it: JSON, which the workflow puts in the old slot's place."""
        question = {"asks": self.asks, "answer": self.answer} if self.asks else {}
        return json.dumps(
            {"not_before": to_iso(self.not_before_ms), "moves": self.moves, "tries": self.tries, **question}
        )
