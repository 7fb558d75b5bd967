"""The last step before a request leaves: a process keeps its requests apart, whatever happened to its threads.

A slot is judged by the clock before the request is made, but a thread may be paused between that and the send, by a
closed laptop or a busy CPU. So the distance is kept where the bytes are written, under one lock.
"""

import threading
from contextlib import AbstractContextManager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from stockflow_functions.domain.clock import Clock


class Gate:
    """Lets one through at a time, each ``gap_ms`` after the one before had passed."""

    def __init__(self, clock: Clock, lock: AbstractContextManager[Any] | None = None) -> None:
        self.gap_ms = 0.0
        self._clock = clock
        self._lock = lock or threading.Lock()
        self._passed_ms: int | None = None

    def __enter__(self) -> None:
        while rest_ms := self._rest_ms():
            self._clock.sleep(rest_ms / 1000)

    def __exit__(self, *_: object) -> None:
        self._passed_ms = self._clock.now_ms()
        self._lock.__exit__(None, None, None)

    def _rest_ms(self) -> float:
        """How long to wait; 0, with the lock held, if nobody is too close."""
        self._lock.__enter__()
        since_ms = self.gap_ms if self._passed_ms is None else self._clock.now_ms() - self._passed_ms
        if since_ms < 0:  # the clock was put back
            self._passed_ms, since_ms = self._clock.now_ms(), 0
        if since_ms >= self.gap_ms:
            return 0
        self._lock.__exit__(None, None, None)
        return self.gap_ms - since_ms


class GatedAdapter(HTTPAdapter):
    """An adapter of requests whose connections pass the gate to send."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = pool_classes(self._gate)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = pool_classes(self._gate)
        return manager


def pool_classes(gate: Gate) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools by their scheme, with connections that pass the gate."""

    def request(self: HTTPConnection, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()  # before the gate, which a connection that is slow to come must not close to others
        with gate:
            super(type(self), self).request(*args, **kwargs)

    plain = type("GatedConnection", (HTTPConnection,), {"request": request})
    secure = type("GatedHTTPSConnection", (HTTPSConnection,), {"request": request})
    return {
        "http": type("GatedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GatedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
