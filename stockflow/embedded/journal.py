"""Writes the journals of the runs of one embedded AWS; see :mod:`stockflow.sources.journal` for what is in them."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO, TypedDict

from stockflow.embedded.function_host import Invocation
from stockflow.history.json_values import JsonObject
from stockflow.history.masking import Masker
from stockflow.history.saved_run import Description, Engine, HistoryEvent
from stockflow.sources.journal import JOURNAL_FILE, JOURNAL_VERSION, LOCK_FILE, lock_of
from stockflow_functions.domain.redaction import Redactor


class Head(TypedDict):
    """What is known of a run before anything has happened in it."""

    engine: Engine
    definition: JsonObject
    description: Description


_FIRST = 1


def naming(execution: str) -> Callable[[Iterable[str]], bool]:
    """Says of log lines whether one names this execution, and not just a shard of it."""
    named = re.compile(rf"{re.escape(execution)}(?!-shard-\d)").search
    return lambda lines: any(map(named, lines))


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Journals:
    """The journals of the runs under way; thread-safe.

    ``complaints`` gets a sentence for each run that continues without its journal.

    Args:
        folder_of: the folder of an execution by its ARN; None for one that is not ours.
        head_of: what is known of an execution when it begins, by its ARN and first event.
        redactor: knows the values of secrets.
    """

    def __init__(
        self,
        folder_of: Callable[[str], Path | None],
        head_of: Callable[[str, HistoryEvent], Head],
        redactor: Redactor,
    ) -> None:
        self.complaints: list[str] = []
        self._folder_of = folder_of
        self._head_of = head_of
        self._redactor = redactor
        self._going: dict[str, _Journal] = {}

    def witness(self, execution_arn: str, event: HistoryEvent) -> None:
        """Records an event; the first one of an execution starts its journal."""
        journal = self._going.get(execution_arn)
        if journal is None:
            folder = self._folder_of(execution_arn)
            if folder is None or event["id"] != _FIRST:
                return  # another AWS's, or what a lane notes after the run has ended
            journal = self._going[execution_arn] = _Journal(
                folder, execution_arn.rpartition(":")[2], Masker(self._redactor), self.complaints.append
            )
            journal.begin(self._head_of(execution_arn, event))
        journal.note(event)

    def hear(self, invocation: Invocation) -> None:
        """Records the lines that a function has written, in the journal of the execution that they name."""
        for journal in list(self._going.values()):
            journal.hear(invocation)

    def masker_of(self, execution_arn: str) -> Masker:
        """The masker of this execution, which remembers what it has masked."""
        journal = self._going.get(execution_arn)
        return journal.masker if journal else Masker(self._redactor)

    def end(self, execution_arn: str, *, saved: bool) -> None:
        """The run has ended; its journal is removed if ``run.json`` has everything in it."""
        journal = self._going.pop(execution_arn, None)
        if journal is not None:
            journal.close(remove=saved)

    def close(self) -> None:
        """Closes all of them; they stay on the disk."""
        for execution_arn in list(self._going):
            self.end(execution_arn, saved=False)


class _Journal:
    """One run's journal; after a line that the disk does not take, nothing more is written."""

    def __init__(self, folder: Path, execution: str, masker: Masker, complain: Callable[[str], None]) -> None:
        self.masker = masker
        self._complain = complain
        self._folder = folder
        self._is_named = naming(execution)
        self._file: BinaryIO | None = None
        self._told: Counter[str] = Counter()
        self._mutex = Lock()
        self._going = lock_of(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._going.acquire()
            self._file = (folder / JOURNAL_FILE).open("ab", buffering=0)
        except OSError as error:
            self._goes_on_without(error)

    def begin(self, head: Head) -> None:
        """Writes what is known of the run before anything has happened."""
        definition = self.masker.definition(head["definition"])
        rest = {name: self.masker.value(part) for name, part in head.items() if name != "definition"}
        with self._mutex:
            self._write({"journal": JOURNAL_VERSION, **rest, "definition": definition})

    def note(self, event: HistoryEvent) -> None:
        """Adds an event."""
        with self._mutex:
            self._write({"event": self.masker.value(event)})

    def hear(self, invocation: Invocation) -> None:
        """Adds the lines that are new, if the invocation is one of this run's."""
        with self._mutex:
            known = self._told[invocation.request_id]
            lines = invocation.lines[known:]
            if lines and (known or self._is_named(lines)):
                self._told[invocation.request_id] += len(lines)
                lines = [self.masker.text(line) for line in lines]
                self._write({"request_id": invocation.request_id, "lines": lines})

    def close(self, *, remove: bool) -> None:
        """Closes the journal in order."""
        with self._mutex:
            if self._file is not None:
                self._file.close()
                self._file = None
            with suppress(OSError):
                if remove:
                    (self._folder / JOURNAL_FILE).unlink(missing_ok=True)
                self._going.release()
                (self._folder / LOCK_FILE).unlink(missing_ok=True)

    def _write(self, entry: JsonObject) -> None:
        """Adds a line: the kernel has it before this returns, so it survives if the process is killed."""
        if self._file is None:
            return
        line = _as_json(entry).encode(errors="replace") + b"\n"
        try:
            while line:  # a disk takes what it has room for, and says why not more at the next try
                line = line[self._file.write(line) :]
        except OSError as error:
            self._leave_torn(self._file)
            self._file = None
            self._goes_on_without(error)

    @staticmethod
    def _leave_torn(file: BinaryIO) -> None:
        """Ends the journal with a line without an end, which says that it stops before its run does."""
        with suppress(OSError), file:
            file.truncate(max(0, file.tell() - 1))

    def _goes_on_without(self, error: OSError) -> None:
        self._complain(
            f"{self._folder / JOURNAL_FILE} can't be written ({error.strerror or error}): the run continues, but if it "
            "is killed, what it does from now on is lost."
        )
