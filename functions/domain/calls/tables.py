"""The two tables of calls as Parquet: explicit schemas, whose columns say what they are and in what unit.

All numbers that are measured are 64-bit: a float32 would not come back as the number that it was, and a run that
changes nothing is told by equal numbers. Counts are 32-bit. Dates are dates without a time, as the call's own.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from stockflow_functions.domain.calls.call_rows import CallRow
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.parquet import (
    VERSION_KEY,
    NotATableError,
    column,
    described,
    from_bytes,
    to_bytes,
    version_of,
)

SCHEMA_VERSION = 1
TABLE_KEY = b"stockflow.table"
_SECONDS, _SHARE, _SCORE = "seconds", "0 to 1", "-1 to 1"


def _text(name: str, what: str, *, empty: bool = False) -> pa.Field:
    return described(name, pa.string(), what, empty=empty)


def _number(name: str, what: str, unit: str) -> pa.Field:
    return described(name, pa.float64(), what, unit)


def _count(name: str, what: str) -> pa.Field:
    return described(name, pa.int32(), what, "count", empty=False)


_SCORES = (
    _number("positive", "share that the judge gives to positive", _SHARE),
    _number("negative", "share that the judge gives to negative", _SHARE),
    _number("neutral", "share that the judge gives to neutral", _SHARE),
    _number("mixed", "share that the judge gives to positive and negative at once", _SHARE),
)

PASSAGES = pa.schema(
    [
        _count("n", "place in the call, from 1"),
        _text("section", "prepared or qa; empty if the questions were not found", empty=True),
        _text("speaker", "a name, or a label such as spk_0; empty if the source does not say", empty=True),
        _number("start_seconds", "when the first word begins, from the beginning of the recording", _SECONDS),
        _number("end_seconds", "when the last word ends, from the beginning of the recording", _SECONDS),
        _text("text", "at most 500 characters of one speaker"),
        *_SCORES,
    ]
)
"""transcripts/: a row a passage."""

ROWS = pa.schema([
    _text("symbol", "as it was asked for"),
    described(
        "call_date", pa.date32(), "day of the call, or the last of its quarter if date_known is false", empty=False
    ),
    _text("label", "tells calls of one day apart"),
    _text("quarter", "what the call is about, such as 2024Q1", empty=True),
    described("date_known", pa.bool_(), "whether call_date is the day of the call", empty=False),
    _text("source", "transcribe, alpha-vantage or given"),
    _text("source_etag", "of the object that the transcript was made of", empty=True),
    _text("language", "such as en-US", empty=True),
    _number("language_score", "certainty of the identified language", _SHARE),
    _number("seconds", "where the last word ends", _SECONDS),
    _count("words", "words in the transcript"),
    _count("speakers", "speakers told apart"),
    _count("passages", "passages of at most 500 characters"),
    _count("unscored", "passages without a score, which are in no mean"),
    _text("engine_speech", "what wrote the call down", empty=True),
    _text("engine_tone", "what judged its tone", empty=True),
    _number("tone", "positive less negative, mean weighted by characters", _SCORE),
    _number("tone_prepared", "the same of the prepared remarks", _SCORE),
    _number("tone_qa", "the same of the questions and answers", _SCORE),
    described("qa_found", pa.bool_(), "whether the questions were told from the remarks", empty=False),
    *_SCORES,
    _number("tone_change", "tone less that of previous_call_date", "-2 to 2"),
    described("previous_call_date", pa.date32(), "last earlier call of the same engines, language and source"),
    _number("confidence_mean", "of the recogniser in its words", _SHARE),
    _text("saved_at", "ISO 8601, UTC"),
    _text("execution", "the run that saved the row"),
])  # fmt: skip
"""tone/: a row a call."""


@dataclass(frozen=True)
class DecodedRows:
    """Rows sorted by their keys, and whether the bytes were not of the present schema or order."""

    rows: tuple[CallRow, ...]
    migrated: bool = False


def encode_passages(passages: Sequence[Passage]) -> bytes:
    """The passages as Parquet bytes."""
    return _encoded([asdict(each) for each in passages], PASSAGES, b"transcripts")


def decode_passages(body: bytes) -> list[Passage]:
    """The reverse of :func:`encode_passages`; unknown columns are passed over.

    Raises:
        NotATableError: the bytes are not Parquet, or not a table of passages.
        NewerTableError: a newer release wrote them.
    """
    found = from_bytes(body)
    version_of(found, SCHEMA_VERSION)
    return [Passage(**row) for row in _listed(found, PASSAGES)]


def encode_rows(rows: Sequence[CallRow]) -> bytes:
    """The rows, sorted by their keys, as Parquet bytes: the same rows give the same bytes."""
    return _encoded([asdict(each) for each in sorted(rows, key=lambda each: each.key)], ROWS, b"tone")


def decode_rows(body: bytes, symbol: str) -> DecodedRows:
    """The reverse of :func:`encode_rows`; a table of an older schema, or with unknown columns, is migrated.

    Raises:
        NotATableError: the bytes are not Parquet, lack a column, or hold rows that can't be this symbol's calls.
        NewerTableError: a newer release wrote them.
    """
    found = from_bytes(body)
    version = version_of(found, SCHEMA_VERSION)
    rows = [CallRow(**row) for row in _listed(found, ROWS)]
    if any(row.symbol != symbol for row in rows):
        raise NotATableError(f"it holds rows of another symbol than {symbol}")
    if len({row.key for row in rows}) < len(rows):
        raise NotATableError("it has more than one row for a call")
    in_order = sorted(rows, key=lambda row: row.key)
    as_written = version == SCHEMA_VERSION and found.schema.equals(ROWS) and rows == in_order
    return DecodedRows(tuple(in_order), migrated=not as_written)


def _encoded(rows: list[dict[str, Any]], schema: pa.Schema, name: bytes) -> bytes:
    arrays = [pa.array([row[field.name] for row in rows], field.type, from_pandas=True) for field in schema]
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), TABLE_KEY: name}
    return to_bytes(pa.Table.from_arrays(arrays, schema=schema), metadata)


def _listed(table: pa.Table, schema: pa.Schema) -> list[dict[str, Any]]:
    columns = [column(table, field) for field in schema]
    for field, cells in zip(schema, columns, strict=True):
        if not field.nullable and cells.null_count:
            raise NotATableError(f"its column {field.name} has empty cells")
    try:
        rows: list[dict[str, Any]] = pa.Table.from_arrays(columns, schema=schema).to_pylist()
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise NotATableError(f"it has a cell that can't be read ({type(error).__name__})") from error
    return rows
