"""Save: merges the staged table into the symbol's Parquet object with a conditional write, and writes the record."""

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.reread import reread
from stockflow_functions.daily_prices.calls import call_for, not_saved
from stockflow_functions.daily_prices.contracts import Saved, SaveEvent, SymbolRecord, Table
from stockflow_functions.daily_prices.outcome import SAVED, UNCHANGED, Failure, SymbolOutcome
from stockflow_functions.daily_prices.save.store import Stored, Target, clear_former, store
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.parquet import decode, empty_table
from stockflow_functions.domain.prices.sentences import bounded
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def save(event: SaveEvent, services: Services) -> Saved:
    """Merges, writes the object if something changed, then writes the symbol's record.

    Raises:
        BadPrices: the staged table is gone, or a newer release wrote the stored one.
        WriteConflict: other runs were faster every time.
    """
    run, symbol, table = event["run"], event["symbol"], event["table"]
    exchange = services.vendor.exchange_of(symbol)
    target = Target(services.bucket, run["execution"], SERIES[run["series"]], symbol, table["fetched_at"], exchange)
    new = _staged(target, table["key"])
    try:
        done = store(target, new, full=table["full"], force=run["force"], sleep=services.clock.sleep)
        clear_former(target)
    except NewerTableError as error:
        raise BadPrices(f"{target.key} stays as it is: {error}. Update this release.") from None
    outcome = _outcome(done, symbol, table)
    services.bucket.put_json(keys.symbol_record(run["execution"], symbol), outcome.as_dict())
    return {
        "symbol": symbol,
        "status": outcome.status,
        "rows_added": outcome.rows_added,
        "rows_changed": outcome.rows_changed,
        "first_date": outcome.first_date,
        "last_date": outcome.last_date,
        "rows_unchanged": done.rows_unchanged,
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


def _outcome(done: Stored, symbol: str, table: Table) -> SymbolOutcome:
    return SymbolOutcome(
        symbol,
        SAVED if done.written else UNCHANGED,
        attempts=table["attempts"],
        rows_added=done.rows_added,
        rows_changed=done.rows_changed,
        rows_rejected=table["rows_rejected"],
        first_date=done.first_date,
        last_date=done.last_date,
        stale=table["stale"] or done.stale,
        restated=done.restated,
        warnings=tuple(bounded([*done.sentences, *table["warnings"]])),
    )


def call_of(event: SaveEvent) -> Call:
    """Which call of Save it is."""
    return call_for(event["run"], event["symbol"], event["retry_count"])


def _failed(event: SaveEvent, failure: Failure, _error: Exception) -> SymbolRecord:
    return not_saved(event["symbol"], failure, event["table"]["attempts"])


handler = StateFunction("Save", save, call_of, outcome=_failed, clients=("s3",))
