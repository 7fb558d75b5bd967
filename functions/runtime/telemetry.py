"""Logs, metrics and traces, with Powertools: JSON lines that carry execution, symbol and attempt, and no secret."""

import json
import logging
import sys
from collections.abc import Mapping
from itertools import count
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from stockflow_functions.domain.redaction import Redactor

SERVICE = "stockflow"
NAMESPACE = "stockflow"
_numbers = count(1)

# At DEBUG they log whole requests and answers, secrets in them, and Lambda's log level would switch that on for all. At
# INFO each cold start would say where it found credentials and what it patched.
for _library in ("aws_xray_sdk", "boto3", "botocore", "urllib3"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class RedactingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON line, with every secret masked after it is complete.

    It can be written as UTF-8: JSON from outside may hold half a surrogate pair, for which a handler drops the line.
    """

    def __init__(self, redactor: Redactor, **options: Any) -> None:
        super().__init__(**options)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record)).encode(errors="backslashreplace").decode()


def make_logger(redactor: Redactor, handler: logging.Handler | None = None) -> Logger:
    """The logger of one function instance; without a handler it writes to standard output, as Lambda expects.

    A process may have several, each with a handler. Powertools configures a name once, so each gets a name of its own.
    """
    return Logger(
        service=SERVICE if handler is None else f"{SERVICE}-{next(_numbers)}",
        logger_handler=handler or logging.StreamHandler(sys.stdout),
        logger_formatter=RedactingFormatter(redactor, utc=True, use_rfc3339=True),
    )


def metrics_line(
    state: str | None, counts: Mapping[str, float], milliseconds: Mapping[str, float], stack: str = SERVICE
) -> str:
    """One line in CloudWatch's embedded metric format, with the stack (``service``) and the state as dimensions.

    Without a state the metrics are those of the run as a whole.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=stack)
    if state:
        metrics.add_dimension("state", state)
    for name, value in counts.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    for name, value in milliseconds.items():
        metrics.add_metric(name, MetricUnit.Milliseconds, value)
    return json.dumps(metrics.serialize_metric_set())
