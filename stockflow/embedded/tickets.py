"""A queue of processes: a locked file for each that waits, named so that they sort in the order of coming."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from pathlib import Path
from threading import get_ident
from time import time_ns

from filelock import FileLock, Timeout


def lock_of(file: Path) -> FileLock:
    """A lock that ends with its process, and that any thread may release; OSError where the disk knows no such lock."""
    # The library's other kind, which a killed process leaves locked, is taken where the disk knows no real one.
    return FileLock(file, blocking=False, thread_local=False, fallback_to_soft=False, preserve_lock_file=True)


def is_taken(lock: FileLock) -> bool:
    """Takes the lock, unless somebody else has it."""
    try:
        lock.acquire()
    except Timeout:
        return False
    return True


_LOOKED_AT_SECONDS = 5
"""To see whether a ticket's process still waits, others lock it for some microseconds."""


class Tickets:
    """The tickets in a folder, which is made when the first one is taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def ticket(self) -> Iterator[Path]:
        """Takes a ticket, for as long as the context lasts.

        Raises:
            OSError: the folder can't be written.
        """
        self._folder.mkdir(exist_ok=True)
        file = self._folder / f"{time_ns():020d}-{getpid()}-{get_ident()}"
        lock = lock_of(file)
        lock.acquire(blocking=True, timeout=_LOOKED_AT_SECONDS)
        try:
            yield file
        finally:
            lock.release()
            file.unlink(missing_ok=True)

    def before(self, ticket: Path | None = None) -> int:
        """How many wait that came before the one with this ticket; all of them if it is None."""
        tickets = sorted(self._folder.glob("*-*-*"))
        return sum(map(_is_held, tickets if ticket is None else (each for each in tickets if each < ticket)))


def _is_held(ticket: Path) -> bool:
    """Whether its process still waits; a ticket that nobody has is removed."""
    lock = lock_of(ticket)
    if not is_taken(lock):
        return True
    ticket.unlink(missing_ok=True)
    lock.release()
    return False
