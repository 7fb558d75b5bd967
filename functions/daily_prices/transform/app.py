"""Transform: the vendor's raw answer to a checked, tidy table, staged as Parquet."""

import gzip
import zlib
from typing import Any

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.confirm import confirm
from stockflow_functions.daily_prices.fetch.slot import FULL, SPLITS
from stockflow_functions.daily_prices.transform.context import splits_of, stored_table
from stockflow_functions.daily_prices.transform.question import ask, needs_history, needs_splits
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.prices.odd import rejections, review
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.schema import span
from stockflow_functions.domain.prices.sentences import bounded, counted
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.prices.transforming import Transformed, is_stale, transform_answer
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import Event, StateFunction


def transform(event: Event, services: Services) -> dict[str, Any]:
    """Checks every bar of the answer and stages what may go into the dataset. In and out: docs/contracts.md.

    Raises:
        BadPrices: the answer is gone, is no series, or every bar of it was set aside.
        SlotMoved: one more request is needed to judge the answer, and has a slot.
    """
    run, symbol = event["run"], event["symbol"]
    done = _read_and_check(event, services)
    aside = keys.rejected(run["execution"], symbol)
    if done.rejected:
        about = {"symbol": symbol, "series": run["series"], "answer": event["answer"]["key"]}
        services.bucket.put_json(aside, {**about, "rows": done.rejected})
    if done.table.empty and not done.left_out:
        raise BadPrices(f"None of the {counted(len(done.rejected), 'bar')} of {symbol} can be used: see {aside}.")
    stored = stored_table(services.bucket, SERIES[run["series"]], symbol)
    warnings = rejections([row["check"] for row in done.rejected], aside)
    if not done.table.empty:
        warnings += _judged(done, stored, event, services)
    newest = max((table["date"].iloc[-1].date() for table in (done.table, stored) if len(table)), default=None)
    stale = newest is not None and is_stale(newest, done.as_of)
    if stale:
        warnings.append(f"Stale: the newest bar is of {newest}.")
    return {**_staged(done, event, services), "stale": stale, "warnings": bounded(warnings)}


def _read_and_check(event: Event, services: Services) -> Transformed:
    run, symbol, answer = event["run"], event["symbol"], event["answer"]
    raw = services.bucket.get(answer["key"])
    if raw is None:
        raise BadPrices(f"The answer {answer['key']} is not in the bucket (any more): run {symbol} again.")
    try:
        body = gzip.decompress(raw.body)
    except (OSError, EOFError, zlib.error):
        confirm(services.bucket, answer["key"], raw.body)
        raise BadPrices(f"The answer {answer['key']} is not whole: run {symbol} again.") from None
    sent, exchange = services.vendor.read(body), services.vendor.exchange_of(symbol)
    return transform_answer(sent, symbol, SERIES[run["series"]], exchange, fetched_ms=from_iso(answer["fetched_at"]))


def _judged(done: Transformed, stored: pd.DataFrame, event: Event, services: Services) -> list[str]:
    """What is odd in the table, in sentences; the splits are read, and asked for, only where the close jumped."""
    findings = review(done.table, stored, done.as_of, {}, done.seen)
    questions = [FULL] if needs_history(done, stored) else []
    if findings.unexplained:
        known = splits_of(services.bucket, event["symbol"])
        findings = review(done.table, stored, done.as_of, known.factors, done.seen)
        questions += [SPLITS] if needs_splits(findings.unexplained, known) else []
    return ask(questions, event, services) + findings.sentences


def _staged(done: Transformed, event: Event, services: Services) -> dict[str, Any]:
    run, symbol, answer = event["run"], event["symbol"], event["answer"]
    key = None
    if not done.table.empty:
        key = keys.staged(run["execution"], symbol)
        services.bucket.put(key, encode(done.table, done.as_of.series))
    first, last = span(done.table)
    return {
        "key": key,
        "rows": len(done.table),
        "first_date": first,
        "last_date": last,
        "rows_rejected": len(done.rejected),
        "rows_left_out": done.left_out,
        "full": done.full,
        "fetched_at": answer["fetched_at"],
        "attempts": answer.get("attempts", 1),
    }


handler = StateFunction("Transform", transform, ("s3", "dynamodb"))
