"""What a function's process talks to instead of AWS: moto over HTTP, and the daemon that takes traces."""

import json
import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any, Self

import boto3
from moto.server import ThreadedMotoServer

from stockflow.embedded.resources import make_stores
from stockflow_functions.runtime.settings import Settings

_LARGEST_DATAGRAM_BYTES = 65_536

logging.getLogger("werkzeug").setLevel(logging.WARNING)  # at INFO it logs each request


@contextmanager
def moto_over_http() -> Iterator[str]:
    """S3, DynamoDB, Secrets Manager and SNS on 127.0.0.1, empty; gives its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def make_stores_at(url: str, settings: Settings, secret: Mapping[str, str]) -> Any:
    """The functions' bucket, table, secret and topic at that address; gives the session that made them."""
    session = _SessionAt(url, settings.region)
    make_stores(session, settings, secret)
    return session


class _SessionAt:
    """A boto3 session all of whose clients talk to one address."""

    def __init__(self, url: str, region: str) -> None:
        self._url = url
        self._session = boto3.session.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name=region
        )

    def client(self, name: str) -> Any:
        return self._session.client(name, endpoint_url=self._url)


class TraceDaemon:
    """X-Ray's daemon as a context manager: takes segments over UDP on 127.0.0.1, and keeps them."""

    def __init__(self) -> None:
        self.segments: list[dict[str, Any]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = Thread(target=self._listen, name="trace-daemon", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # An empty datagram ends the listening.
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    @property
    def address(self) -> str:
        """What AWS_XRAY_DAEMON_ADDRESS is set to."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _listen(self) -> None:
        while datagram := self._socket.recv(_LARGEST_DATAGRAM_BYTES):
            # A header line such as {"format": "json", "version": 1}, then the segment.
            self.segments.append(json.loads(datagram.partition(b"\n")[2]))
