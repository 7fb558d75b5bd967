"""Symbols that a run could not pay for: they go first in the next scheduled run."""

from collections.abc import Iterable
from typing import Any

from stockflow_functions.aws.state_table.table import StateTable
from stockflow_functions.aws.state_table.wire import from_wire, to_wire
from stockflow_functions.domain.errors import StorageUnavailable

MOST_TRIES = 8
MOST_REMEMBERED = 10_000


class DeferredStore:
    """One item per dataset and series, with the symbols in the order in which they were deferred.

    The bucket identifies the dataset: stacks that share a table, because they share an API key, keep their own symbols.
    """

    def __init__(self, dynamodb: Any, table: str, bucket: str) -> None:
        self._table = StateTable(dynamodb, table)
        self._bucket = bucket

    def remembered(self, series: str) -> list[str]:
        """The waiting symbols, the longest wait first."""
        symbols, _ = self._read(series)
        return symbols

    def add(self, series: str, symbols: Iterable[str]) -> None:
        """Adds these behind those already waiting."""
        self.change(series, added=symbols)

    def change(self, series: str, *, removed: Iterable[str] = (), added: Iterable[str] = ()) -> None:
        """Removes some and adds others; writes nothing if that changes nothing.

        Raises:
            StorageUnavailable: DynamoDB does not take it now, or others keep writing to the same item.
            StorageDenied: the table is missing, or this role may not use it.
        """
        gone, new = frozenset(removed), list(added)
        for _ in range(MOST_TRIES):
            before, revision = self._read(series)
            after = list(dict.fromkeys([symbol for symbol in before if symbol not in gone] + new))[:MOST_REMEMBERED]
            if after == before or self._written(series, after, revision):
                return
        raise StorageUnavailable(
            f"The deferred symbols in the table {self._table.name} are written by too many at once."
        )

    def _read(self, series: str) -> tuple[list[str], int]:
        values = from_wire(self._table.get(self._key(series)))
        return values.get("symbols", []), values.get("revision", 0)

    def _written(self, series: str, symbols: list[str], revision: int) -> bool:
        item = to_wire({"pk": self._key(series), "symbols": symbols, "revision": revision + 1})
        return self._table.put(item, "attribute_not_exists(pk) OR revision = :seen", seen=revision)

    def _key(self, series: str) -> str:
        return f"deferred#{self._bucket}#{series}"
