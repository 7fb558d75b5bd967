"""Decides which reply a request gets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from threading import Lock

from stockflow.simulated_alpha_vantage import refusals
from stockflow.simulated_alpha_vantage.bodies import (
    SHAPES,
    Dividends,
    Splits,
    Turns,
    dividends_body,
    simulated_series,
    splits_body,
    transcript_body,
)
from stockflow.simulated_alpha_vantage.dividends import invented_dividends
from stockflow.simulated_alpha_vantage.faults import Script, reply_to
from stockflow.simulated_alpha_vantage.limits import RateLimits
from stockflow.simulated_alpha_vantage.listings import listings_body, recorded_listings, simulated_listings
from stockflow.simulated_alpha_vantage.recordings import Recordings
from stockflow.simulated_alpha_vantage.sessions import FIRST_SESSION, last_settled_session
from stockflow.simulated_alpha_vantage.terms import (
    DAILY_ADJUSTED,
    DIVIDENDS,
    DOWNLOAD,
    LISTINGS,
    SPLITS,
    TRANSCRIPT,
    Query,
    Reply,
    VendorRequest,
)
from stockflow_functions.domain import quarters
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.listings.listing import LAST_DAY, Listing
from stockflow_functions.vendors.alpha_vantage import VENDOR

FUNCTIONS = (*SHAPES, SPLITS, DIVIDENDS, TRANSCRIPT, LISTINGS)
FULL = "full"
UNKNOWN_PREFIX = "UNKNOWN"
_TELL_DIVIDENDS = frozenset({DIVIDENDS, DAILY_ADJUSTED})

SIMULATED_SPLITS: Mapping[str, Splits] = {
    "AAPL": {date(2020, 8, 31): 4.0},
    "AMZN": {date(2022, 6, 6): 20.0},
    "NVDA": {date(2021, 7, 20): 4.0, date(2024, 6, 10): 10.0},
    "TSLA": {date(2020, 8, 31): 5.0, date(2022, 8, 25): 3.0},
}


class Catalogue:
    """The available data: recorded, or invented for every symbol except the unknown ones; transcripts never are.

    Dividends that are given are, by symbol, all there are; without them they are invented.
    """

    def __init__(
        self,
        recordings: Recordings | None = None,
        unknown_symbols: Collection[str] = (),
        splits: Mapping[str, Splits] | None = None,
        dividends: Mapping[str, Dividends] | None = None,
        transcripts: Mapping[tuple[str, str], Turns] | None = None,
        listings: Collection[Listing] | None = None,
    ) -> None:
        self._recordings = recordings
        self._unknown = frozenset(symbol.upper() for symbol in unknown_symbols)
        self._listings = listings
        self._newest = lru_cache(maxsize=2)(self._newest_by_symbol)
        self._splits = SIMULATED_SPLITS if splits is None else splits
        self._dividends = dividends
        given = (transcripts or {}).items()
        self._transcripts = {(symbol.upper(), quarter): turns for (symbol, quarter), turns in given}

    def body(self, query: Query, now_ms: int) -> bytes | None:
        """The good answer's body, or None if the symbol is unknown."""
        symbol, today = query.symbol.upper(), _day_of(now_ms)
        if query.function == LISTINGS:
            return listings_body(self._listed(today), query.state, _date_in(query.date) or today)
        if not symbol or self._is_unknown(symbol):
            return None
        return self._body_of(query, symbol, now_ms)

    def _body_of(self, query: Query, symbol: str, now_ms: int) -> bytes | None:
        if query.function == TRANSCRIPT:
            return self._transcript(query)
        if self._recordings is not None:
            return self._recordings.body(query.function, query.symbol, full=query.full)
        return self._invented(query, symbol, now_ms)

    def _invented(self, query: Query, symbol: str, now_ms: int) -> bytes | None:
        first, ends = self._life(symbol, _day_of(now_ms))
        last = min(ends, last_settled_session(now_ms, VENDOR.exchange_of(symbol)))
        if last < first:
            return None
        splits = self._splits.get(symbol, {})
        if query.function == SPLITS:
            return splits_body(query.symbol, splits, last)
        dividends = self._paid(symbol, splits, last) if query.function in _TELL_DIVIDENDS else ()
        dividends = [each for each in dividends if first < each.ex_date <= ends]
        if query.function == DIVIDENDS:
            return dividends_body(query.symbol, dividends, last)
        return simulated_series(query.symbol, query.function, last, splits, dividends, full=query.full, first=first)

    def _paid(self, symbol: str, splits: Splits, last: date) -> Dividends:
        return invented_dividends(symbol, splits, last) if self._dividends is None else self._dividends.get(symbol, ())

    def _listed(self, today: date) -> Collection[Listing]:
        if self._listings is None and self._recordings is not None:
            return recorded_listings(self._recordings.symbols, today)
        listings = simulated_listings(today) if self._listings is None else self._listings
        return [row for row in listings if not self._is_unknown(row.symbol)]

    def _life(self, symbol: str, today: date) -> tuple[date, date]:
        """From when to when there are prices of a symbol: those of the company that has it now, or had it last."""
        newest = self._newest(today).get(symbol)
        if newest is None:
            return FIRST_SESSION, LAST_DAY
        return max(FIRST_SESSION, newest.ipo_date or FIRST_SESSION), newest.delisting_date or LAST_DAY

    def _newest_by_symbol(self, today: date) -> Mapping[str, Listing]:
        listings = simulated_listings(today) if self._listings is None else self._listings
        return {row.symbol: row for row in sorted(listings, key=lambda row: row.key)}

    def _is_unknown(self, symbol: str) -> bool:
        return symbol in self._unknown or symbol.startswith(UNKNOWN_PREFIX)

    def _transcript(self, query: Query) -> bytes | None:
        """One that was given or recorded, else the vendor's empty list. How it refuses an odd quarter is not known."""
        if not quarters.FORM.fullmatch(query.quarter):
            return None
        turns = self._transcripts.get((query.symbol.upper(), query.quarter))
        recorded = self._recordings.transcript(query.symbol, query.quarter) if self._recordings and not turns else None
        return recorded or transcript_body(query.symbol, query.quarter, turns or ())


