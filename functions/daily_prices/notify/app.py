"""Notify: writes the manifest of a run, then tells people.

Four reports come here: ``summary`` at the end of the workflow, ``failure`` from its error notifier, and from
EventBridge ``event``, for what no Catch can see, and ``alarm``, for what only CloudWatch does.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests

from stockflow_functions.aws import keys
from stockflow_functions.channels.delivery import Channels, Delivery
from stockflow_functions.daily_prices.notify.failed_run import FailedRun, Traces
from stockflow_functions.daily_prices.notify.failure import read_error
from stockflow_functions.daily_prices.notify.manifest import failure_manifest, run_metrics, summary_manifest
from stockflow_functions.daily_prices.notify.quota import give_slots_back, quota_now, remember_deferred
from stockflow_functions.daily_prices.notify.records import read_json, read_records
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.daily_prices.notify.told import Told
from stockflow_functions.daily_prices.outcome import FAILED
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.messages.alarm import alarm_message
from stockflow_functions.domain.messages.message import KINDS, Message
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import Event, StateFunction
from stockflow_functions.runtime.telemetry import metrics_line

Manifest = dict[str, Any]


def notify(event: Event, services: Services) -> dict[str, Any]:
    """Reports a run; gives ``{outcome, end_as_failed, sentence}``.

    Raises:
        NotificationFailed: channels are set up, and none of them took the message.
        StorageUnavailable, StorageDenied: the manifest of a summary could not be written, or no webhook be read.
    """
    if event["report"] == "summary":
        return _report_summary(event, services)
    if event["report"] == "alarm":
        return _report_alarm(event["event"], services)
    run = FailedRun.from_notifier(event) if event["report"] == "failure" else FailedRun.from_event(event["event"])
    if run is None:
        return {"outcome": "skipped", "end_as_failed": False, "sentence": "The run did not fail."}
    if event["report"] == "event":  # the error notifier reports while the run may still have requests under way
        give_slots_back(run.execution, services)
    return _report_failure(run, event, services)


def _report_summary(event: Event, services: Services) -> dict[str, Any]:
    plan = _whole(event["plan"], services)
    execution = plan["run"]["execution"]
    records = read_records(services.bucket, execution, services.logger.warning)
    manifest = _completed(summary_manifest(plan, records, to_iso(services.clock.now_ms())), services)
    services.bucket.put_json(keys.manifest(execution), manifest)
    remember_deferred(manifest, services)
    failed = any(symbol["status"] == FAILED for symbol in manifest["symbols"])
    end_as_failed = failed and services.settings.fail_run_on_symbol_failure
    told = Told(services.bucket, execution, services.clock)
    claim = told.claim("summary", red=end_as_failed, again=_is_retry(event))
    if claim:
        told.fulfil(claim, lambda: _tell(manifest, services))
    return {"outcome": manifest["outcome"], "end_as_failed": end_as_failed, "sentence": manifest["sentence"]}


def _whole(plan: dict[str, Any], services: Services) -> dict[str, Any]:
    """The plan with every deferred symbol: where they are many, the state has only the first ones."""
    if not plan.get("deferred_more"):
        return plan
    key = keys.plan(plan["run"]["execution"])
    stored = read_json(services.bucket, key)
    if not stored:
        services.logger.warning("%s can't be read: %s deferred symbols are not named", key, plan["deferred_more"])
        return plan
    return {**plan, "deferred": stored["deferred"]}


def _report_failure(run: FailedRun, event: Event, services: Services) -> dict[str, Any]:
    told = Told(services.bucket, run.execution, services.clock)
    claim = told.claim(event["report"], red=True, again=_is_retry(event))
    sentence = "People have been told already."
    if claim:
        manifest = _investigate(run, services)
        sentence = manifest["sentence"]
        told.fulfil(claim, lambda: _tell(manifest, services))
    return {"outcome": "failed", "end_as_failed": True, "sentence": sentence}


def _report_alarm(event: Event, services: Services) -> dict[str, Any]:
    """Not to the topic, to which the alarm itself publishes."""
    message = alarm_message(event)
    if message:
        _send(message, replace(_channels(services), topic_arn=""), services)
    return {"outcome": "alarm", "end_as_failed": False, "sentence": message.title if message else "The alarm is over."}


def _investigate(run: FailedRun, services: Services) -> Manifest:
    """The manifest of a failed run, written where S3 lets it; people hear of the run even where it does not."""
    traces = Traces.read(services.bucket, run.execution, services.logger.warning)
    name, message = read_error(run.error_output)
    failure = traces.failure(name, services.redactor.clean(message))
    manifest = _completed(failure_manifest(run, traces, failure, to_iso(services.clock.now_ms())), services)
    try:
        services.bucket.put_json(keys.manifest(run.execution), manifest)
        remember_deferred(manifest, services)
    except StockflowError as error:
        services.logger.warning("the failed run could not be noted down", extra={"reason": str(error)})
    return manifest


def _completed(manifest: Manifest, services: Services) -> Manifest:
    """The manifest with what only the equipment knows: the day's quota as it is now, and where prices come from."""
    requests = manifest["requests"]
    if requests["made"]:
        try:
            requests = {**requests, **quota_now(services)}
        except StockflowError as error:
            services.logger.warning("the budget can't be read", extra={"reason": str(error)})
    source = urlsplit(services.settings.vendor_base_url).hostname or ""
    return {**manifest, "requests": requests, "source": source}


def _tell(manifest: Manifest, services: Services) -> list[str]:
    """Sends the message and the run's metrics; gives the channels that took it."""
    taken = _send(report(manifest, services.vendor), _channels(services), services)
    services.emit(metrics_line(None, *run_metrics(manifest), services.settings.stack))
    return taken


def _send(message: Message, channels: Channels, services: Services) -> list[str]:
    sns = services.sns if channels.topic_arn else None
    taken = Delivery(channels, _session(), sns, services.clock, services.logger).send(message)
    services.logger.info("people were told", extra={"channels": taken})
    return taken


def _channels(services: Services) -> Channels:
    topic_arn = services.settings.sns_topic_arn
    try:
        webhooks = {kind: services.secret(f"SLACK_WEBHOOK_URL_{kind.upper()}") for kind in KINDS}
    except StockflowError as error:
        if not topic_arn:
            raise
        services.logger.warning("the webhooks can't be read, the topic has to do", extra={"reason": str(error)})
        webhooks = {}
    return Channels(webhooks, topic_arn)


@lru_cache(maxsize=1)
def _session() -> requests.Session:
    """One session per function instance: its connection is kept for the next run."""
    session = requests.Session()
    session.headers["User-Agent"] = "stockflow"
    return session


def _is_retry(event: Event) -> bool:
    return int(event.get("retry_count", 0)) > 0


handler = StateFunction("Notify", notify, ("s3", "dynamodb", "secretsmanager", "sns"))
