"""What all tables of the dataset share: bytes with checksums and a version, read back with care."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

VERSION_KEY = b"stockflow.schema"


def described(name: str, kind: pa.DataType, what: str, unit: str = "", *, empty: bool = True) -> pa.Field:
    """A column whose schema says what it is and in what unit; ``empty`` says whether its cells may be."""
    return pa.field(name, kind, empty, {"description": what, "unit": unit} if unit else {"description": what})


class NotATableError(Exception):
    """The bytes are not a table of what they should be; the message says why, without a full stop."""


class NewerTableError(Exception):
    """The table has a schema that this release does not know."""


def to_bytes(
    table: pa.Table,
    metadata: Mapping[bytes, bytes],
    *,
    long: Mapping[bytes, bytes] | None = None,
    dictionaries: bool | list[str] = True,
    rows_a_group: int | None = None,
) -> bytes:
    """The table as Parquet bytes: the same rows and metadata give the same bytes.

    Args:
        table: its fields may have metadata too.
        metadata: of the file.
        long: more of it; it is there once, where pyarrow writes the other twice, as the file's and as the schema's.
        dictionaries: whether columns have dictionaries, or which ones; a column of prices is a fifth shorter without.
    """
    sink, schema = pa.BufferOutputStream(), table.schema.with_metadata(metadata)
    # Without checksums nearly half of all flipped bits would go unseen, and make another number.
    options = {"compression": "zstd", "write_page_checksum": True, "use_dictionary": dictionaries}
    with pq.ParquetWriter(sink, schema, **options) as writer:
        writer.write_table(table.replace_schema_metadata(metadata), row_group_size=rows_a_group)
        if long:
            writer.add_key_value_metadata(long)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def from_bytes(body: bytes) -> pa.Table:
    """The reverse of :func:`to_bytes`.

    Raises:
        NotATableError: the bytes are not Parquet, not whole, or have a column twice.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(body), page_checksum_verification=True)
        found = file.read()
        names = found.schema.names
    except (pa.ArrowException, OSError, ValueError) as error:
        raise NotATableError(f"it can't be read as Parquet ({type(error).__name__})") from error
    if len(found) != file.metadata.num_rows:
        raise NotATableError(f"it has {len(found)} rows, but its own count says {file.metadata.num_rows}")
    if len(set(names)) < len(names):
        raise NotATableError("it has a column twice")
    return found


def version_of(table: pa.Table, known: int) -> int:
    """The version of the table's schema; 0 where it has none.

    Raises:
        NewerTableError: it is above ``known``.
    """
    text = (table.schema.metadata or {}).get(VERSION_KEY, b"0")
    version = int(text) if text.isdigit() else 0
    if version > known:
        raise NewerTableError(f"it is of schema {version}, and this release knows {known}")
    return version


def column(table: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    """A column by its name, cast without loss.

    Raises:
        NotATableError: there is none, or it is of another type.
    """
    if field.name not in table.schema.names:
        raise NotATableError(f"it has no column {field.name}")
    try:
        return table.column(field.name).cast(field.type)
    except (pa.ArrowException, ValueError) as error:
        raise NotATableError(f"its column {field.name} is not {field.type}") from error
