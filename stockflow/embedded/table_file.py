"""The state table of a laptop run as files: ``{"items": [...]}``, as DynamoDB has them.

The output folder's is ``.stockflow/table.json``. The budget of a real vendor's key is in the user's state folder.
"""

import errno
import json
from dataclasses import dataclass, field
from decimal import DecimalException
from pathlib import Path
from typing import Any, cast

from stockflow.embedded.joined_budgets import joined
from stockflow.embedded.state_folder import SharedBudget
from stockflow.errors import Unusable
from stockflow.sources.writing import write_by_rename
from stockflow_functions.aws.state_table.item import VERSION, OtherVersion, account_of, key_of
from stockflow_functions.aws.state_table.wire import from_wire

PRIVATE = ".stockflow"
TABLE_FILE = "table.json"

Item = dict[str, dict[str, Any]]
_Signature = tuple[int, int, int]

_DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, DecimalException, OtherVersion)


class TableFile:
    """The table of an output folder.

    Args:
        shared: the budget that is kept in the user's state folder; None if all budgets are in this folder.
    """

    def __init__(self, folder: Path, shared: SharedBudget | None) -> None:
        self._own = _OwnFile(folder / PRIVATE / TABLE_FILE)
        self._shared = shared
        self._budget = _OwnFile(shared.file) if shared else self._own
        self.items: list[Item] = []
        """As they were read or written last."""

    @property
    def budget_file(self) -> Path:
        """Where the budget is kept."""
        return self._budget.path

    def read(self, now_ms: int) -> list[Item]:
        """The table's items. The budget that an older release kept in this folder is part of the shared one.

        Raises:
            Unusable: a file is damaged, or holds something that no run has written.
        """
        self.items = self._own.read()
        if self._shared is not None:
            own = [item for item in self.items if not self._is_shared(item)]
            budgets = [*self._budget.read(), *(item for item in self.items if self._is_shared(item))]
            self.items = own + self._as_one(budgets, now_ms)
        return self.items

    def write(self, items: list[Item]) -> None:
        """Replaces each file whose items have changed; a budget that is taken over is in its new place first.

        Raises:
            OSError: the disk is full, a folder can't be written, or another process writes one of the files.
        """
        if self._shared is not None:
            self._budget.write([item for item in items if self._is_shared(item)])
        self._own.write([item for item in items if not self._is_shared(item)])
        self.items = items

    def _is_shared(self, item: Item) -> bool:
        return self._shared is not None and item["pk"] == {"S": self._shared.key}

    def _as_one(self, budgets: list[Item], now_ms: int) -> list[Item]:
        if self._shared is None or not budgets:
            return []
        # Kept under the name that this run has for it: what tells budgets of keys apart is the file.
        one, *others = [{**item, "pk": {"S": self._shared.key}} for item in budgets]
        for other in others:
            one = cast("Item", joined(one, other, now_ms))
        return [one]


@dataclass
class _OwnFile:
    """A file that this process alone writes, for as long as it has its turn."""

    path: Path
    _body: bytes | None = None
    _signature: _Signature | None = field(default=None)

    def read(self) -> list[Item]:
        items = read_items(self.path)
        self._signature = _signature_of(self.path)
        return items

    def write(self, items: list[Item]) -> None:
        body = json.dumps({"items": items}, indent=1, sort_keys=True).encode()
        if body == self._body or (not items and not self.path.exists()):
            return
        if _signature_of(self.path) not in {None, self._signature}:
            # Two machines on a network folder whose locks reach only one of them.
            raise OSError(errno.ESTALE, "another process writes it too", str(self.path))
        write_by_rename(self.path, body)
        self._body, self._signature = body, _signature_of(self.path)


def _signature_of(path: Path) -> _Signature | None:
    """What changes with each write; None if the file is missing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read_items(path: Path) -> list[Item]:
    """The items of the file; none if it is missing.

    Raises:
        Unusable: the file is damaged, or holds something that no run has written.
    """
    try:
        items = json.loads(path.read_text(encoding="utf-8"))["items"]
        for item in items:
            _check(item)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except _DAMAGE:
        raise Unusable(f"The budget {path} can't be read: delete it to start over.") from None
    return list(items)


def _check(item: Item) -> None:
    """Raises an error if DynamoDB would refuse the item, or a budget's item can't be read."""
    values = from_wire(item)
    if not isinstance(values["pk"], str):
        raise TypeError("a key is a text")
    if values["pk"].startswith(key_of("")) and values.get("version") == VERSION:
        account_of(item)
