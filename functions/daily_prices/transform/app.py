"""Transform: turns the vendor's raw answer into a checked, tidy table, staged as Parquet."""

import gzip
import zlib

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.reread import reread
from stockflow_functions.daily_prices.calls import call_for, not_saved
from stockflow_functions.daily_prices.contracts import SymbolRecord, Table, TransformEvent
from stockflow_functions.daily_prices.outcome import Failure
from stockflow_functions.daily_prices.slot import FULL, SPLITS
from stockflow_functions.daily_prices.stored import stored_table
from stockflow_functions.daily_prices.transform.question import (
    answered,
    ask,
    needs_history,
    needs_splits,
    unanswered,
)
from stockflow_functions.daily_prices.transform.splits import keep_splits, splits_of
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.prices.anomalies import find_anomalies, rejections
from stockflow_functions.domain.prices.finding import Finding, summed_up
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.schema import span
from stockflow_functions.domain.prices.series import SERIES, Step
from stockflow_functions.domain.prices.transforming import Transformed, staleness, transform_answer
from stockflow_functions.domain.words import counted
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def transform(event: TransformEvent, services: Services) -> Table:
    """Checks every bar of the answer and stages what may go into the dataset.

    Raises:
        BadPrices: the answer is gone, is not a series, or has only bars that were set aside.
        SlotMoved: one more request is needed to judge the answer, and has a slot.
    """
    run, symbol, bucket = event["run"], event["symbol"], services.bucket
    sent, exchange = services.vendor.read(_body(event, bucket)), services.vendor.exchange_of(symbol)
    fetched_ms = from_iso(event["answer"]["fetched_at"])
    done = transform_answer(sent, symbol, SERIES[run["series"]], exchange, fetched_ms=fetched_ms)
    aside = keys.rejected(run["execution"], symbol)
    if done.rejected:
        about = {"symbol": symbol, "series": run["series"], "answer": event["answer"]["key"]}
        bucket.put_json(aside, {**about, "rows": done.rejected})
    if done.table.empty and not done.left_out:
        raise BadPrices(f"None of the {counted(len(done.rejected), 'bar')} of {symbol} can be used: see {aside}.")
    stored = stored_table(bucket, SERIES[run["series"]], symbol)
    findings = rejections(done.rejected, aside)
    if not done.table.empty:
        questions, oddities = _judged(done, stored, event, bucket)
        open_questions = unanswered(event["answer"]) + _ask_first(questions, event, services)
        findings += [Finding("", sentence) for sentence in open_questions] + oddities
    stale = staleness([done.table, stored], done.as_of)
    return _staged(done, event, bucket, [*findings, *stale], stale=bool(stale))


def _body(event: TransformEvent, bucket: Bucket) -> bytes:
    """The vendor's answer, as it came."""
    symbol, answer = event["symbol"], event["answer"]
    raw = bucket.get(answer["key"])
    if raw is None:
        raise BadPrices(f"The answer {answer['key']} is missing from the bucket: run {symbol} again.")
    try:
        body = gzip.decompress(raw.body)
    except (OSError, EOFError, zlib.error):
        reread(bucket, answer["key"], raw.body)
        raise BadPrices(f"The answer {answer['key']} is incomplete: run {symbol} again.") from None
    return body


def _judged(
    done: Transformed, stored: pd.DataFrame, event: TransformEvent, bucket: Bucket
) -> tuple[list[str], list[Finding]]:
    """The questions that the table raises, and its anomalies; splits are read and kept only if the close jumped."""
    symbol, about = event["symbol"], []
    findings = find_anomalies(done.table, stored, done.as_of, {}, done.seen)
    questions = [FULL] if needs_history(done, stored) else []
    if findings.unexplained:
        if answered(event["answer"], SPLITS) and event["run"].get("saves", True):
            traded = done.table if done.as_of.series.step is Step.SESSION else done.table.iloc[:0]
            about = keep_splits(bucket, symbol, traded, done.as_of.today)
        known = splits_of(bucket, symbol)
        findings = find_anomalies(done.table, stored, done.as_of, known.factors, done.seen)
        questions += [SPLITS] if needs_splits(findings.unexplained, known) else []
    return questions, [Finding("", sentence) for sentence in about] + findings.findings


def _ask_first(questions: list[str], event: TransformEvent, services: Services) -> list[str]:
    """Asks the first question that this run has not asked yet; if no request is available, returns why."""
    new = [question for question in questions if question not in event["answer"].get("asked", {})]
    if not new:
        return []
    run = event["run"]
    spare = services.spare_events(run["execution"], run["spare_events"])
    return [ask(new[0], event["answer"], spare, services.budget)]


def _staged(done: Transformed, event: TransformEvent, bucket: Bucket, findings: list[Finding], *, stale: bool) -> Table:
    run, symbol, answer = event["run"], event["symbol"], event["answer"]
    key = None
    if not done.table.empty:
        key = keys.staged(run["execution"], symbol)
        bucket.put(key, encode(done.table, done.as_of.series))
    first, last = span(done.table)
    warnings, found = summed_up(findings)
    table: Table = {
        "key": key,
        "rows": len(done.table),
        "first_date": first,
        "last_date": last,
        "rows_rejected": len(done.rejected),
        "rows_left_out": done.left_out,
        "full": done.full,
        "fetched_at": answer["fetched_at"],
        "attempts": answer["attempts"],
        "stale": stale,
        "warnings": warnings,
    }
    if found:
        table["found"] = found
    return table


def call_of(event: TransformEvent) -> Call:
    """Which call of Transform it is."""
    return call_for(event["run"], event["symbol"], event["retry_count"])


def _failed(event: TransformEvent, failure: Failure, _error: Exception) -> SymbolRecord:
    return not_saved(event["symbol"], failure, event["answer"]["attempts"])


handler = StateFunction("Transform", transform, call_of, outcome=_failed, clients=("s3", "dynamodb"))
