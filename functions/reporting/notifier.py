"""The notifier of a workflow: writes the manifest of a run, then notifies people.

It makes four reports: ``summary`` at the end of the workflow, ``failure`` from its error notifier, and from
EventBridge ``event``, for what no Catch can see, and ``alarm``, for what only CloudWatch does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, cast

from aws_lambda_powertools import Logger

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.channels.outlet import Outlet
from stockflow_functions.domain.clock import Clock, to_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.words import parsed
from stockflow_functions.reporting.alarm import alarm_message
from stockflow_functions.reporting.contracts import (
    AlarmStateChange,
    FailureEvent,
    NotifyEvent,
    Reported,
    RunFacts,
    StatusEvent,
    SummaryEvent,
)
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.failure import read_error
from stockflow_functions.reporting.notification_marker import NotificationMarker
from stockflow_functions.reporting.records import O, ended_outcomes
from stockflow_functions.reporting.reporter import M, Metrics, P, Reporter
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction
from stockflow_functions.runtime.telemetry import metrics_line

CLIENTS = ("s3", "secretsmanager", "sns")
"""The clients that every notifier needs."""


@dataclass(frozen=True)
class Desk:
    """What a notifier works with.

    Attributes:
        clean: masks every secret in a text.
        emit: takes a run's metrics.
        failure_is_red: whether a run in which an item failed ends as failed.
        switched_off: the switches that are off, by their variables.
    """

    bucket: Bucket
    outlet: Outlet
    clock: Clock
    logger: Logger
    clean: Callable[[str], str]
    emit: Callable[[Metrics], None]
    failure_is_red: bool
    switched_off: list[str]

    @classmethod
    def of(cls, services: Services) -> "Desk":
        """The desk with a function's services."""
        settings, clock, logger = services.settings, services.clock, services.logger
        topic_arn, slack = settings.sns_topic_arn, settings.slack_enabled
        sns = services.sns if topic_arn else None
        return cls(
            bucket=services.bucket,
            outlet=Outlet(services.secret, sns, topic_arn, clock, logger, slack=slack),
            clock=clock,
            logger=logger,
            clean=services.redactor.clean,
            emit=lambda metrics: services.emit(metrics_line(None, *metrics, settings.stack)),
            failure_is_red=settings.fail_run_on_symbol_failure,
            switched_off=settings.switched_off,
        )


def state_function(
    state: str, reporter_of: Callable[[Services], Reporter[P, O, M]], clients: tuple[str, ...] = ()
) -> StateFunction[NotifyEvent[P], Reported]:
    """The handler of a workflow's notifier; ``clients`` are those that its reporter needs besides :data:`CLIENTS`."""

    def notify(event: NotifyEvent[P], services: Services) -> Reported:
        return Notifier(reporter_of(services), Desk.of(services)).notify(event)

    return StateFunction(state, notify, call_of, clients=(*CLIENTS, *clients))


def call_of(event: NotifyEvent[P]) -> Call:
    """The run that a report is about; an alarm is about none."""
    if event["report"] == "summary":
        run = _facts_of(event["plan"])
        return Call(run["execution"], run["trigger"], attempt=event["retry_count"] + 1)
    if event["report"] == "failure":
        return Call(event["execution"], _trigger_of(event["input"]), attempt=event["retry_count"] + 1)
    if event["report"] == "event":
        detail = event["event"]["detail"]
        return Call(detail["name"], _trigger_of(parsed(detail.get("input"))))
    return Call()


