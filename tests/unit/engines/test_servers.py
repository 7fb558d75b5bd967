"""An emulator that can't be started says what to do, and one that was started does not stay behind."""

import socket
import sys
from contextlib import suppress

import pytest

from tests.engines import servers
from tests.engines.servers import CannotStart, check_free, check_installed, port_in, running

SERVER = (
    "import http.server as h; from tests.engines.end_with_parent import end_with_parent; end_with_parent(); "
    "h.test(h.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
)


@pytest.fixture
def port():
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_in_use_is_named_with_another():
    """Where somebody listens already the sentence names the port, and how to write another one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {number} .* make test-engines LOCALSTACK_PORT=\d+"):
            check_free(number, "LOCALSTACK_PORT")


@pytest.mark.parametrize("text", ["", "web", "70000"])
def test_what_is_no_port_is_quoted(text):
    """A variable that holds no port is named, with what it holds."""
    with pytest.raises(CannotStart, match=f"LOCALSTACK_PORT is '{text}'"):
        port_in(text, "LOCALSTACK_PORT")


def test_an_emulator_that_is_not_installed_is_named():
    """Without its virtual environment the sentence names the emulator and the command that installs it."""
    with pytest.raises(CannotStart, match=r"nothing is not installed .* make test-engines"):
        check_installed("nothing")


def test_an_emulator_that_ends_at_once_leads_to_its_log(tmp_path):
    """One that can't start is given up at once, with the file that says why."""
    log = tmp_path / "log"
    command = [sys.executable, "-c", "raise SystemExit('no room')"]

    with (
        pytest.raises(CannotStart, match=f"status 1: {log}"),
        running(command, environment={}, log=log, healthy_url="http://127.0.0.1:1/"),
    ):
        pass

    assert "no room" in log.read_text()


def test_an_emulator_is_stopped_when_the_tests_are(tmp_path, port):
    """It answers inside the block, and is gone after it, also where the block ends by Ctrl-C."""
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-c", SERVER.format(port=port)]
    answered = []

    with suppress(KeyboardInterrupt), running(command, environment={}, log=tmp_path / "log", healthy_url=url):
        answered.append(servers.answers(url))
        raise KeyboardInterrupt

    assert [*answered, servers.answers(url)] == [True, False]


def test_an_emulator_ends_with_whoever_started_it(tmp_path, port):
    """When its parent is gone without a word, which closes the pipe that it reads, it ends of itself."""
    command = [sys.executable, "-c", SERVER.format(port=port)]
    url = f"http://127.0.0.1:{port}/"

    with running(command, environment={}, log=tmp_path / "log", healthy_url=url) as process:
        process.stdin.close()
        assert process.wait(timeout=30) != 0
