"""What the servers on this machine have in common: they answer this machine's own programs, and nobody's web page.

A page in a browser can send requests to 127.0.0.1. What gives it away is the ``Origin`` that a browser adds, and, where
it comes by a name of its own that now leads to this machine, the ``Host`` that it asked for.
"""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
LARGEST_BODY_BYTES = 6 * 1024 * 1024
"""Lambda's own limit of an invocation's payload (docs.aws.amazon.com/lambda, "Lambda quotas")."""


class LocalHandler(BaseHTTPRequestHandler):
    """A request handler that refuses, before its own methods are called, what this machine's programs never send."""

    protocol_version = "HTTP/1.1"
    # Head and body in one packet: as two, the second waits 40 ms for the first one's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    hosts: frozenset[str] = LOOPBACK
    """The names that it answers to, without a port."""

    def parse_request(self) -> bool:
        """Reads the request's head; False, with a refusal sent, where the request is not to be served."""
        if not super().parse_request():
            return False
        refusal = self._refusal()
        if refusal:
            status, reason = refusal
            self.close_connection = True
            self._say(status, reason)
        return not refusal

    def body(self) -> bytes:
        """The request's body."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _refusal(self) -> tuple[HTTPStatus, str] | None:
        host = self.headers.get("Host", "")
        if host and _without_port(host) not in self.hosts:
            return HTTPStatus.FORBIDDEN, f"This server answers to {', '.join(sorted(self.hosts))} only."
        if self.headers.get("Origin") is not None:
            return HTTPStatus.FORBIDDEN, "This server does not answer web pages."
        if self.headers.get("Transfer-Encoding") is not None:
            return HTTPStatus.LENGTH_REQUIRED, "Send the body's length, in Content-Length."
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.BAD_REQUEST, "Content-Length is no number of bytes."
        if len(length) > len(str(LARGEST_BODY_BYTES)) or int(length) > LARGEST_BODY_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body may have {LARGEST_BODY_BYTES} bytes."
        return None

    def _say(self, status: HTTPStatus, reason: str) -> None:
        text = f"{reason}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Says nothing: standard error is the progress display's, and a URL may hold a key."""


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
