"""One run at a time in an output folder, and with an API key: who comes second waits, in the order of coming.

``<name>.lock`` is locked by the process whose turn it is, ``<name>.holder.json`` says whose that is or was last, and
``<name>.line/`` has the tickets of those that wait. The system unlocks a killed process's files at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident

from filelock import FileLock

from stockflow.embedded.holder import Holder, read_holder
from stockflow.embedded.tickets import Tickets, is_taken, lock_of
from stockflow.embedded.waiting import POLL_SECONDS, Told, Waiting
from stockflow.errors import Unusable
from stockflow.page.as_words import duration

_HELD: dict[Path, int] = {}
"""The locks that this process has, and the thread that took each: to wait for oneself would be to wait for ever."""


@dataclass(frozen=True)
class Line:
    """The runs that want what only one of them can have at a time.

    Attributes:
        lock: the file that is locked; its folder exists.
        shares: what they have in common, such as ``asks with the same key``.
        advice: what to do where one can't wait.
    """

    lock: Path
    shares: str
    advice: str

    @contextmanager
    def turn(self, folder: Path, budget_file: Path, waiting: Waiting) -> Iterator[Holder | None]:
        """Waits for this run's turn, which lasts as long as the context, and gives whose turn it was before, if known.

        Args:
            folder: this run's output folder, for those that wait for it.
            budget_file: where they find how long that may take.

        Raises:
            Unusable: others took longer than this run waits, or this thread itself has the turn.
            OSError: the files can't be written, or their disk knows no locks.
        """
        lock = lock_of(self.lock)
        if self._tickets.before() or not is_taken(lock):
            self._wait(lock, waiting)
        _HELD[self.lock.resolve()] = get_ident()
        try:
            before = self.holder
            Holder.here(folder, budget_file, waiting.clock.now_ms()).note(self._holder_file)
            yield before
        finally:
            del _HELD[self.lock.resolve()]
            lock.release()

    @property
    def holder(self) -> Holder | None:
        """Whose turn it is, or was last."""
        return read_holder(self._holder_file)

    @property
    def _holder_file(self) -> Path:
        return self.lock.with_suffix(".holder.json")

    @property
    def _tickets(self) -> Tickets:
        return Tickets(self.lock.with_suffix(".line"))

    def _wait(self, lock: FileLock, waiting: Waiting) -> None:
        clock, told = waiting.clock, Told(waiting, self.shares)
        since_ms = clock.now_ms()
        with self._tickets.ticket() as ticket:
            while (before := self._tickets.before(ticket)) or not is_taken(lock):
                if clock.now_ms() - since_ms >= waiting.most_seconds * 1000 or self._is_own():
                    raise Unusable(self._refusal())
                told.tell(self.holder, before)
                clock.sleep(POLL_SECONDS)
        waiting.say(f"It is this run's turn, after {duration((clock.now_ms() - since_ms) / 1000)}.")

    def _is_own(self) -> bool:
        return _HELD.get(self.lock.resolve()) == get_ident()

    def _refusal(self) -> str:
        holder = self.holder
        whom = holder.words if holder else "another run"
        return f"{whom[0].upper()}{whom[1:]} {self.shares}: {self.advice}."
