"""The distance that one process keeps, where the bytes leave it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from urllib3.connection import HTTPConnection, HTTPSConnection

from stockflow.testing import NOON_MS, FakeClock, VirtualTime
from stockflow_functions.vendors.alpha_vantage.download import new_session
from stockflow_functions.vendors.alpha_vantage.gate import Gate, GatedAdapter


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def gate(clock):
    gate = Gate(clock)
    gate.gap_ms = 800
    return gate


@pytest.fixture
def server():
    """Answers every GET, and keeps the connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_first_one_passes_at_once(gate, clock):
    """Nobody is before it."""
    with gate:
        pass

    assert clock.slept_seconds == []


@pytest.mark.parametrize(("after_ms", "waits"), [(0, [0.8]), (300, [0.5]), (799, [0.001]), (800, []), (60_000, [])])
def test_next_one_waits_for_the_rest_of_the_gap(gate, clock, after_ms, waits):
    """Counted from when the one before was through, however long that took."""
    with gate:
        clock.ms += 5000
    clock.ms += after_ms

    with gate:
        pass

    assert clock.slept_seconds == waits


def test_clock_that_is_put_back_costs_one_gap(gate, clock):
    """Not the hour by which it was put back."""
    with gate:
        clock.ms += 1
    clock.ms = NOON_MS - 3_600_000

    with gate:
        pass

    assert sum(clock.slept_seconds) == pytest.approx(0.8)


def test_all_who_wake_at_once_pass_one_by_one():
    """Forty threads that a machine's sleep has made late together."""
    time, passed = VirtualTime(), []
    gate = Gate(time, time.lock())
    gate.gap_ms = 800

    def send():
        with gate:
            passed.append(time.ms)

    time.run(*[send] * 40)

    assert {later - earlier for earlier, later in pairwise(passed)} == {800}


def test_thread_stopped_in_the_gate_keeps_the_others_behind_it():
    """The time between the last look at the clock and the send is in the gate too."""
    time, passed = VirtualTime(), []
    gate = Gate(time, time.lock())
    gate.gap_ms = 800

    def send(stopped_ms=0):
        with gate:
            time.sleep(stopped_ms / 1000)
            passed.append(time.ms)

    time.run(lambda: send(55_000), send, send)

    assert [moment - NOON_MS for moment in passed] == [55_000, 55_800, 56_600]


def test_who_fails_in_the_gate_opens_it_again(gate):
    """A connection that broke off counts as a request."""
    with pytest.raises(OSError, match="broken"), gate:
        raise OSError("broken")
    with gate:
        pass


def test_each_request_of_a_session_passes_its_gate(gate, clock, server):
    """Over a kept connection and over a new one."""
    session = new_session(server, gate)
    for _ in range(3):
        assert session.get(server).ok
    session.close()
    assert session.get(server).ok
    session.close()

    assert clock.slept_seconds == [0.8, 0.8, 0.8]


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:3128"])
def test_connections_are_gated_with_and_without_encryption_or_a_proxy(gate, proxy):
    """None of urllib3's own connection classes is left."""
    adapter = GatedAdapter(gate)
    manager = adapter.proxy_manager_for(proxy) if proxy else adapter.poolmanager

    for scheme, plain in (("http", HTTPConnection), ("https", HTTPSConnection)):
        connection = manager.connection_from_url(f"{scheme}://vendor.example").ConnectionCls
        assert issubclass(connection, plain)
        assert connection.request is not HTTPConnection.request