class Notifier(Generic[P, O, M]):
    """Reports the runs of one workflow."""

    def __init__(self, reporter: Reporter[P, O, M], desk: Desk) -> None:
        self._reporter = reporter
        self._desk = desk

    def notify(self, event: NotifyEvent[P]) -> Reported:
        """Reports a run, or an alarm.

        Raises:
            NotificationFailed: channels are set up, and none of them took the message.
            StorageUnavailable, StorageDenied: a summary's manifest could not be written, or no webhook could be read.
        """
        if event["report"] == "summary":
            return self._report_summary(event)
        if event["report"] == "alarm":
            return self._report_alarm(event["event"])
        if event["report"] == "failure":
            return self._report_failure(FailedRun.from_notifier(event), event)
        run = FailedRun.from_event(event["event"])
        if run is None:
            return {"outcome": "skipped", "end_as_failed": False, "sentence": "The run did not fail."}
        # Only now: the error notifier reports while the run may still have requests under way.
        self._reporter.ended(run.execution)
        return self._report_failure(run, event)

    def _report_summary(self, event: SummaryEvent[P]) -> Reported:
        desk, reporter = self._desk, self._reporter
        execution = _facts_of(event["plan"])["execution"]
        records = ended_outcomes(desk.bucket, event["plan"], reporter.outcome_of, desk.logger.warning)
        manifest = self._with_switches(reporter.summary(event["plan"], records, self._now()))
        desk.bucket.put_json(keys.manifest(execution), manifest)
        reporter.noted(manifest)
        if not reporter.is_told(manifest):
            desk.emit(reporter.metrics(manifest))
            return {"outcome": manifest["outcome"], "end_as_failed": False, "sentence": manifest["sentence"]}
        end_as_failed = bool(manifest["error"]) or (desk.failure_is_red and reporter.any_failed(manifest))
        marker = NotificationMarker(desk.bucket, execution, desk.clock)
        claim = marker.claim("summary", red=end_as_failed, again=event["retry_count"] > 0)
        if claim:
            marker.fulfil(claim, lambda: self._tell(manifest))
        return {"outcome": manifest["outcome"], "end_as_failed": end_as_failed, "sentence": manifest["sentence"]}

    def _report_failure(self, run: FailedRun, event: FailureEvent | StatusEvent) -> Reported:
        marker = NotificationMarker(self._desk.bucket, run.execution, self._desk.clock)
        again = event["report"] == "failure" and event["retry_count"] > 0
        claim = marker.claim(event["report"], red=True, again=again)
        sentence = "People have been notified already."
        if claim:
            manifest = self._investigate(run)
            sentence = manifest["sentence"]
            marker.fulfil(claim, lambda: self._tell(manifest))
        return {"outcome": "failed", "end_as_failed": True, "sentence": sentence}

    def _report_alarm(self, event: AlarmStateChange) -> Reported:
        """Sends no message to the topic, to which the alarm itself publishes."""
        message = alarm_message(event)
        if message:
            self._desk.outlet.send(message, to_topic=False)
        sentence = message.title if message else "The alarm is over."
        return {"outcome": "alarm", "end_as_failed": False, "sentence": sentence}

    def _investigate(self, run: FailedRun) -> M:
        """The manifest of a failed run, written if S3 allows; people are notified of the run even if it does not."""
        desk, reporter = self._desk, self._reporter
        traces = Traces.read(desk.bucket, run.execution, reporter, desk.logger.warning)
        name, message = read_error(run.error_output)
        failure = traces.failure(name, desk.clean(message), reporter.workflow)
        manifest = self._with_switches(reporter.failure(run, traces, failure, self._now()))
        try:
            desk.bucket.put_json(keys.manifest(run.execution), manifest)
            reporter.noted(manifest)
        except StockflowError as error:
            desk.logger.warning("the failed run could not be recorded", extra={"reason": str(error)})
        return manifest

    def _with_switches(self, manifest: M) -> M:
        if self._desk.switched_off:
            manifest["switched_off"] = self._desk.switched_off
        return manifest

    def _tell(self, manifest: M) -> list[str]:
        """Sends the message, if the run is one to tell of, and its metrics; returns the channels that took it."""
        told = self._reporter.is_told(manifest)
        taken = self._desk.outlet.send(self._reporter.message(manifest)) if told else []
        if taken:
            self._reporter.heard(manifest)
        self._desk.emit(self._reporter.metrics(manifest))
        return taken

    def _now(self) -> str:
        return to_iso(self._desk.clock.now_ms())


def _facts_of(plan: Mapping[str, object]) -> RunFacts:
    # A TypedDict's fields are invariant, so that no bound of P can say that its run has these facts, and more.
    return cast("RunFacts", plan["run"])


def _trigger_of(workflow_input: object) -> object:
    return workflow_input.get("trigger") if isinstance(workflow_input, dict) else None
