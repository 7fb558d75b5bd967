"""The simulated vendor's HTTP server on 127.0.0.1."""

import socket
import struct
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from stockflow.local_servers.server import LocalHandler, LocalServer
from stockflow.simulated_alpha_vantage.answering import Answering, Catalogue, Conduct
from stockflow.simulated_alpha_vantage.bodies import Turns
from stockflow.simulated_alpha_vantage.faults import Script
from stockflow.simulated_alpha_vantage.recordings import Recordings
from stockflow.simulated_alpha_vantage.terms import Manner, Query, Reply, VendorRequest
from stockflow_functions.domain.actions.answers import Dividend
from stockflow_functions.domain.clock import Clock, SystemClock
from stockflow_functions.domain.listings.listing import Listing

PATH = "/query"
_PARAMETERS = ("function", "symbol", "outputsize", "apikey", "quarter", "state", "date")
_DRIP_SECONDS = 0.1
# SO_LINGER with no time makes close() send a reset.
_RESET = struct.pack("ii", 1, 0)


class SimulatedVendor(LocalServer):
    """Alpha Vantage on this machine, open as a context manager: ``with SimulatedVendor() as vendor: ... vendor.url``.

    It answers TIME_SERIES_DAILY, TIME_SERIES_DAILY_ADJUSTED, TIME_SERIES_WEEKLY, SPLITS and DIVIDENDS in the vendor's
    own shape, with invented prices that are the same at every call and say that they are simulated, and refuses in the
    vendor's own words. To EARNINGS_CALL_TRANSCRIPT it answers with transcripts that it was given or that are among the
    recordings, and with the vendor's empty list for any other call: it puts words into nobody's mouth. To
    LISTING_STATUS it answers with an invented listing, see ``listings``; it knows no symbol before it is listed and
    has no price from after its delisting.

    Args:
        requests_per_minute: the plan's rate; 0 for no limit. How it is counted: ``limits.RateLimits``.
        requests_per_second: the burst limit; 0 for the one that belongs to the rate.
        requests_per_day: the day's quota; 0 for no limit.
        api_keys: the keys that are valid; None for any that isn't empty.
        unknown_symbols: symbols it does not know, besides all that begin with UNKNOWN.
        premium: what the plan does not include: ``full``, ``TIME_SERIES_DAILY_ADJUSTED`` or another function's name.
        splits: for a symbol, shares after each split for one before it, by effective date; without it a few symbols
            have some, see ``answering.SIMULATED_SPLITS``.
        dividends: for a symbol, what it paid and is to pay, oldest first, as paid on the shares of their time; without
            it they are invented, see ``dividends``.
        transcripts: for a symbol and a quarter, such as ``("IBM", "2024Q1")``, the turns of the call, each with
            ``speaker``, ``title``, ``content`` and ``sentiment``; they come before recorded ones.
        listings: who is listed, and was; without it an invented listing, or one of all symbols that are recorded.
        faults: for a symbol (``*`` for any), names from ``FAULTS``; each request consumes one. A fault is answered
            before any limit is checked, and counts towards none.
        refuse_every: refuses each n-th request as throttled; 0 for none.
        latency_seconds: how long it waits before each answer.
        recordings: a folder of recorded answers to send in place of invented ones, see ``recordings.Recordings``.
        recordings_as_of: which of several recordings, like ``2024-06-30``.
        port: 0 for any free one.
        clock: decides which session is the last one, and when the day's quota is reset.

    Raises:
        Unusable: the port is in use, or the folder of recordings can't be used.
        ValueError: a fault's name is unknown.
    """

    cannot_listen = (
        "The simulated Alpha Vantage can't listen on port {port} ({reason}): choose another, or 0 for a free one."
    )

    def __init__(  # noqa: PLR0913 - each is one thing that a test or a user sets by name
        self,
        *,
        requests_per_minute: float = 0,
        requests_per_second: int = 0,
        requests_per_day: int = 0,
        api_keys: Collection[str] | None = None,
        unknown_symbols: Collection[str] = (),
        premium: Collection[str] = (),
        splits: Mapping[str, Mapping[date, float]] | None = None,
        dividends: Mapping[str, Iterable[Dividend]] | None = None,
        transcripts: Mapping[tuple[str, str], Turns] | None = None,
        listings: Collection[Listing] | None = None,
        faults: Mapping[str, Iterable[str]] | None = None,
        refuse_every: int = 0,
        latency_seconds: float = 0.0,
        recordings: Path | str | None = None,
        recordings_as_of: str = "",
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self._script = Script(faults)
        self.latency_seconds = latency_seconds
        recorded = None if recordings is None else Recordings(Path(recordings), recordings_as_of)
        self.answering = Answering(
            Catalogue(recorded, unknown_symbols, splits, dividends, transcripts, listings),
            Conduct(
                requests_per_minute=requests_per_minute,
                requests_per_second=requests_per_second,
                requests_per_day=requests_per_day,
                api_keys=api_keys,
                premium=premium,
                refuse_every=refuse_every,
            ),
            self._script,
            clock or SystemClock(),
        )
        super().__init__(_Handler, port=port)

    @property
    def url(self) -> str:
        """What ALPHA_VANTAGE_BASE_URL is set to."""
        return f"{self.base_url}{PATH}"

    @property
    def requests(self) -> list[VendorRequest]:
        """The requests that came so far, oldest first."""
        return self.answering.requests

    def fail(self, symbol: str, *names: str) -> None:
        """Applies these faults to the symbol's next requests, after those that are still to come.

        Raises:
            ValueError: a name is unknown.
        """
        self._script.add(symbol, names)

    def heal(self) -> None:
        """Removes the faults that are still to come."""
        self._script.clear()


class _Handler(LocalHandler):
    server: SimulatedVendor

    def do_GET(self) -> None:  # noqa: N802 # http.server's own name
        parts = urlsplit(self.path)
        if parts.path != PATH:
            self._send(Reply(b'{\n    "detail": "Not found."\n}', status=HTTPStatus.NOT_FOUND))
            return
        given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        query = Query(*(given.get(name, "") for name in _PARAMETERS))
        reply = self.server.answering.reply(query)
        if self.server.closing.wait(self.server.latency_seconds + reply.delay_seconds):
            self.close_connection = True
            return
        self._send(reply)

    def do_POST(self) -> None:  # noqa: N802 # http.server's own name
        self.close_connection = True
        self._send(Reply(b'{\n    "detail": "Method \\"POST\\" not allowed."\n}', status=HTTPStatus.METHOD_NOT_ALLOWED))

    def _send(self, reply: Reply) -> None:
        if reply.manner is Manner.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.close_connection = True
            return
        self.answer_head(
            reply.status, len(reply.body), {"Content-Type": reply.content_type, "Location": reply.location}
        )
        if reply.manner is Manner.WHOLE:
            self.wfile.write(reply.body)
        elif reply.manner is Manner.CUT_OFF:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
        else:
            self._drip(reply.body)

    def _drip(self, body: bytes) -> None:
        for place in range(len(body)):
            self.wfile.write(body[place : place + 1])
            self.wfile.flush()
            if self.server.closing.wait(_DRIP_SECONDS):
                break
        self.close_connection = True

    def version_string(self) -> str:
        """Its name in the Server header."""
        return "stockflow-simulated-vendor"
