"""The base of all servers on this machine: it answers this machine's own programs, and no web page.

A page in a browser can send requests to 127.0.0.1. It is recognised by the ``Origin`` that a browser adds, and if it
uses a name of its own that now leads to this machine (DNS rebinding), by the ``Host``.
"""

import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

from stockflow.errors import Unusable

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
LARGEST_BODY_BYTES = 6 * 1024 * 1024
"""Lambda's own limit of an invocation's payload (docs.aws.amazon.com/lambda, "Lambda quotas")."""
_POLL_SECONDS = 0.02


def without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables by which requests to this machine use no proxy, whatever the environment names for others."""
    named = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    exempt = ",".join(filter(None, (named, "127.0.0.1")))
    return {"no_proxy": exempt, "NO_PROXY": exempt}


class LocalServer(ThreadingHTTPServer):
    """Listens from the start, answers while entered as a context manager, and stops at its end.

    Args:
        handler: answers one connection.
        address: the address to listen at.
        port: 0 for any free one.
        hosts: the names that it answers to, besides this machine's own and its address, without a port.

    Raises:
        Unusable: it can't listen there.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    cannot_listen = "Nothing can listen at {address}:{port} ({reason}): choose another port, or 0 for a free one."

    def __init__(
        self,
        handler: type["LocalHandler"],
        address: str = "127.0.0.1",
        port: int = 0,
        hosts: frozenset[str] = frozenset(),
    ) -> None:
        try:
            super().__init__((address, port), handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Unusable(self.cannot_listen.format(address=address, port=port, reason=reason)) from None
        self.base_url = f"http://{address}:{self.server_port}"
        self.hosts = LOOPBACK | {address} | hosts
        self.closing = Event()
        self._thread = Thread(target=self.serve_forever, args=(_POLL_SECONDS,), name=type(self).__name__, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening; whatever waits for ``closing`` ends at once."""
        self.closing.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs nothing about clients that went away: giving up is what time-outs do."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalHandler(BaseHTTPRequestHandler):
    """A request handler that first refuses whatever this machine's programs never send."""

    server: LocalServer
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: as two, the second waits 40 ms for the first one's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1

    def parse_request(self) -> bool:
        """Reads the request's head; if the request must not be served, sends a refusal and returns False."""
        if not super().parse_request():
            return False
        refusal = self._refusal()
        if refusal:
            status, reason = refusal
            headers = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
            self.answer(status, f"{reason}\n".encode(), headers)
        return not refusal

    def body(self) -> bytes:
        """The request's body."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Sends a whole reply; headers without a value are left out."""
        self.answer_head(status, len(body), headers)
        self.wfile.write(body)

    def answer_head(self, status: int, body_bytes: int, headers: Mapping[str, str]) -> None:
        """Sends a reply without its body."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(body_bytes)}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _refusal(self) -> tuple[HTTPStatus, str] | None:
        host = self.headers.get("Host", "")
        if host and _without_port(host) not in self.server.hosts:
            return HTTPStatus.FORBIDDEN, f"This server answers to {', '.join(sorted(self.server.hosts))} only."
        if self.headers.get("Origin") is not None:
            return HTTPStatus.FORBIDDEN, "This server does not answer web pages."
        if self.headers.get("Transfer-Encoding") is not None:
            return HTTPStatus.LENGTH_REQUIRED, "Send the body's length, in Content-Length."
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.BAD_REQUEST, "Content-Length is not a number of bytes."
        if len(length) > len(str(LARGEST_BODY_BYTES)) or int(length) > LARGEST_BODY_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body may have {LARGEST_BODY_BYTES} bytes."
        return None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Logs nothing: standard error belongs to the progress display, and a URL may hold a key."""


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
