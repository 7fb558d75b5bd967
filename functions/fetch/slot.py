"""A request's slot, as the workflow carries it from WaitForSlot to Fetch."""

import json
from dataclasses import dataclass
from typing import Any

from functions.clock import from_iso, to_iso


@dataclass(frozen=True)
class Slot:
    """When the request may be made.

    Attributes:
        not_before_ms: that moment.
        moves: how often the workflow waited for another slot before this one.
        tries: how many requests were made for the symbol before this slot.
        paid_day: the quota day that has paid; empty where it is the one in which the slot lies.
    """

    not_before_ms: int
    moves: int = 0
    tries: int = 0
    paid_day: str = ""

    @classmethod
    def from_event(cls, value: dict[str, Any]) -> "Slot":
        return cls(
            from_iso(value["not_before"]),
            int(value.get("moves", 0)),
            int(value.get("tries", 0)),
            str(value.get("paid_day", "")),
        )

    def as_message(self) -> str:
        """The slot as ``SlotMoved`` carries it: JSON, which the workflow puts in the old slot's place."""
        return json.dumps(
            {
                "not_before": to_iso(self.not_before_ms),
                "moves": self.moves,
                "tries": self.tries,
                "paid_day": self.paid_day,
            }
        )
