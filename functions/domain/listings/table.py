"""Listings as Parquet: an explicit schema, dates as dates; the same listings give the same bytes."""

from dataclasses import asdict
from datetime import date

import pyarrow as pa

from stockflow_functions.domain.listings.listing import Listing
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.domain.parquet import VERSION_KEY, NotATableError, column, from_bytes, to_bytes, version_of

SCHEMA_VERSION = 1
AS_OF_KEY = b"stockflow.as_of"


def _field(name: str, kind: pa.DataType, what: str, *, empty: bool = False) -> pa.Field:
    return pa.field(name, kind, empty, {"description": what})


SCHEMA = pa.schema([
    _field("symbol", pa.string(), "in capitals, as prices are asked for; one that was given on has several rows"),
    _field("name", pa.string(), "of the company or fund"),
    _field("exchange", pa.string(), "such as NYSE ARCA; the newest one known"),
    _field("asset_type", pa.string(), "Stock or ETF"),
    _field("ipo_date", pa.date32(), "since when it is listed, which may lie ahead; null if unknown", empty=True),
    _field("delisting_date", pa.date32(), "until when; null if it is listed, or the vendor does not say", empty=True),
    _field("status", pa.string(), "active or delisted, as the vendor said last"),
    _field("first_seen", pa.date32(), "day of the vendor's first answer that had it"),
    _field("last_seen", pa.date32(), "day of the newest one; an active one that is missing since then has ended"),
])  # fmt: skip
"""listings.parquet: a row for a company's or fund's time under a symbol."""


def encode(listings: Listings) -> bytes:
    """The listings as Parquet bytes, with their day in the metadata."""
    rows = [asdict(row) for row in listings.rows]
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), AS_OF_KEY: listings.as_of.isoformat().encode()}
    return to_bytes(pa.Table.from_pylist(rows, schema=SCHEMA), metadata)


def decode(body: bytes) -> Listings:
    """The reverse of :func:`encode`; unknown columns are passed over.

    Raises:
        NotATableError: the bytes are not Parquet, or not a table of listings.
        NewerTableError: a newer release wrote them.
    """
    found = from_bytes(body)
    version_of(found, SCHEMA_VERSION)
    columns = {field.name: column(found, field).to_pylist() for field in SCHEMA}
    for field in SCHEMA:
        if not field.nullable and None in columns[field.name]:
            raise NotATableError(f"its column {field.name} has a gap")
    rows = tuple(Listing(*values) for values in zip(*columns.values(), strict=True))
    return Listings(_as_of((found.schema.metadata or {}).get(AS_OF_KEY, b"")), rows)


def _as_of(text: bytes) -> date:
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        raise NotATableError("it does not say of which day it is") from None
