"""One request of a run, and how many are made for one symbol, however they are spread over retries and slots. Pure."""

from dataclasses import dataclass

from stockflow_functions.domain.errors import InvalidApiKey, PremiumRequired, PutOff, QuotaExhausted
from stockflow_functions.pacing.contracts import MovedSlot, PacedRun, PlannedSlot
from stockflow_functions.pacing.slot import Slot

MOST_REQUESTS = 5
"""For one symbol in one run."""


@dataclass(frozen=True)
class PacedRequest:
    """The request that a state is to make for one symbol.

    Attributes:
        run: whose it is.
        symbol: the item's name, as its record has it.
        slot: when it may be made.
        retry_count: how often the workflow has repeated the call in this slot.
        whole: whether the run asks for whole histories, which some plans do not include.
    """

    run: PacedRun
    symbol: str
    slot: Slot
    retry_count: int
    whole: bool = False

    @classmethod
    def of(
        cls, run: PacedRun, symbol: str, slot: PlannedSlot | MovedSlot, retry_count: int, *, whole: bool = False
    ) -> "PacedRequest":
        """The request of an event that has these."""
        return cls(run, symbol, Slot.from_event(slot, planned_in=run["generation"]), retry_count, whole)

    @property
    def one_too_many(self) -> bool:
        """Whether the symbol has had all its requests: a slot's first one is always made."""
        return self.retry_count > 0 and self.slot.tries + self.retry_count >= MOST_REQUESTS

    @property
    def made_by_the_end(self) -> int:
        """How many requests have been made for the symbol by the end of this call, where the call makes one."""
        tries = self.slot.tries
        return tries + min(self.retry_count + 1, max(MOST_REQUESTS - tries, 1))

    def made_before(self, error: Exception) -> int:
        """How many requests had been made when the call failed with ``error``."""
        # These are mostly raised without asking, by what another request has learned; the vendor's own carry its words.
        unasked = isinstance(error, QuotaExhausted | PutOff | InvalidApiKey | PremiumRequired) and not error.vendor_text
        return self.made_by_the_end - 1 if unasked else self.made_by_the_end
