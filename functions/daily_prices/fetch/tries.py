"""How many requests are made for one symbol, however they are spread over retries and slots. Pure."""

from stockflow_functions.daily_prices.contracts import FetchEvent
from stockflow_functions.daily_prices.slot import Slot
from stockflow_functions.domain.errors import InvalidApiKey, PutOff, QuotaExhausted

MOST_REQUESTS = 5
"""For one symbol in one run."""


def requests_by_the_end(event: FetchEvent) -> int:
    """How many requests Fetch has made for its symbol by the end of this call, where the call makes one.

    A slot's first request is always made, a retry only while they are fewer than ``MOST_REQUESTS``.
    """
    tries = Slot.from_event(event["slot"]).tries
    return tries + min(event["retry_count"] + 1, max(MOST_REQUESTS - tries, 1))


def requests_before_failure(event: FetchEvent, error: Exception) -> int:
    """How many requests had been made when the call failed."""
    made = requests_by_the_end(event)
    # These are mostly raised without asking, by what another request has learned; the vendor's own carry its words.
    unasked = isinstance(error, QuotaExhausted | PutOff | InvalidApiKey) and not error.vendor_text
    return made - 1 if unasked else made
