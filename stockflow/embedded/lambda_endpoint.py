"""Lambda's Invoke API over HTTP on 127.0.0.1, for the Task states of moto's interpreter and of Step Functions Local."""

import json
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Self
from urllib.parse import unquote, urlsplit

from stockflow.embedded.function_host import Answer
from stockflow.embedded.local_http import LOOPBACK, LocalHandler
from stockflow.errors import Unusable

Host = Callable[[bytes], Answer]

_PREFIX = "/2015-03-31/functions/"
_SUFFIX = "/invocations"


FROM_A_CONTAINER = frozenset({"host.docker.internal"})
"""How Step Functions Local names the machine that it runs on: compose.yaml."""


class _Handler(LocalHandler):
    endpoint: "LambdaEndpoint"

    def do_POST(self) -> None:  # noqa: N802 # http.server's own name
        body = self.body()
        path = urlsplit(self.path).path
        host = self.endpoint.host_of(path)
        if host is None:
            message = f"Function not found: {unquote(path)}"
            self._answer(
                404, json.dumps({"Type": "User", "Message": message}).encode(), error="ResourceNotFoundException"
            )
            return
        answer = host(body)
        self._answer(200, answer.payload, function_error=answer.function_error, request_id=answer.request_id)

    def _answer(
        self, status: int, payload: bytes, *, error: str = "", function_error: str = "", request_id: str = ""
    ) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(payload)),
            "X-Amz-Executed-Version": "1",
            "x-amzn-ErrorType": error,
            "X-Amz-Function-Error": function_error,
            "x-amzn-RequestId": request_id,
        }
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class LambdaEndpoint:
    """The endpoint; functions are hosted under their names and found by name or ARN, with any version or alias."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self._address = (address, port)
        self._hosts: dict[str, Host] = {}
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        hosts = LOOPBACK | FROM_A_CONTAINER | {self._address[0]}
        handler = type("Handler", (_Handler,), {"endpoint": self, "hosts": hosts})
        try:
            self._server = _Server(self._address, handler)
        except OSError as error:
            address, port = self._address
            raise Unusable(
                f"Nothing can listen at {address}:{port} ({error.strerror}): choose another --port."
            ) from None
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="lambda-endpoint").start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        if self._server is None:
            raise RuntimeError("the Lambda endpoint is not running: enter it first")
        return f"http://{self._address[0]}:{self._server.server_port}"

    def host(self, name: str, host: Host) -> None:
        """Answers invocations of this function from now on."""
        self._hosts[name] = host

    def remove(self, name: str) -> None:
        """Forgets the function."""
        self._hosts.pop(name, None)

    def host_of(self, path: str) -> Host | None:
        """The function that the path of an Invoke request names, or None."""
        if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)):
            return None
        named = unquote(path[len(_PREFIX) : -len(_SUFFIX)])
        name = named.split(":function:")[-1].split(":")[0]
        return self._hosts.get(name)
