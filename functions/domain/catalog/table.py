"""The catalog as Parquet: columns that say what they are and in what unit; the same catalog gives the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from stockflow_functions.domain.catalog.entry import Entry, Key
from stockflow_functions.domain.parquet import (
    VERSION_KEY,
    NewerTableError,
    NotATableError,
    column,
    described,
    from_bytes,
    to_bytes,
    version_of,
)
from stockflow_functions.domain.prices.series import SERIES

SCHEMA_VERSION = 1
TURN_KEY = b"stockflow.turn"
_MOMENT = pa.timestamp("s", tz="UTC")
_COUNT = "count"

CATALOG = pa.schema([
    described("symbol", pa.string(), "as it was asked for", empty=False),
    described("series", pa.string(), "daily, daily_adjusted or weekly", empty=False),
    described("name", pa.string(), "of the company or fund, by the listings"),
    described("exchange", pa.string(), "by the listings, such as NYSE ARCA; else its code of ISO 10383, such as XLON"),
    described("currency", pa.string(), "that the exchange usually quotes in", "ISO 4217"),
    described("price_scale", pa.float64(), "a price times this is in the currency: 0.01 for pence", "factor"),
    described("first_date", pa.date32(), "of the oldest bar"),
    described("last_date", pa.date32(), "of the newest bar"),
    described("rows", pa.int64(), "bars", _COUNT, empty=False),
    described("missing_sessions", pa.int64(), "sessions, or weeks, without a bar between both dates", _COUNT),
    described("rejected", pa.int64(), "most bars that one run set aside", _COUNT),
    described("restated", pa.int64(), "bars that the vendor changed so far", _COUNT),
    described("splits", pa.int64(), "known now; empty if the vendor was never asked", _COUNT),
    described("dividends", pa.int64(), "known now; empty if the vendor was never asked", _COUNT),
    described("actions_asked_at", _MOMENT, "when the vendor last answered about splits or dividends", "UTC"),
    described("last_asked", _MOMENT, "when the run began that last asked for prices", "UTC"),
    described("last_confirmed", _MOMENT, "when an answer last agreed with what is stored", "UTC"),
    described("status", pa.string(), "listed, delisted or unknown, by the listings", empty=False),
    described("stale", pa.bool_(), "whether a bar is due that is not stored; never of a delisted one", empty=False),
    described("etag", pa.string(), "of the symbol's object; empty while its bars are copied into tables/"),
    described("bytes", pa.int64(), "size of the symbol's object", "bytes", empty=False),
    described("actions_etag", pa.string(), "for UpdateTables: of the object with its splits and dividends"),
    described("earlier_digest", pa.int64(), "for UpdateTables: of the bars before the year of last_date", empty=False),
])  # fmt: skip
"""catalog.parquet: a row a symbol and series, sorted by series and symbol."""


@dataclass(frozen=True)
class Catalog:
    """The catalog.

    Attributes:
        entries: by series and symbol.
        turn: the number of the turn in which it was written; each has a higher one than those before.
    """

    entries: Mapping[Key, Entry] = field(default_factory=dict)
    turn: int = 0


def encode(catalog: Catalog) -> bytes:
    """The catalog as Parquet bytes."""
    rows = [vars(catalog.entries[key]) for key in sorted(catalog.entries)]
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), TURN_KEY: str(catalog.turn).encode()}
    return to_bytes(pa.Table.from_pylist(rows, schema=CATALOG), metadata)


def decode(body: bytes) -> Catalog:
    """The reverse of :func:`encode`; unknown columns are passed over.

    Raises:
        NotATableError: the bytes are no such table.
        NewerTableError: a newer release wrote them, or they have a series that only one can know.
    """
    found = from_bytes(body)
    version_of(found, SCHEMA_VERSION)
    columns = [column(found, each).to_pylist() for each in CATALOG]
    for each, values in zip(CATALOG, columns, strict=True):
        if not each.nullable and None in values:
            raise NotATableError(f"its column {each.name} has empty cells")
    entries = {entry.key: entry for entry in (Entry(*values) for values in zip(*columns, strict=True))}
    unknown = sorted({series for series, _ in entries} - SERIES.keys())
    if unknown:
        raise NewerTableError(f"it has the series {', '.join(unknown)}, which this release does not know")
    return Catalog(entries, turn_in(found))


def turn_in(table: pa.Table) -> int:
    """The turn in which a table was written.

    Raises:
        NotATableError: it does not say.
    """
    text = (table.schema.metadata or {}).get(TURN_KEY, b"")
    if not text.isdigit():
        raise NotATableError("it does not say in which turn it was written")
    return int(text)
