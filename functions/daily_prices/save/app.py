"""Save: merges the staged table into the symbol's Parquet object with a conditional write."""

from functools import partial

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.reread import reread
from stockflow_functions.daily_prices.calls import call_for, not_saved
from stockflow_functions.daily_prices.contracts import Saved, SaveEvent, SymbolRecord, Table
from stockflow_functions.daily_prices.noted import is_short
from stockflow_functions.daily_prices.outcome import SAVED, Failure, SymbolOutcome
from stockflow_functions.daily_prices.save.store import Change, Stored, Target, clear_former, store
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.finding import findings_of, summed_up
from stockflow_functions.domain.prices.parquet import decode, empty_table
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def save(event: SaveEvent, services: Services) -> Saved:
    """Merges, and writes the object if something changed, with the outcome noted on it; else the symbol's record.

    A run that leaves the dataset alone writes the record only: what would have been added and changed.

    Raises:
        BadPrices: the staged table is gone, or a newer release wrote the stored one.
        WriteConflict: other runs were faster every time.
    """
    run, symbol, table = event["run"], event["symbol"], event["table"]
    exchange = services.vendor.exchange_of(symbol)
    target = Target(services.bucket, run["execution"], SERIES[run["series"]], symbol, table["fetched_at"], exchange)
    new = _staged(target, table["key"])
    outcome_of = partial(_outcome, symbol, table)
    saves, clock = run.get("saves", True), services.clock
    try:
        done = store(target, new, outcome_of, full=table["full"], force=run["force"], clock=clock, writes=saves)
        if saves:
            clear_former(target)
    except NewerTableError as error:
        raise BadPrices(f"{target.key} stays as it is: {error}. Update this release.") from None
    return _passed_on(done, services.bucket, run["execution"])


def _passed_on(done: Stored, bucket: Bucket, execution: str) -> Saved:
    """What the state gives on; an outcome that is not noted on the object, or not whole, has a record."""
    outcome = done.outcome
    short = is_short(outcome)
    if outcome.status != SAVED or not short:
        bucket.put_json(keys.symbol_record(execution, outcome.symbol), outcome.as_dict())
    return {
        "symbol": outcome.symbol,
        "status": outcome.status,
        "rows_added": outcome.rows_added,
        "rows_changed": outcome.rows_changed,
        "rows_unchanged": done.rows_unchanged,
        "first_date": outcome.first_date,
        "last_date": outcome.last_date,
        "outcome": outcome.as_dict() if short else None,
    }


def _staged(target: Target, key: str | None) -> pd.DataFrame:
    if key is None:
        return empty_table(target.series)
    staged = target.bucket.get(key)
    if staged is None:
        raise BadPrices(f"The staged table {key} is missing from the bucket: run {target.symbol} again.")
    try:
        return decode(staged.body, target.series, target.symbol).table
    except NotATableError as error:
        reread(target.bucket, key, staged.body)
        raise BadPrices(f"The staged table {key} can't be used: {error}. Run {target.symbol} again.") from None


def _outcome(symbol: str, table: Table, done: Change) -> SymbolOutcome:
    of_answer = findings_of(table["warnings"], table.get("found", {}))
    warnings, found = summed_up([*done.findings, *of_answer])
    return SymbolOutcome(
        symbol,
        done.status,
        attempts=table["attempts"],
        rows_added=done.rows_added,
        rows_changed=done.rows_changed,
        rows_rejected=table["rows_rejected"],
        first_date=done.first_date,
        last_date=done.last_date,
        stale=table["stale"] or done.stale,
        restated=done.restated,
        warnings=tuple(warnings),
        found=found,
    )


def call_of(event: SaveEvent) -> Call:
    """Which call of Save it is."""
    return call_for(event["run"], event["symbol"], event["retry_count"])


def _failed(event: SaveEvent, failure: Failure, _error: Exception) -> SymbolRecord:
    return not_saved(event["symbol"], failure, event["table"]["attempts"])


handler = StateFunction("Save", save, call_of, outcome=_failed, clients=("s3",))
