"""What the simulated vendor can be made to do wrong, by name."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock

from stockflow.simulated_alpha_vantage import refusals
from stockflow.simulated_alpha_vantage.terms import Manner, Query, Reply

ANY_SYMBOL = "*"
_HTML = "text/html; charset=utf-8"
_PAGE = b"<!DOCTYPE html>\n<html><head><title>Application Error</title></head><body>Application Error</body></html>"
_LONGEST_HANG_SECONDS = 3600.0

Usual = Callable[[], Reply]


@dataclass(frozen=True)
class Fault:
    """One line of the table: what it is, and the reply, made from the request and the usual reply to it."""

    description: str
    reply: Callable[[Query, Usual], Reply]


def _fixed(
    body: bytes, status: int = 200, content_type: str = "application/json", location: str = ""
) -> Callable[..., Reply]:
    return lambda _query, _usual: Reply(body, status=status, content_type=content_type, location=location)


def _manner(manner: Manner) -> Callable[[Query, Usual], Reply]:
    return lambda _query, usual: replace(usual(), manner=manner)


def _other_symbol(query: Query, usual: Usual) -> Reply:
    reply = usual()
    echo = f'"{query.symbol}"'.encode()
    return replace(reply, body=reply.body.replace(echo, b'"OTHER"', 1))


FAULTS: Mapping[str, Fault] = {
    "ok": Fault("no fault: the usual answer", lambda _query, usual: usual()),
    "throttled": Fault("one request a second, please (free key)", lambda _query, _usual: refusals.throttled()),
    "burst": Fault("burst pattern detected (paid key)", lambda _query, _usual: refusals.burst(5)),
    "volume": Fault("past the requests per minute (paid key)", lambda _query, _usual: refusals.volume()),
    "quota": Fault(
        "the day's quota is spent; repeats the key", lambda query, _usual: refusals.quota(query.api_key, 25)
    ),
    "premium": Fault("a premium endpoint", lambda _query, _usual: refusals.premium_endpoint()),
    "invalid_key": Fault("the key is invalid or missing", lambda _query, _usual: refusals.invalid_key()),
    "unknown": Fault("invalid API call: no such symbol", lambda query, _usual: refusals.unknown(query.function)),
    "unexpected": Fault(
        "words never seen before",
        _fixed(b'{\n    "Information": "Our hamsters are on strike until further notice."\n}'),
    ),
    "empty_object": Fault("{}", _fixed(b"{}")),
    "no_rows": Fault("a series without a row", _fixed(b'{"Meta Data": {}, "Time Series (Daily)": {}}')),
    "empty_body": Fault("nothing at all", _fixed(b"")),
    "truncated": Fault(
        "half of the JSON, as if it were all",
        lambda _query, usual: (reply := usual()) and replace(reply, body=reply.body[: len(reply.body) // 2]),
    ),
    "other_symbol": Fault("the prices of another symbol, OTHER", _other_symbol),
    "html_200": Fault("a web page with HTTP 200", _fixed(_PAGE, content_type=_HTML)),
    "http_429": Fault("HTTP 429 with a web page", _fixed(_PAGE, 429, _HTML)),
    "http_500": Fault("HTTP 500 with a web page", _fixed(_PAGE, 500, _HTML)),
    "http_503_html": Fault("HTTP 503 with a web page", _fixed(_PAGE, 503, _HTML)),
    "redirect": Fault("HTTP 302 to another path", _fixed(b"", 302, _HTML, "/elsewhere")),
    "cut_off": Fault("the connection ends half-way through the body", _manner(Manner.CUT_OFF)),
    "reset": Fault("the connection is reset before an answer", _manner(Manner.RESET)),
    "drip": Fault("ten bytes a second", _manner(Manner.DRIP)),
    "hang": Fault("silence for a minute (hang:5 for 5 seconds), then the usual answer", lambda _query, usual: usual()),
}
"""All faults by name; ``VendorRequest.answered`` has the same names."""


class Script:
    """Faults to come, per symbol (upper case; ``*`` for any symbol): each request consumes one. Thread-safe."""

    def __init__(self, faults: Mapping[str, Iterable[str]] | None = None) -> None:
        self._lock = Lock()
        self._coming: dict[str, deque[str]] = {}
        for symbol, names in (faults or {}).items():
            self.add(symbol, names)

    def add(self, symbol: str, names: Iterable[str]) -> None:
        """Appends faults for the symbol's next requests; ``name*3`` stands for three of them.

        Raises:
            ValueError: a name is not in ``FAULTS``.
        """
        coming = [name for entry in names for name in _repeated(entry)]
        with self._lock:
            self._coming.setdefault(symbol.upper(), deque()).extend(coming)

    def clear(self) -> None:
        """Removes all faults still to come."""
        with self._lock:
            self._coming.clear()

    def next_for(self, symbol: str) -> str | None:
        """The fault for this request, or None."""
        with self._lock:
            for key in (symbol.upper(), ANY_SYMBOL):
                if coming := self._coming.get(key):
                    return coming.popleft()
        return None


def reply_to(name: str, query: Query, usual: Usual) -> Reply:
    """The fault's reply to this request, recorded under the fault's name."""
    kind, _, seconds = name.partition(":")
    reply = FAULTS[kind].reply(query, usual)
    if kind == "ok":
        return reply
    return replace(reply, answered=kind, delay_seconds=float(seconds or 60) if kind == "hang" else 0.0)


def _repeated(entry: str) -> list[str]:
    name, _, times = entry.strip().lower().replace("-", "_").partition("*")
    kind, _, seconds = name.partition(":")
    try:
        count = int(times or 1)
        hang = float(seconds or 0)
    except ValueError:
        count, hang = -1, 0.0
    bad_seconds = not 0 <= hang <= _LONGEST_HANG_SECONDS or (seconds and kind != "hang")
    if kind not in FAULTS or count < 0 or bad_seconds:
        raise ValueError(
            f"{entry!r} is not a fault: write one of {', '.join(FAULTS)}; hang:5 hangs 5 s, throttled*3 is three times."
        )
    return [name] * count
