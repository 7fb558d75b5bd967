"""Holds a process to a share of one core, as Lambda holds a function to what its memory buys. Linux only."""

import os
import signal
import time
from threading import Event, Thread
from typing import Self

_PERIOD_SECONDS = 0.02
_LOOK_SECONDS = 0.001


def cpu_seconds(pid: int) -> float:
    """What the process has computed so far, in all its threads."""
    # clock_getcpuclockid(3), which Python does not have: Linux makes the clock's number so of the process's.
    return time.clock_gettime((~pid << 3) | 2)


class CpuShare:
    """A context manager: within it the process is stopped whenever it has used up its share of the last 20 ms."""

    def __init__(self, pid: int, share: float) -> None:
        self._pid = pid
        self._share = share
        self._ended = Event()
        self._thread = Thread(target=self._hold, name="cpu-share", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _hold(self) -> None:
        allowed = cpu_seconds(self._pid)
        while not self._ended.is_set():
            # What was used beyond the share is owed; what was not used is not saved up.
            allowed += self._share * _PERIOD_SECONDS
            self._one_period(allowed, time.monotonic() + _PERIOD_SECONDS)
            allowed = min(allowed, cpu_seconds(self._pid))

    def _one_period(self, allowed: float, ends: float) -> None:
        while (rest := ends - time.monotonic()) > 0:
            if cpu_seconds(self._pid) < allowed:
                time.sleep(min(_LOOK_SECONDS, rest))
                continue
            os.kill(self._pid, signal.SIGSTOP)
            time.sleep(rest)
            os.kill(self._pid, signal.SIGCONT)