def _day_of(now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).date()


def _date_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_sized(function: str) -> bool:
    """Whether the function has an outputsize; others don't know that parameter, and ignore it."""
    return function in SHAPES and SHAPES[function].sized


@dataclass(frozen=True)
class Conduct:
    """How requests are refused; see ``SimulatedVendor``."""

    requests_per_minute: float = 0
    requests_per_second: int = 0
    requests_per_day: int = 0
    api_keys: Collection[str] | None = None
    premium: Collection[str] = ()
    refuse_every: int = 0


class Answering:
    """Decides on each request and remembers it; thread-safe."""

    def __init__(self, catalogue: Catalogue, conduct: Conduct, script: Script, clock: Clock) -> None:
        self._catalogue = catalogue
        self._conduct = conduct
        self._script = script
        self._clock = clock
        self._lock = Lock()
        self._limits: dict[str, RateLimits] = {}
        self._requests: list[VendorRequest] = []
        self._came = 0

    @property
    def requests(self) -> list[VendorRequest]:
        """The requests so far, oldest first."""
        with self._lock:
            return sorted(self._requests, key=lambda request: request.time_ms)

    def reply(self, query: Query) -> Reply:
        """The reply to one request."""
        fault = self._script.next_for(query.symbol)
        with self._lock:
            now_ms = self._clock.now_ms()
            refused = None if fault else self._refusal(query, now_ms)
        if fault:
            reply = reply_to(fault, query, lambda: self._usual(query, now_ms))
        else:
            reply = refused or self._usual(query, now_ms)
        size = query.outputsize or "compact"
        came = VendorRequest(now_ms, query.function, query.symbol, size, reply.answered, query.quarter)
        with self._lock:
            self._requests.append(came)
        return reply

    def _refusal(self, query: Query, now_ms: int) -> Reply | None:
        """The refusals that need the count of requests, and those of the key."""
        self._came += 1
        conduct = self._conduct
        if not query.api_key or (conduct.api_keys is not None and query.api_key not in conduct.api_keys):
            return refusals.invalid_key()
        if conduct.refuse_every and self._came % conduct.refuse_every == 0:
            return refusals.throttled()
        limits = self._limits.setdefault(
            query.api_key,
            RateLimits(conduct.requests_per_minute, conduct.requests_per_second, conduct.requests_per_day),
        )
        return limits.refusal(now_ms, query.api_key)

    def _usual(self, query: Query, now_ms: int) -> Reply:
        if query.function not in FUNCTIONS:
            return refusals.no_function(query.function)
        if query.function in self._conduct.premium:
            return refusals.premium_endpoint()
        if query.full and _is_sized(query.function) and FULL in self._conduct.premium:
            return refusals.premium_size(query.function)
        body = self._catalogue.body(query, now_ms)
        if body is None:
            return refusals.unknown(query.function)
        return Reply(body, content_type=DOWNLOAD) if query.function == LISTINGS else Reply(body)
