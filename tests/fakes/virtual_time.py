"""Time that passes only while everybody sleeps: threads that take turns, without waiting for real."""

import heapq
import threading
from itertools import count

from tests.fakes.clock import NOON_MS


class VirtualTime:
    """A clock for the threads that ``run`` starts. One of them runs at a time, so what they do is repeatable."""

    def __init__(self, ms=NOON_MS):
        self.ms = ms
        self._sleepers = []
        self._order = count()
        self._errors = []

    def now_ms(self):
        return self.ms

    def sleep(self, seconds):
        self.sleep_until(self.ms + round(seconds * 1000))

    def sleep_until(self, ms):
        if not self._sleepers or ms < self._sleepers[0][0]:
            self.ms = max(self.ms, ms)  # nobody is to do anything before
            return
        woken = _locked()
        self._wake_at(ms, woken)
        self._wait(woken)

    def stop_the_machine(self, ms):
        """Nobody does anything for so long; whoever slept past his time wakes at the end of it."""
        self.ms += ms

    def run(self, *actors):
        """Runs each actor in a thread of its own until all have ended."""
        self._paused = _locked()
        for actor in actors:
            started = _locked()
            self._wake_at(self.ms, started)
            threading.Thread(target=self._act, args=(actor, started), daemon=True).start()
        while self._sleepers:
            ms, _, woken = heapq.heappop(self._sleepers)
            self.ms = max(self.ms, ms)
            woken.release()
            self._paused.acquire()
        if self._errors:
            raise self._errors[0]

    def lock(self):
        """A lock for these threads: who waits for it sleeps."""
        return _VirtualLock(self)

    def _wake_at(self, ms, woken):
        heapq.heappush(self._sleepers, (ms, next(self._order), woken))

    def _wait(self, woken):
        self._paused.release()
        woken.acquire()

    def _act(self, actor, started):
        started.acquire()
        try:
            actor()
        except BaseException as error:  # noqa: BLE001 (handed to the thread that runs the test)
            self._errors.append(error)
        finally:
            self._paused.release()


def _locked():
    """What one thread acquires when another has released it; an Event does the same ten times slower."""
    lock = threading.Lock()
    lock.acquire()
    return lock


class _VirtualLock:
    def __init__(self, time):
        self._time = time
        self._held = False
        self._waiting = []

    def __enter__(self):
        while self._held:
            free = _locked()
            self._waiting.append(free)
            self._time._wait(free)
        self._held = True

    def __exit__(self, *_):
        self._held = False
        while self._waiting:
            self._time._wake_at(self._time.ms, self._waiting.pop(0))
