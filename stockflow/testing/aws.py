"""What a function works with, all of it in memory."""

import io
import logging
from collections.abc import Mapping
from typing import Any

from stockflow.testing.clock import FakeClock
from stockflow.testing.comprehend import FakeComprehend
from stockflow.testing.dynamodb import FakeDynamoDb
from stockflow.testing.executions import FakeExecutions
from stockflow.testing.s3 import FakeS3
from stockflow.testing.secrets_manager import FakeSecrets
from stockflow.testing.sns import FakeSns
from stockflow.testing.transcribe import FakeTranscribe
from stockflow.testing.virtual_time import VirtualTime
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger


class FakeAws:
    """The stores of one stack, and the functions' ``Services`` on them.

    >>> aws = FakeAws(REQUESTS_PER_DAY="25")
    >>> aws.services.bucket.put_json("runs/one/plan.json", {"work": []})
    >>> aws.s3.json("runs/one/plan.json")
    {'work': []}
    >>> aws.services.clock.now_ms() == aws.clock.now_ms()
    True

    Args:
        clock: the time of the functions and of the bucket; a ``FakeClock`` where none is given.
        secrets: what is in the secret; an API key where none is given.
        variables: the functions' environment variables, by name.

    Attributes:
        services: what the function's handler is given.
        emitted: the lines of metrics.
        log: what was logged, one JSON object a line.
    """

    def __init__(
        self,
        clock: FakeClock | VirtualTime | None = None,
        secrets: Mapping[str, str] | None = None,
        **variables: str,
    ) -> None:
        self.clock = clock or FakeClock()
        self.s3, self.dynamodb, self.sns = FakeS3(self.clock), FakeDynamoDb(), FakeSns()
        self.transcribe, self.comprehend = FakeTranscribe(self.s3, self.clock), FakeComprehend()
        self.stepfunctions = FakeExecutions()
        self.secrets = FakeSecrets({"ALPHA_VANTAGE_API_KEY": "SECRETKEY1234567"} if secrets is None else secrets)
        self.emitted: list[str] = []
        self.log = io.StringIO()
        self._variables = variables
        self.services = self.services_with()

    def services_with(self, **variables: str) -> Services:
        """Those of another function instance on the same stores, for which these variables are set otherwise.

        >>> aws = FakeAws(REQUESTS_PER_MINUTE="30")
        >>> aws.services_with(REQUESTS_PER_MINUTE="5").settings.requests_per_minute
        5.0

        Raises:
            InvalidInput: a variable can't be used.
        """
        redactor = Redactor()
        return Services(
            Settings.from_environment({**self._variables, **variables}),
            clock=self.clock,
            redactor=redactor,
            logger=make_logger(redactor, logging.StreamHandler(self.log)),
            session=self,
            emit=self.emitted.append,
        )

    def client(self, name: str, **_: object) -> Any:
        """The fake client, as a boto3 session gives its own, by the service's name, such as ``s3``."""
        return {
            "s3": self.s3,
            "dynamodb": self.dynamodb,
            "secretsmanager": self.secrets,
            "sns": self.sns,
            "transcribe": self.transcribe,
            "comprehend": self.comprehend,
            "stepfunctions": self.stepfunctions,
        }[name]
