"""Lambda's Runtime API for one process, on 127.0.0.1: what AWS's runtime client polls for calls and answers to.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import sys
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Self
from uuid import uuid4

_PREFIX = "/2018-06-01/runtime/"


@dataclass(frozen=True)
class Answer:
    """What the process posted: a result, or an error with the name that a Catch matches."""

    payload: bytes
    request_id: str
    error_type: str = ""

    @property
    def value(self) -> Any:
        """The payload, parsed."""
        return json.loads(self.payload)


@dataclass(frozen=True)
class _Call:
    request_id: str
    body: bytes
    deadline_ms: int
    function_arn: str


class RuntimeApi:
    """One process's Runtime API, open as a context manager; one call at a time, as Lambda gives them."""

    def __init__(self) -> None:
        self.ready = Event()
        """Set when the process asks for its first call: INIT is over."""
        self._calls: Queue[_Call | None] = Queue()
        self._answers: Queue[Answer] = Queue()
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="runtime-api", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._calls.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API is set to."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def call(self, body: bytes, *, timeout_seconds: float, function_arn: str, request_id: str = "") -> str:
        """Gives the process a call; the answer is to be taken by :meth:`answer`. Gives the request's id."""
        call = _Call(request_id or str(uuid4()), body, round((time.time() + timeout_seconds) * 1000), function_arn)
        self._calls.put(call)
        return call.request_id

    def answer(self, wait_seconds: float) -> Answer | None:
        """What the process posted next, or None where it has not posted within so long."""
        try:
            return self._answers.get(timeout=wait_seconds)
        except Empty:
            return None

    def next_call(self) -> _Call | None:
        """Waits for a call; None when the API closes."""
        self.ready.set()
        return self._calls.get()

    def take(self, path: str, body: bytes, error_type: str) -> None:
        """Takes what the process posts: ``invocation/<id>/response``, ``invocation/<id>/error`` or ``init/error``."""
        request_id = path.split("/")[1] if path.startswith("invocation/") else ""
        is_error = path.endswith("/error")
        named = error_type or (json.loads(body or b"{}").get("errorType", "Unknown") if is_error else "")
        self._answers.put(Answer(body, request_id, named if is_error else ""))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that is ended breaks its connection off; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: as two, the second waits 40 ms for the first one's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    api: RuntimeApi

    def do_GET(self) -> None:
        call = self.api.next_call()
        if call is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": call.request_id,
            "Lambda-Runtime-Deadline-Ms": str(call.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": call.function_arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-5759e988-{uuid4().hex[:24]};Parent=53995c3f42cd8ad8;Sampled=1",
            "Content-Type": "application/json",
        }
        self._send(200, call.body, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.api.take(
            self.path.removeprefix(_PREFIX), body, self.headers.get("Lambda-Runtime-Function-Error-Type") or ""
        )
        self._send(202, b'{"status":"OK"}\n', {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name is the base class's
        """Says nothing."""
