"""Emulators as processes: started, waited for, and stopped by the one who started them."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
"""LocalStack needs 5 s on an idle machine; this is for one that is not."""
STOP_SECONDS = 5
"""Nothing that an emulator keeps is worth more."""
HOST = "127.0.0.1"


class CannotStart(Exception):
    """An emulator can't be started; the sentence says what to do."""


def check_installed(name):
    """The Python of an emulator's own virtual environment.

    Raises:
        CannotStart: there is none.
    """
    python = ROOT / f".venv-{name}" / "bin" / "python"
    if not python.exists():
        raise CannotStart(f"{name} is not installed in .venv-{name}: run make test-engines, which installs it.")
    return python


def port_in(text, variable):
    """The port that a variable holds.

    Raises:
        CannotStart: it is none.
    """
    if text.isdecimal() and 0 < int(text) < 65_536:
        return int(text)
    raise CannotStart(f"{variable} is {text!r}: write a port from 1 to 65535.")


def check_free(port, variable):
    """Makes sure that nobody listens on the port.

    Raises:
        CannotStart: somebody does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {HOST} can't be used ({error.strerror}): stop what listens there, or write another, "
                f"such as make test-engines {variable}=5{port % 1000:03}."
            ) from None


@contextmanager
def running(command, *, environment, log, healthy_url):
    """Runs a server in a process of its own until the block ends, from when this URL answers.

    It ends too when this process does, for its standard input is a pipe from here (see ``end_with_parent``).

    Raises:
        CannotStart: it ended, or did not answer in time; the sentence names its log.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", **environment},
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops it in its turn
        )
    try:
        _wait_until_it_answers(process, healthy_url, log)
        yield process
    finally:
        _stop(process)


def _wait_until_it_answers(process, url, log):
    ends = time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None:
            raise CannotStart(f"{_what(process)} ended with status {process.returncode}: {log} says why.")
        if time.monotonic() > ends:
            raise CannotStart(f"{_what(process)} did not answer at {url} within {START_SECONDS} s: see {log}.")
        time.sleep(0.25)


def answers(url):
    """Whether an HTTP server answers there, and well."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def _stop(process):
    """Asks it to end, and then makes it; whatever it started in its session goes with it."""
    process.stdin.close()
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _what(process):
    return process.args[-1].rpartition(".in_")[2]
