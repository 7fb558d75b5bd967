"""Lambda's Invoke API over HTTP on 127.0.0.1, for the Task states of Step Functions Local."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from stockflow.local_servers.server import LocalHandler, LocalServer

FROM_A_CONTAINER = frozenset({"host.docker.internal"})
"""The name by which Step Functions Local reaches the machine that it runs on: see compose.yaml."""
_PREFIX = "/2015-03-31/functions/"
_SUFFIX = "/invocations"


@dataclass(frozen=True)
class InvokeResponse:
    """What Invoke returns; ``function_error`` is "Unhandled" if the handler raised, else empty."""

    payload: bytes
    request_id: str
    function_error: str = ""


Host = Callable[[bytes], InvokeResponse]


def name_in(function: str) -> str:
    """The function's name in what Invoke takes for one: a name or an ARN, with any version or alias."""
    return function.rsplit(":function:", maxsplit=1)[-1].split(":", maxsplit=1)[0]


class LambdaEndpoint(LocalServer):
    """The endpoint; functions are hosted under their names and found by name or ARN, with any version or alias.

    Raises:
        Unusable: it can't listen there.
    """

    cannot_listen = "Nothing can listen at {address}:{port} ({reason}): choose another --port."

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(_Handler, address, port, FROM_A_CONTAINER)
        self._hosts: dict[str, Host] = {}

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
        return self._hosts.get(name_in(unquote(path[len(_PREFIX) : -len(_SUFFIX)])))


class _Handler(LocalHandler):
    server: LambdaEndpoint

    def do_POST(self) -> None:  # noqa: N802 # http.server's own name
        body = self.body()
        path = urlsplit(self.path).path
        host = self.server.host_of(path)
        if host is None:
            message = {"Type": "User", "Message": f"Function not found: {unquote(path)}"}
            self._answer(404, json.dumps(message).encode(), {"x-amzn-ErrorType": "ResourceNotFoundException"})
            return
        answer = host(body)
        headers = {"X-Amz-Function-Error": answer.function_error, "x-amzn-RequestId": answer.request_id}
        self._answer(200, answer.payload, headers)

    def _answer(self, status: int, payload: bytes, headers: dict[str, str]) -> None:
        self.answer(status, payload, {"Content-Type": "application/json", "X-Amz-Executed-Version": "1", **headers})
