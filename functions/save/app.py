"""Save: merges the staged table into the symbol's Parquet object with a conditional write."""

from typing import Any

from functions.errors import BadPrices, WriteConflict
from functions.lake import keys
from functions.lake.bucket import Bucket
from functions.outcome import SAVED, UNCHANGED, SymbolOutcome
from functions.prices.merging import Merged, merge
from functions.prices.parquet import decode, empty_table, encode
from functions.services import Services
from functions.state import Event, StateFunction

TRIES = 5
"""How often a lost race is merged again in one call; after that the workflow waits and calls again."""


def save(event: Event, services: Services) -> dict[str, Any]:
    """Merges, writes where something changed, and leaves the symbol's record.

    Raises:
        BadPrices: the staged table is gone.
        WriteConflict: other runs were faster every time.
    """
    run, symbol, table = event["run"], event["symbol"], event["table"]
    bucket = services.bucket
    merged, written = _store(bucket, run, symbol, table["key"])
    dates = merged.table["date"].dt.strftime("%Y-%m-%d").tolist()
    outcome = SymbolOutcome(
        symbol,
        SAVED if written else UNCHANGED,
        attempts=table.get("attempts", 1),
        rows_added=len(merged.added),
        rows_changed=len(merged.changed),
        rows_rejected=table.get("rows_rejected", 0),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        stale=table.get("stale", False),
        warnings=tuple(table.get("warnings", ())),
    )
    bucket.put_json(keys.symbol_record(run["execution"], symbol), outcome.as_dict())
    told = ("symbol", "status", "rows_added", "rows_changed", "first_date", "last_date")
    return {**{name: getattr(outcome, name) for name in told}, "rows_unchanged": merged.unchanged}


def _store(bucket: Bucket, run: dict[str, Any], symbol: str, staged_key: str | None) -> tuple[Merged, bool]:
    series, key = run["series"], keys.prices(run["series"], symbol)
    if staged_key is None:
        stored = bucket.get(key)
        kept = empty_table(series) if stored is None else decode(stored.body, series)
        return merge(kept, kept[:0]), False
    staged = bucket.get(staged_key)
    if staged is None:
        raise BadPrices(f"The staged table {staged_key} is not in the bucket (any more): run {symbol} again.")
    new = decode(staged.body, series)
    for _ in range(TRIES):
        stored = bucket.get(key)
        merged = merge(None if stored is None else decode(stored.body, series), new)
        if stored is not None and merged.added.empty and merged.changed.empty and not run.get("force"):
            return merged, False
        try:
            bucket.put(
                key,
                encode(merged.table, series),
                if_match=None if stored is None else stored.etag,
                if_none_match=stored is None,
            )
            return merged, True
        except WriteConflict:
            continue
    raise WriteConflict(f"{key} was replaced by other runs {TRIES} times in a row.")


handler = StateFunction("Save", save)
