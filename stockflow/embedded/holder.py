"""Whose turn it is: what a run leaves for those that wait for it."""

import json
import socket
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from stockflow.embedded.table_file import read_items
from stockflow.errors import Unusable
from stockflow.page.as_words import clock_time
from stockflow.sources.writing import write_by_rename
from stockflow_functions.aws.state_table.item import OtherVersion, account_of, key_of
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.words import parsed


@dataclass(frozen=True)
class Holder:
    """A run that has its turn, or had it last; all paths are absolute.

    Attributes:
        folder: its output folder.
        since: when its turn began, ISO 8601, UTC.
        host: the name of its machine.
        budget: the file in which its request budget is kept.
    """

    folder: str
    since: str
    host: str
    budget: str

    @classmethod
    def here(cls, folder: Path, budget_file: Path, now_ms: int) -> "Holder":
        """This process, whose turn begins now."""
        return cls(str(folder.absolute()), to_iso(now_ms), socket.gethostname(), str(budget_file.absolute()))

    @property
    def is_on_this_machine(self) -> bool:
        """Whether its paths mean the same here."""
        return self.host == socket.gethostname()

    @property
    def words(self) -> str:
        """``the run in /home/me/out (since 2026-11-20 22:30:01 UTC)``."""
        where = self.folder if self.is_on_this_machine else f"{self.folder} on {self.host}"
        return f"the run in {where} (since {clock_time(from_iso(self.since))})"

    def last_request_ms(self, now_ms: int) -> int | None:
        """When the last request is made for which it has a slot by now; None if none is to come, or it is unknown."""
        try:
            items = read_items(Path(self.budget)) if self.is_on_this_machine else []
            accounts = [account_of(item) for item in items if item["pk"]["S"].startswith(key_of(""))]
        except (Unusable, OtherVersion):
            return None
        return max((slot for each in accounts if (slot := each.last_slot_ms or 0) > now_ms), default=None)

    def note(self, file: Path) -> None:
        """Leaves it in the file.

        Raises:
            OSError: the file can't be written.
        """
        write_by_rename(file, json.dumps(asdict(self), indent=1).encode(), durable=False)


def read_holder(file: Path) -> Holder | None:
    """Whom the file names; None if it is missing or unreadable."""
    try:
        told = parsed(file.read_text(encoding="utf-8"))
        holder = Holder(**{each.name: str(told[each.name]) for each in fields(Holder)})
        from_iso(holder.since)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return holder
