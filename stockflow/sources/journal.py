"""The journal of a run on this machine: everything known of it so far, on disk as it happens.

``journal.jsonl`` in the run's folder has one JSON object per line: first ``{"journal": 1, "engine": ..., "definition":
..., "description": ...}``, then ``{"event": ...}`` and ``{"request_id": ..., "lines": [...]}`` as they come. The
process of the run holds a lock on ``journal.lock``, and removes that file when it ends in order.
"""

from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from stockflow.errors import Unusable
from stockflow.history.json_values import JsonObject, object_in, parsed

JOURNAL_FILE, LOCK_FILE = "journal.jsonl", "journal.lock"
JOURNAL_VERSION = 1
_ASKING_SECONDS = 0.1
"""Checking whether a run is under way takes its lock for some microseconds; others try again for this long."""


@dataclass
class Journal:
    """A journal's contents; ``unreadable`` counts its unreadable lines, except the last one, which may be torn.

    ``torn`` says whether the last line has no end: what came after it, if anything, is unknown.
    """

    head: JsonObject = field(default_factory=dict)
    events: list[object] = field(default_factory=list)
    logs: dict[str, list[str]] = field(default_factory=dict)
    unreadable: int = 0
    torn: bool = False


def lock_of(folder: Path) -> FileLock:
    """The lock that the process of a run holds for as long as the run lasts; any of its threads may release it."""
    return FileLock(
        folder / LOCK_FILE, timeout=_ASKING_SECONDS, poll_interval=0.01, thread_local=False, preserve_lock_file=True
    )


def is_going(folder: Path) -> bool | None:
    """Whether the run in this folder is under way, in this process or another.

    None if that can't be known: the lock of another user's run, or on a read-only disk, can't be tried.
    """
    if not (folder / LOCK_FILE).is_file():
        return False
    try:
        with lock_of(folder):
            return False
    except Timeout:
        return True
    except OSError:
        return None


def read_journal(folder: Path) -> Journal:
    """The journal, as far as it goes.

    Raises:
        FileNotFoundError: it is missing, or no longer there.
        OSError: it can't be read.
        Unusable: another release wrote it.
    """
    file = folder / JOURNAL_FILE
    journal = Journal()
    # Text ends where its bytes are no text: what a machine without power has not written may be read as anything.
    *lines, torn = file.read_text(encoding="utf-8", errors="replace").split("\n")
    journal.torn = bool(torn)
    for line in [*lines, torn]:
        entry = object_in(parsed(line))
        if "journal" in entry:
            journal.head = _of_this_version(entry, file)
        elif "event" in entry:
            journal.events.append(entry["event"])
        elif isinstance(lines_said := entry.get("lines"), list):
            journal.logs.setdefault(str(entry.get("request_id")), []).extend(lines_said)
        elif line is not torn:
            journal.unreadable += 1
    return journal


def _of_this_version(head: JsonObject, file: Path) -> JsonObject:
    if head["journal"] != JOURNAL_VERSION:
        raise Unusable(
            f"{file} is a journal of version {head['journal']!r}, and this stockflow reads version {JOURNAL_VERSION}: "
            "look at the run with the release that ran it."
        )
    return head
