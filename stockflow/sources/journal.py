"""The journal of a run on this machine: all that is known of it so far, on disk as it happens.

``journal.jsonl`` in the run's folder holds a JSON object a line: first ``{"journal": 1, "engine": ..., "definition":
..., "description": ...}``, then ``{"event": ...}`` and ``{"request_id": ..., "lines": [...]}`` as they come. The
process that runs it holds a lock on ``journal.lock``, and removes that file when it ends in order.
"""

from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from stockflow.errors import Unusable
from stockflow.history.json_values import JsonObject, object_in, parsed

JOURNAL_FILE, LOCK_FILE = "journal.jsonl", "journal.lock"
JOURNAL_VERSION = 1
_ASKING_SECONDS = 0.1
"""Who asks whether a run goes on holds its lock, for some microseconds; others try again for so long."""


@dataclass
class Journal:
    """What a journal holds; ``unreadable`` counts its lines that are none, but for the last one, which may be torn.

    ``torn`` says whether the last line has no end: what came after it, if anything, is not known.
    """

    head: JsonObject = field(default_factory=dict)
    events: list[object] = field(default_factory=list)
    logs: dict[str, list[str]] = field(default_factory=dict)
    unreadable: int = 0
    torn: bool = False


def lock_of(folder: Path) -> FileLock:
    """The lock that the process of a run holds for as long as the run goes on; any of its threads may release it."""
    return FileLock(
        folder / LOCK_FILE, timeout=_ASKING_SECONDS, poll_interval=0.01, thread_local=False, preserve_lock_file=True
    )


def is_going(folder: Path) -> bool | None:
    """Whether the run in this folder is going on, in this process or another.

    None where nobody can tell: the lock of somebody else's run, or on a disk that takes no writes, can't be tried.
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
        FileNotFoundError: there is none, or not any more.
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
