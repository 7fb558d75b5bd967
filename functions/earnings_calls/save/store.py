"""Read, merge, write conditionally; after a lost race, read and merge again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import uniform

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.aws.reread import reread
from stockflow_functions.domain.calls.call_rows import AMAZON, CallRow, Merged, owners, when_of, with_row
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import DecodedRows, decode_rows, encode_passages, encode_rows
from stockflow_functions.domain.errors import EnginesMixed, WriteConflict
from stockflow_functions.domain.outcome import CHECKED
from stockflow_functions.domain.parquet import NotATableError
from stockflow_functions.earnings_calls import marks
from stockflow_functions.earnings_calls.contracts import CallsRun
from stockflow_functions.earnings_calls.outcome import SAVED, UNCHANGED
from stockflow_functions.runtime.services import Services

TRIES = 5
PAUSE_SECONDS = 0.4
"""As for prices: the longest pause after the first lost race, doubled with each, its length drawn."""
MOST_QUARTERS = 100
"""Noted on the table, of the 2 KB that S3 takes: 25 years."""


@dataclass(frozen=True)
class Stored:
    """What was done, by the call's status, and its row as it is now; ``transcript_key`` is that of its passages."""

    status: str
    row: CallRow
    transcript_key: str
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Before:
    found: StoredObject | None
    decoded: DecodedRows
    flaw: str = ""


def store(services: Services, row: CallRow, passages: Sequence[Passage], run: CallsRun) -> Stored:
    """Merges the row into the symbol's table, then writes the passages.

    The passages are written last: whoever finds them finds the row too. Where another run writes the same call's in
    between, both look again whose they should be. With the run's ``force`` the table is written even if nothing
    changes. A run that leaves the dataset alone writes nothing: the row is as it would be.

    Raises:
        EnginesMixed: the table holds tone of another kind of engine.
        WriteConflict: the table or the passages were replaced between each read and write.
        NewerTableError: a newer release wrote it; nothing is done.
    """
    flaw = ""
    for lost in range(TRIES):
        if lost:
            services.clock.sleep(uniform(0, PAUSE_SECONDS * 2 ** (lost - 1)))
        before = _read(services.bucket, row.symbol)
        flaw = before.flaw or flaw
        _check_engines(before.decoded.rows, row)
        merged = with_row(before.decoded.rows, row)
        if not run.get("saves", True):
            return _left_alone(before, merged, run)
        try:
            written = _write_row(services.bucket, before, merged, row.execution, force=run["force"])
            transcript = _write_passages(services.bucket, merged, passages, run["language"])
        except WriteConflict:
            continue
        ours = merged.row.execution == row.execution
        sentences = [_moved_aside(row, flaw)] if flaw else []
        return Stored(SAVED if written or ours else UNCHANGED, merged.row, transcript, sentences)
    raise WriteConflict(f"{keys.tone(row.symbol)} or a transcript was replaced by other runs {TRIES} times in a row.")


def _left_alone(before: _Before, merged: Merged, run: CallsRun) -> Stored:
    status = CHECKED if _would_write(before, merged, force=run["force"]) else UNCHANGED
    left = f"{keys.tone(merged.row.symbol)} stays as it is for now, though it {before.flaw}."
    return Stored(status, merged.row, "", [left] if before.flaw else [])


def _moved_aside(row: CallRow, flaw: str) -> str:
    aside = keys.quarantine(row.execution, "tone", row.symbol)
    return (
        f"{keys.tone(row.symbol)} {flaw} and was moved aside to {aside}: run the symbol's other calls again with force."
    )


def _read(bucket: Bucket, symbol: str) -> _Before:
    key = keys.tone(symbol)
    found = bucket.get(key)
    if found is None:
        return _Before(None, DecodedRows(()))
    try:
        return _Before(found, decode_rows(found.body, symbol))
    except NotATableError as error:
        reread(bucket, key, found.body)
        return _Before(found, DecodedRows(()), f"can't be read ({error})")


def _check_engines(rows: Sequence[CallRow], row: CallRow) -> None:
    others = {each.engine_tone for each in rows if each.engine_tone and not _same_kind(each, row)}
    if others:
        raise EnginesMixed(
            f"{keys.tone(row.symbol)} holds tone by {min(others)}, and this run's is by {row.engine_tone}: "
            "keep them in separate folders or buckets."
        )


def _same_kind(one: CallRow, other: CallRow) -> bool:
    names = [each.engine_tone for each in (one, other) if each.engine_tone]
    return len({name.startswith(AMAZON) for name in names}) == 1


def _write_row(bucket: Bucket, before: _Before, merged: Merged, execution: str, *, force: bool) -> bool:
    """Writes the table, unless nothing changes (with ``force``, even then); returns whether it did."""
    if not _would_write(before, merged, force=force):
        return False
    if before.found and before.flaw:
        bucket.put(keys.quarantine(execution, "tone", merged.row.symbol), before.found.body)
    quarters = sorted({each.quarter for each in merged.rows if each.quarter and each.source == "alpha-vantage"})
    bucket.put(
        keys.tone(merged.row.symbol),
        encode_rows(merged.rows),
        if_match=before.found.etag if before.found else None,
        if_none_match=before.found is None,
        metadata={marks.QUARTERS: ",".join(quarters[-MOST_QUARTERS:]), marks.EXECUTION: execution},
    )
    return True


def _would_write(before: _Before, merged: Merged, *, force: bool) -> bool:
    return not before.found or bool(merged.changed or before.flaw or before.decoded.migrated or force)


def _write_passages(bucket: Bucket, merged: Merged, passages: Sequence[Passage], asked_language: str) -> str:
    """Writes the passages, unless they are there already, or those of a source that came later; returns their key."""
    row = merged.row
    key = keys.transcript(row.symbol, when_of(row))
    if row not in owners(merged.rows):
        return key
    body, found = encode_passages(passages), bucket.get(key)
    noted = {
        marks.SOURCE_ETAG: row.source_etag or "",
        marks.QUARTER: row.quarter or "",
        marks.ENGINE_SPEECH: row.engine_speech or "",
        marks.ENGINE_TONE: row.engine_tone or "",
        marks.ASKED_LANGUAGE: asked_language,
    }
    if found is None or found.body != body or any(found.metadata.get(name, "") != noted[name] for name in noted):
        etag = found.etag if found else None
        bucket.put(key, body, if_match=etag, if_none_match=found is None, metadata=noted)
    return key
