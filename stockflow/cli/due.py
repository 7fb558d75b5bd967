"""Which scheduled run is due on this machine, and whether it has been made: for cron and systemd, which only ring."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from stockflow.embedded.table_file import PRIVATE
from stockflow.embedded.tickets import is_taken, lock_of
from stockflow.errors import INTERRUPTED
from stockflow.history.json_values import JsonObject, count_in, object_in, parsed, text_in
from stockflow.sources.writing import write_by_rename
from stockflow.terminal import say
from stockflow_functions.daily_prices.plan.calendar import NEW_YORK, why_closed
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.inputs import SCHEDULE
from stockflow_functions.domain.prices.exchanges import US

AFTER_CLOSE = timedelta(hours=4)
"""As the deployed schedule: some bars come late."""
AT = (datetime.combine(datetime(2000, 1, 1, tzinfo=UTC), US.close) + AFTER_CLOSE).time()
"""When a session's run is due, by New York's clock."""
MOST_TRIES = 3
FILE = "scheduled.json"


def due_ms(now_ms: int) -> int:
    """When the newest scheduled run was due: four hours after the close of New York's last session by then."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(NEW_YORK)
    day = now.date() if now.time() >= AT else now.date() - timedelta(days=1)
    while why_closed(day) is not None:
        day -= timedelta(days=1)
    return round(datetime.combine(day, AT, NEW_YORK).timestamp() * 1000)


@dataclass(frozen=True)
class Schedule:
    """The scheduled runs of one kind in an output folder.

    Attributes:
        folder: the output folder, which remembers them.
        workflow: the workflow's name.
        workflow_input: what each of them is given, beside its due time: another input is another schedule.
    """

    folder: Path
    workflow: str
    workflow_input: JsonObject

    def run_if_due(self, now_ms: int, run: Callable[[JsonObject], int]) -> int:
        """Runs what is due and not done, and returns its exit status; says so and returns 0 if nothing is.

        A run in which something failed is tried again when it is asked for next, three times in all: a laptop that
        wakes up has no network yet. While it goes on, for hours of a large universe, nothing is due: those who ring
        meanwhile do not queue up.

        Args:
            now_ms: what time it is.
            run: runs an input, and returns the command's exit status.
        """
        due_at = to_iso(due_ms(now_ms))
        with self._alone() as alone:
            if not alone:
                say(f"Nothing is due: the run of {due_at}, or of an earlier session, is still going.")
                return 0
            return self._run(due_at, run)

    def _run(self, due_at: str, run: Callable[[JsonObject], int]) -> int:
        known = object_in(self._known().get(self._name))
        tries = count_in(known.get("tries")) if text_in(known.get("due_at")) == due_at else 0
        if tries >= MOST_TRIES or (tries and known.get("done") is True):
            how = "done" if known.get("done") is True else f"tried {tries} times"
            say(f"Nothing is due: the run of {due_at} is {how}.")
            return 0
        status = run({**self.workflow_input, "trigger": SCHEDULE, "scheduled_time": due_at})
        if status != INTERRUPTED:
            self._note({"due_at": due_at, "tries": tries + 1, "done": status == 0})
        return status

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process makes this schedule's run; of a folder without locks the run itself complains."""
        lock = lock_of(self.folder / PRIVATE / f"scheduled-{self._name}.lock")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            alone = is_taken(lock)
        except OSError:
            alone = True
        try:
            yield alone
        finally:
            lock.release()

    @property
    def _name(self) -> str:
        text = json.dumps([self.workflow, self.workflow_input], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:16]

    @property
    def _file(self) -> Path:
        return self.folder / PRIVATE / FILE

    def _known(self) -> JsonObject:
        try:
            return object_in(parsed(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _note(self, made: JsonObject) -> None:
        write_by_rename(self._file, json.dumps({**self._known(), self._name: made}, indent=1).encode())
