"""All symbols' splits and dividends in one table, which says of each symbol which object its rows were read from. Pure.

The objects of the symbols are the truth. A reader takes a symbol's rows from here while its object is still that one.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from stockflow_functions.domain.actions.table import ACTIONS, KINDS, SCHEMA_VERSION, Asked, rows_in
from stockflow_functions.domain.parquet import VERSION_KEY, NotATableError, to_bytes

OBJECTS_KEY = b"stockflow.objects"
UNSURE_MS = 2000
"""Files tell times in whole seconds at worst: one written so shortly before it was read may have been written again
without looking any different."""
_ORDER = [(name, "ascending") for name in ("symbol", "date", "kind", "known_from", "value")]


class Origin(NamedTuple):
    """The object that a symbol's rows were read from.

    Attributes:
        etag: its ETag, without quotes.
        bytes: its size.
        written_ms: when it was written, since 1970, in whole seconds; None where that may be true of another one too.
        asked: when the vendor answered, by kind.
    """

    etag: str
    bytes: int
    written_ms: int | None
    asked: Mapping[str, Asked]


@dataclass(frozen=True, eq=False)
class AllActions:
    """The rows of ``ACTIONS`` of many symbols, and where each symbol's are from; one without rows is known too."""

    rows: pa.Table = field(default_factory=ACTIONS.empty_table)
    origins: Mapping[str, Origin] = field(default_factory=dict)


def encode_all(actions: AllActions) -> bytes:
    """The table as Parquet bytes, sorted by symbol and date: the same actions give the same bytes."""
    listed = [
        [symbol, origin.etag, origin.bytes, origin.written_ms, *(origin.asked.get(kind) for kind in KINDS)]
        for symbol, origin in sorted(actions.origins.items())
    ]
    text = json.dumps(listed, separators=(",", ":")).encode()
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode()}
    return to_bytes(actions.rows.sort_by(_ORDER), metadata, long={OBJECTS_KEY: _checksum(text) + text})


def decode_all(body: bytes) -> AllActions:
    """The reverse of :func:`encode_all`.

    Raises:
        NotATableError: the bytes are not such a table.
        NewerTableError: a newer release wrote them.
    """
    rows = rows_in(body)
    return AllActions(rows.replace_schema_metadata(None), origins_in(rows.schema.metadata or {}))


def origins_in(metadata: Mapping[bytes, bytes]) -> dict[str, Origin]:
    """Where each symbol's rows are from, as a table's metadata say it.

    Raises:
        NotATableError: they don't, or are not as they were written.
    """
    value = metadata.get(OBJECTS_KEY, b"")
    if value[:8] != _checksum(value[8:]):
        raise NotATableError(f"its {OBJECTS_KEY.decode()} is not as it was written")
    try:
        return {
            symbol: Origin(etag, size, written_ms, _asked(answered))
            for symbol, etag, size, written_ms, *answered in json.loads(value[8:])
        }
    except (ValueError, TypeError):
        raise NotATableError(f"its {OBJECTS_KEY.decode()} can't be read") from None


def _asked(answered: list[list[int] | None]) -> dict[str, Asked]:
    return {kind: Asked(*one) for kind, one in zip(KINDS, answered, strict=True) if one}


def _checksum(text: bytes) -> bytes:
    """A footer of Parquet has none of its own."""
    return f"{zlib.crc32(text):08x}".encode()
