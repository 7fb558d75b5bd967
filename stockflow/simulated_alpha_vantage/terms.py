"""What the parts of the simulated vendor exchange: a request, and the reply to it."""

from dataclasses import dataclass
from enum import Enum

DAILY = "TIME_SERIES_DAILY"
DAILY_ADJUSTED = "TIME_SERIES_DAILY_ADJUSTED"
WEEKLY = "TIME_SERIES_WEEKLY"
SPLITS = "SPLITS"
DIVIDENDS = "DIVIDENDS"
TRANSCRIPT = "EARNINGS_CALL_TRANSCRIPT"
LISTINGS = "LISTING_STATUS"
JSON = "application/json"
DOWNLOAD = "application/x-download"
"""What the vendor calls its CSV tables."""
DATA = "data"


@dataclass(frozen=True)
class Query:
    """A request's parameters; missing ones are empty, ``symbol`` is as sent."""

    function: str
    symbol: str
    outputsize: str
    api_key: str
    quarter: str = ""
    state: str = ""
    date: str = ""

    @property
    def full(self) -> bool:
        """Whether the whole history is requested."""
        return self.outputsize == "full"


@dataclass(frozen=True)
class VendorRequest:
    """A request that was received, without its key.

    ``time_ms`` is when it arrived, in milliseconds since 1970; ``answered`` is ``data``, a name from ``FAULTS``, or
    ``no_function`` where the vendor has no such function; ``quarter`` is that of a transcript.
    """

    time_ms: int
    function: str
    symbol: str
    outputsize: str
    answered: str
    quarter: str = ""


class Manner(Enum):
    """How a reply is sent over the wire."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    DRIP = "drip"
    RESET = "reset"


@dataclass(frozen=True)
class Reply:
    """A reply, and the name under which it is recorded."""

    body: bytes
    answered: str = DATA
    status: int = 200
    content_type: str = JSON
    location: str = ""
    manner: Manner = Manner.WHOLE
    delay_seconds: float = 0.0
