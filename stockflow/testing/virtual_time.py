"""Time that passes only while everybody sleeps: threads that take turns, without waiting for real."""

import heapq
import threading
from collections.abc import Callable
from itertools import count

from stockflow.testing.clock import NOON_MS


class VirtualTime:
    """A clock for the threads that ``run`` starts. One of them runs at a time, so what they do is repeatable.

    >>> time = VirtualTime(ms=0)
    >>> woken = []
    >>> def sleeper(seconds):
    ...     time.sleep(seconds)
    ...     woken.append((seconds, time.now_ms()))
    >>> time.run(lambda: sleeper(3600), lambda: sleeper(60))
    >>> woken
    [(60, 60000), (3600, 3600000)]

    Attributes:
        ms: what time it is, in milliseconds since 1970-01-01T00:00:00Z.
    """

    def __init__(self, ms: int = NOON_MS) -> None:
        self.ms = ms
        self._sleepers: list[tuple[int, int, threading.Lock]] = []
        self._order = count()
        self._errors: list[BaseException] = []
        self._paused = _locked()

    def now_ms(self) -> int:
        """The time, as code that is handed a clock asks for it."""
        return self.ms

    def sleep(self, seconds: float) -> None:
        """Lets the others run until so much time has passed."""
        self.sleep_until(self.ms + round(seconds * 1000))

    def sleep_until(self, ms: int) -> None:
        """Lets the others run until it is this time, which may be over."""
        if not self._sleepers or ms < self._sleepers[0][0]:
            self.ms = max(self.ms, ms)  # nobody is to do anything before
            return
        woken = _locked()
        self._wake_at(ms, woken)
        self._wait(woken)

    def stop_the_machine(self, ms: int) -> None:
        """Nobody does anything for so long; whoever slept past his time wakes at the end of it."""
        self.ms += ms

    def run(self, *actors: Callable[[], object]) -> None:
        """Runs each actor in a thread of its own until all have ended.

        Raises:
            BaseException: the first that an actor raised.
        """
        for actor in actors:
            self.start(actor)
        while self._sleepers:
            ms, _, woken = heapq.heappop(self._sleepers)
            self.ms = max(self.ms, ms)
            woken.release()
            self._paused.acquire()
        if self._errors:
            raise self._errors[0]

    def start(self, actor: Callable[[], object]) -> None:
        """Starts another actor now; one that runs may do so, and goes on at once."""
        started = _locked()
        self._wake_at(self.ms, started)
        threading.Thread(target=self._act, args=(actor, started), daemon=True).start()

    def lock(self) -> "VirtualLock":
        """A lock for these threads: who waits for it sleeps."""
        return VirtualLock(self._wait, lambda woken: self._wake_at(self.ms, woken))

    def _wake_at(self, ms: int, woken: threading.Lock) -> None:
        heapq.heappush(self._sleepers, (ms, next(self._order), woken))

    def _wait(self, woken: threading.Lock) -> None:
        self._paused.release()
        woken.acquire()

    def _act(self, actor: Callable[[], object], started: threading.Lock) -> None:
        started.acquire()
        try:
            actor()
        except BaseException as error:  # noqa: BLE001 # handed to the thread that runs the test
            self._errors.append(error)
        finally:
            self._paused.release()


def _locked() -> threading.Lock:
    """What one thread acquires when another has released it; an Event does the same ten times slower."""
    lock = threading.Lock()
    lock.acquire()
    return lock


class VirtualLock:
    """A lock between threads of virtual time, to be entered with ``with``."""

    def __init__(self, wait: Callable[[threading.Lock], None], wake: Callable[[threading.Lock], None]) -> None:
        self._wait, self._wake = wait, wake
        self._held = False
        self._waiting: list[threading.Lock] = []

    def __enter__(self) -> None:
        while self._held:
            free = _locked()
            self._waiting.append(free)
            self._wait(free)
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False
        while self._waiting:
            self._wake(self._waiting.pop(0))
