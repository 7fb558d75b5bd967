"""A saved symbol's outcome is noted on its object of the dataset, in the very write that saves it.

So it is known as soon as it is true, without an object of its own. The notifier of a run that came to its end has it
from the Map, and that of a run that did not reads it here (docs/adr/0078).
"""

import json
from collections.abc import Mapping, Sequence

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import Plan, Run
from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED, SymbolOutcome
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.finding import without_places
from stockflow_functions.reporting.records import read_each

EXECUTION, FETCHED_AT, OUTCOME = "execution", "fetched-at", "outcome"
"""What is noted on the object, as S3 metadata: US-ASCII, 2 KB at most."""
MOST_BYTES = 700
"""Of an outcome that is passed on by the Map: without warnings it takes some 230, and 200 symbols share 256 KiB. A
longer one has a record of its own, and is noted without its warnings, and if that is not enough, its findings."""
_CLOCKS_DIFFER_MS = 60_000


def is_short(outcome: SymbolOutcome) -> bool:
    """Whether the Map passes the whole outcome on."""
    return len(_text(outcome.as_dict())) <= MOST_BYTES


def metadata_of(execution: str, fetched_at: str, outcome: SymbolOutcome) -> dict[str, str]:
    """What is noted on the object. ``fetched_at`` is when the newest answer in it arrived, ISO 8601."""
    noted = outcome.as_dict()
    text = _text(noted)
    if len(text) > MOST_BYTES:
        brief = {**noted, "warnings": None}
        # Without the warnings there are no places among them; of many findings the record alone knows.
        text = _text({**brief, "found": without_places(outcome.found)})
        if len(text) > MOST_BYTES:
            text = _text({**brief, "found": {}})
    return {EXECUTION: execution, FETCHED_AT: fetched_at, OUTCOME: text}


def outcome_in(
    metadata: Mapping[str, str], execution: str, warnings: tuple[str, ...] | None = None
) -> SymbolOutcome | None:
    """The outcome that this execution noted on the object; None if it noted none.

    Args:
        warnings: what to say in the place of warnings that were too long to be noted.
    """
    if metadata.get(EXECUTION) != execution:
        return None
    try:
        noted = json.loads(metadata[OUTCOME])
        long = noted["warnings"] is None
        return SymbolOutcome.from_dict({**noted, "warnings": warnings or ()} if long else noted)
    except (ValueError, KeyError, TypeError):
        return None


def unrecorded(bucket: Bucket, plan: Plan, records: Mapping[str, SymbolOutcome]) -> dict[str, SymbolOutcome]:
    """The outcomes of a run's symbols that its records do not tell: those of the saved ones.

    One that was saved at last may still have the record of an attempt that failed.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    told = {name for name, outcome in records.items() if outcome.status not in {FAILED, DEFERRED}}
    return saved_by(bucket, plan["run"], [item["symbol"] for item in plan["work"] if item["symbol"] not in told])


def saved_by(bucket: Bucket, run: Run, symbols: Sequence[str]) -> dict[str, SymbolOutcome]:
    """The outcomes of those symbols that the run has saved, whether another run has saved them since or not.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """

    def outcome(symbol: str) -> SymbolOutcome | None:
        return _saved(bucket, run, keys.prices(run["series"], symbol))

    return {found.symbol: found for found in read_each(outcome, symbols) if found}


def _saved(bucket: Bucket, run: Run, key: str) -> SymbolOutcome | None:
    now, own = bucket.facts(key), run["execution"]
    writer = now.metadata.get(EXECUTION) if now else None
    if now is None or writer is None:  # a laptop reads its folder back when it starts, and notes nothing
        return None
    began_ms = from_iso(run["started_at"]) - _CLOCKS_DIFFER_MS
    if writer == own or now.written_ms < began_ms:
        return outcome_in(now.metadata, own)
    versions = (outcome_in(older.metadata, own) for older in bucket.versions(key, since_ms=began_ms))
    return next((found for found in versions if found), None)


def _text(outcome: Mapping[str, object]) -> str:
    return json.dumps(outcome, separators=(",", ":"))
