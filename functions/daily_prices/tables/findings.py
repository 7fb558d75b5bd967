"""Adds what a run's checks found to ``findings/<series>.parquet``, so that it can be asked for long after the run."""

from datetime import UTC, datetime

import pyarrow as pa

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.domain.catalog.beside import Found
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import StorageDenied, WriteConflict
from stockflow_functions.domain.findings.table import (
    FindingRow,
    all_bars,
    decode,
    encode,
    most_bars,
    no_findings,
    with_run,
)
from stockflow_functions.domain.inputs import SHARD, SMOKE
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.finding import findings_of
from stockflow_functions.domain.prices.rules import REJECTING, RESTATED
from stockflow_functions.reporting.parts import left_alone

TRIES = 8


def add_findings(bucket: Bucket, manifest: Manifest) -> int:
    """Adds them, in the place of what the table has of the same run; returns how many they are.

    Of a run without findings nothing is read. A shard's are those of the run that it is a part of; what a smoke run
    finds, or one that leaves the dataset alone, is not kept.

    Raises:
        StorageDenied: the object is no table of findings, or a newer release's; also as the bucket's methods do.
        StorageUnavailable: S3 does not answer.
        WriteConflict: others were faster every time.
    """
    rows = rows_of(manifest)
    if not rows or manifest["trigger"] in {SHARD, SMOKE} or left_alone(manifest):
        return 0
    key = keys.findings(manifest["series"])
    for _ in range(TRIES):
        stored = bucket.get(key)
        before = _read(bucket, key, stored)
        after = with_run(before, manifest["execution"], rows)
        if after.equals(before):
            return len(rows)
        try:
            bucket.put(key, encode(after), if_match=stored.etag if stored else None, if_none_match=stored is None)
        except WriteConflict:
            continue
        return len(rows)
    raise WriteConflict(f"{key} was replaced by others {TRIES} times in a row.")


def read_found(bucket: Bucket, series: str) -> dict[str, Found] | None:
    """What all runs found, by symbol, for the catalog: nothing if none has found anything; None if it can't be read.

    Raises:
        StorageDenied, StorageUnavailable: as the bucket does.
    """
    stored = bucket.get(keys.findings(series))
    if stored is None:
        return {}
    try:
        table = decode(stored.body)
    except (NewerTableError, NotATableError):
        return None
    rejected, restated = most_bars(table, REJECTING), all_bars(table, {RESTATED})
    return {name: Found(rejected.get(name, 0), restated.get(name, 0)) for name in sorted({*rejected, *restated})}


def rows_of(manifest: Manifest) -> list[FindingRow]:
    """What the run's checks found, by its manifest; nothing, if that is of a release that did not say."""
    at = datetime.fromtimestamp(from_iso(manifest["started_at"]) // 1000, UTC)
    outcomes = (SymbolOutcome.from_dict(symbol) for symbol in manifest["symbols"] if symbol.get("found"))
    return [
        FindingRow(
            manifest["execution"],
            at,
            manifest["series"],
            outcome.symbol,
            one.check,
            one.bars,
            one.newest,
            one.sentence or None,
        )
        for outcome in outcomes
        for one in findings_of(outcome.warnings, outcome.found)
        if one.check
    ]


def _read(bucket: Bucket, key: str, stored: StoredObject | None) -> pa.Table:
    if stored is None:
        return no_findings()
    place = f"s3://{bucket.name}/{bucket.full_key(key)}"
    try:
        return decode(stored.body)
    except NewerTableError as error:
        raise StorageDenied(f"{place} is a newer release's ({error}): install that one.") from None
    except NotATableError as error:
        raise StorageDenied(f"{place} is no table of findings, as {error}: move it away, and it begins anew.") from None
