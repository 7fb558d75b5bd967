"""Save: merges the staged table into the symbol's Parquet object with a conditional write, and leaves the record."""

from typing import Any

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.confirm import confirm
from stockflow_functions.daily_prices.outcome import SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.daily_prices.save.store import Stored, Target, clear_former, store
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.prices.parquet import NewerTableError, NotATableError, decode, empty_table
from stockflow_functions.domain.prices.sentences import bounded
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import Event, StateFunction


def save(event: Event, services: Services) -> dict[str, Any]:
    """Merges, writes where something changed, then writes the symbol's record. In and out: docs/contracts.md.

    Raises:
        BadPrices: the staged table is gone, or a newer release wrote the stored one.
        WriteConflict: other runs were faster every time.
    """
    run, symbol, table = event["run"], event["symbol"], event["table"]
    exchange = services.vendor.exchange_of(symbol)
    target = Target(
        services.bucket, run["execution"], SERIES[run["series"]], symbol, table.get("fetched_at", ""), exchange
    )
    new = _staged(target, table["key"])
    try:
        choices = {"full": table.get("full", False), "force": run.get("force", False)}
        done = store(target, new, **choices, sleep=services.clock.sleep)
        clear_former(target)
    except NewerTableError as error:
        raise BadPrices(f"{target.key} stays as it is: {error}. Update this release.") from None
    outcome = _outcome(done, symbol, table)
    services.bucket.put_json(keys.symbol_record(run["execution"], symbol), outcome.as_dict())
    told = ("symbol", "status", "rows_added", "rows_changed", "first_date", "last_date")
    return {**{name: getattr(outcome, name) for name in told}, "rows_unchanged": done.rows_unchanged}


def _staged(target: Target, key: str | None) -> pd.DataFrame:
    if key is None:
        return empty_table(target.series)
    staged = target.bucket.get(key)
    if staged is None:
        raise BadPrices(f"The staged table {key} is not in the bucket (any more): run {target.symbol} again.")
    try:
        return decode(staged.body, target.series, target.symbol).table
    except NotATableError as error:
        confirm(target.bucket, key, staged.body)
        raise BadPrices(f"The staged table {key} can't be used: {error}. Run {target.symbol} again.") from None


def _outcome(done: Stored, symbol: str, table: dict[str, Any]) -> SymbolOutcome:
    return SymbolOutcome(
        symbol,
        SAVED if done.written else UNCHANGED,
        attempts=table.get("attempts", 1),
        rows_added=done.rows_added,
        rows_changed=done.rows_changed,
        rows_rejected=table.get("rows_rejected", 0),
        first_date=done.first_date,
        last_date=done.last_date,
        stale=table.get("stale", False) or done.stale,
        restated=done.restated,
        warnings=tuple(bounded([*done.sentences, *table.get("warnings", ())])),
    )


handler = StateFunction("Save", save, ("s3",))
