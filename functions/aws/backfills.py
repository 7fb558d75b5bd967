"""Backfills in the bucket: an object each, and beside it the list of its symbols."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.backfill.as_json import as_json, from_json
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.errors import InvalidInput, StorageUnavailable, WriteConflict

MOST_TRIES = 8


class BackfillStore:
    """The backfills of one dataset.

    Each method raises ``StorageUnavailable`` or ``StorageDenied`` where S3 refuses, and ``InvalidInput`` where an
    object is no backfill.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def all(self) -> list[Backfill]:
        """All of them, the oldest first."""
        found = (key for key in self._bucket.keys(keys.BACKFILLS) if key.endswith(".json"))
        read = (self._read(key) for key in sorted(found))
        return sorted((backfill for backfill, _ in read if backfill), key=lambda backfill: backfill.created_at)

    def unfinished(self) -> list[Backfill]:
        """Those that are neither done nor ended, the oldest first: it is the one that goes on, unless it is paused."""
        return [backfill for backfill in self.all() if backfill.is_unfinished]

    def symbols(self, backfill: Backfill) -> list[str]:
        """Its symbols, in the list's order.

        Raises:
            InvalidInput: the list is missing.
        """
        key = keys.backfill_symbols(backfill.name)
        stored = self._bucket.get(key)
        if stored is None:
            raise InvalidInput(f"The list {key} of the backfill {backfill.name} is missing: end it, and begin another.")
        return stored.body.decode().split()

    def create(self, backfill: Backfill, symbols: Sequence[str]) -> None:
        """Stores a new one.

        Raises:
            WriteConflict: there is one with this name.
        """
        body = "".join(f"{symbol}\n" for symbol in symbols).encode()
        self._bucket.put(keys.backfill_symbols(backfill.name), body, content_type="text/plain", if_none_match=True)
        self._put(backfill, None)

    def change(self, name: str, change: Callable[[Backfill], Backfill]) -> Backfill:
        """Changes one, whatever others change at the same time, and returns it; writes nothing if nothing changes.

        Raises:
            InvalidInput: there is none with this name.
            StorageUnavailable: others keep writing it.
        """
        for _ in range(MOST_TRIES):
            before, etag = self._read(keys.backfill(name))
            if before is None:
                raise InvalidInput(f"There is no backfill {name}.")
            after = change(before)
            try:
                if after != before:
                    self._put(after, etag)
            except WriteConflict:
                continue
            return after
        raise StorageUnavailable(f"The backfill {name} is written by too many at once.")

    def _read(self, key: str) -> tuple[Backfill | None, str]:
        stored = self._bucket.get(key)
        if stored is None:
            return None, ""
        try:
            return from_json(json.loads(stored.body)), stored.etag
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InvalidInput(f"{key} is no backfill, or one of a newer release: move it away.") from None

    def _put(self, backfill: Backfill, etag: str | None) -> None:
        text = json.dumps(as_json(backfill), indent=2, ensure_ascii=False) + "\n"
        condition: dict[str, Any] = {"if_none_match": True} if etag is None else {"if_match": etag}
        key = keys.backfill(backfill.name)
        self._bucket.put(key, text.encode(), content_type="application/json", **condition)
