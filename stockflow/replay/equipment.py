"""What a replayed handler works with: the run's settings and objects, and clients without effect."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from stockflow.errors import CommandFailed
from stockflow.history.json_values import object_in, text_in
from stockflow.local_servers.server import without_proxy
from stockflow.local_servers.slack_inbox import CHANNELS, SlackInbox
from stockflow.replay.objects import Objects
from stockflow.replay.overlay import EmptyTable, HeldSession, MadeSecret, OverlayS3
from stockflow.replay.vendor import StoredVendor, stored_answer
from stockflow.replay.visit import CalledState
from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger
from stockflow_functions.runtime.workflow import NotRecalledError, Then
from stockflow_functions.vendors import vendor_named


@dataclass(frozen=True)
class Equipment:
    """The services to hand to the handler, and what is reported about them afterwards."""

    services: Services
    s3: OverlayS3
    table: EmptyTable
    slack: SlackInbox
    warnings: list[str]


class StoppedClock:
    """Shows the time of the run, which is sometimes part of an answer. Sleeping takes no time.

    An answer may have come before its slot, by a clock behind the workflow's: then it does so again.
    """

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms

    def sleep(self, seconds: float) -> None:
        pass


@contextmanager
def equipped(call: CalledState, settings: Settings, then: Objects, now: Objects) -> Iterator[Equipment]:
    """The equipment for one call.

    Args:
        call: what is called.
        settings: the function's.
        then: the run's objects as they were when the state began.
        now: the same objects as they are now, including what the state itself stored.

    Raises:
        CommandFailed: the state asks the vendor, and the run stored no answer; or what it worked on is gone.
    """
    with patch.dict(os.environ, without_proxy(os.environ)), SlackInbox() as slack, _vendor(call, now) as base_url:
        made = replace(settings, sns_topic_arn="", vendor_base_url=base_url or settings.vendor_base_url)
        webhooks = {f"SLACK_WEBHOOK_URL_{channel.upper()}": slack.url(channel) for channel in CHANNELS}
        s3, table = OverlayS3(then, _hidden(call)), EmptyTable()
        secret = MadeSecret({vendor_named(settings.vendor).key_variable: "replayed", **webhooks})
        redactor, warnings = Redactor(), _Warnings()
        services = Services(
            made,
            clock=StoppedClock(moment_of(call)),
            redactor=redactor,
            logger=make_logger(redactor, warnings),
            session=HeldSession({"s3": s3, "dynamodb": table, "secretsmanager": secret, **_recalled(call, now)}),
            emit=lambda _line: None,
        )
        yield Equipment(services, s3, table, slack, warnings.said)


@contextmanager
def _vendor(call: CalledState, now: Objects) -> Iterator[str]:
    """The URL of the vendor's stored answer; "" for states that do not ask the vendor."""
    if call.function not in call.workflow.asking:
        yield ""
        return
    with StoredVendor(stored_answer(call, now)) as vendor:
        yield vendor.url


def _recalled(call: CalledState, now: Objects) -> Mapping[str, Any]:
    """Clients that answer as other services of AWS did in that call."""
    clients_of = call.workflow.recalled.get(call.function)
    if clients_of is None:
        return {}

    def stored(key: str) -> bytes | None:
        found = now.get(call.prefix + key)
        return None if found is None else found.body

    failure = call.failure
    error, message = (failure.error, failure.message) if failure else ("", "")
    try:
        return clients_of(Then(call.payload, object_in(call.answer), error, message, stored))
    except NotRecalledError as gone:
        raise CommandFailed(str(gone)) from None


def moment_of(call: CalledState) -> int:
    """When it was called; for a function that asks somebody, when the answer came, according to its output."""
    asks = call.function in call.workflow.asking or call.function in call.workflow.recalled
    answer = object_in(call.answer) if asks else {}
    times = [text_in(part.get("fetched_at")) for part in (answer, *map(object_in, answer.values()))]
    return next((from_iso(time) for time in times if time), call.scheduled_ms)


def _hidden(call: CalledState) -> frozenset[str]:
    """Hides the notification marker, which the notifier itself wrote: with it, there would be nothing to report."""
    if call.function != call.workflow.notifier:
        return frozenset()
    return frozenset({f"{call.prefix}{keys.notification_marker(call.execution)}"})


class _Warnings(logging.Handler):
    """Keeps the handler's warnings; its failures have tracebacks of their own."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.exc_info:
            reason = getattr(record, "reason", "")
            self.said.append(f"{record.getMessage()}{': ' if reason else ''}{reason}")
