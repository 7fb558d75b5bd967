"""What a function instance works with: settings, clock, and the clients, each made when it is first asked for."""

import os
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import cached_property, lru_cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import Clock, SystemClock
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger
from stockflow_functions.vendors import DEFAULT, vendor_named
from stockflow_functions.vendors.port import Vendor

SECRET_NAMES = (
    vendor_named(DEFAULT).key_variable,
    "SLACK_WEBHOOK_URL_INFO",
    "SLACK_WEBHOOK_URL_WARNING",
    "SLACK_WEBHOOK_URL_ERROR",
)
VENDOR = "vendor"
"""Among the clients of a state, that of the vendor of prices."""
SECRET_MAX_AGE_SECONDS = 300
AWS_CALLS = Config(connect_timeout=2, read_timeout=6, retries={"mode": "standard", "total_max_attempts": 3})
"""A service that hangs is given up, as is the record of it, before the Task is: tests/contract/test_time_outs.py."""


class Services:
    """One instance's equipment; all of it can be handed in. ``emit`` takes lines of metrics, as Lambda takes prints."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        redactor: Redactor | None = None,
        logger: Logger | None = None,
        session: Any = None,
        emit: Callable[[str], None] = print,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.redactor = redactor or Redactor()
        self.logger = logger or make_logger(self.redactor)
        self.emit = emit
        self._session = session or boto3.session.Session(region_name=settings.region)
        self._clients: dict[str, Any] = {}
        self._secrets: dict[str, str] = {}
        self._secrets_read_ms: int | None = None

    def client(self, name: str) -> Any:
        """The instance's boto3 client of that service, with this project's time-outs and retries."""
        if name not in self._clients:
            self._clients[name] = self._session.client(name, region_name=self.settings.region, config=AWS_CALLS)
        return self._clients[name]

    def make_ready(self, clients: Iterable[str]) -> None:
        """Makes these clients now, and what else their first request would wait for; it makes no request."""
        for name in clients:
            if name == VENDOR:
                self.vendor.prepare()
            else:
                self.client(name)
            if name == "secretsmanager":
                _ = self._secrets_provider

    @cached_property
    def vendor(self) -> Vendor:
        """Whose prices are fetched."""
        return vendor_named(self.settings.vendor)

    @cached_property
    def bucket(self) -> Bucket:
        """The dataset's bucket."""
        return Bucket(self.client("s3"), self.settings.bucket)

    def below(self, prefix: str) -> "Services":
        """The same equipment with the bucket below this prefix; the very same where there is none."""
        if not prefix:
            return self
        other = copy(self)
        other.bucket = self.bucket.below(prefix)
        return other

    @cached_property
    def dynamodb(self) -> Any:
        """The DynamoDB client of the state table."""
        return self.client("dynamodb")

    @cached_property
    def sns(self) -> Any:
        """The SNS client."""
        return self.client("sns")

    @cached_property
    def _secrets_provider(self) -> Any:
        # Imported here: Powertools' parameters take 60 ms that Plan, Transform and Save never need.
        from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415

        return SecretsProvider(boto3_client=self.client("secretsmanager"))

    def secret(self, name: str) -> str:
        """One value of the secret (see ``SECRET_NAMES``), or "" where it is not set; read again every five minutes.

        Raises:
            StorageDenied: there is no such secret, or this role may not read it.
            StorageUnavailable: Secrets Manager does not answer.
        """
        now_ms = self.clock.now_ms()
        if self._secrets_read_ms is None or now_ms - self._secrets_read_ms > SECRET_MAX_AGE_SECONDS * 1000:
            self._secrets = self._read_secrets()
            self._secrets_read_ms = now_ms
        return self._secrets.get(name, "")

    def _read_secrets(self) -> dict[str, str]:
        from aws_lambda_powertools.utilities.parameters.exceptions import (  # noqa: PLC0415 # as above
            GetParameterError,
            TransformParameterError,
        )

        try:
            values = self._secrets_provider.get(self.settings.secret_id, transform="json", force_fetch=True)
        except TransformParameterError:
            raise StorageDenied(f"The secret {self.settings.secret_id} is not a JSON object of strings.") from None
        except GetParameterError as error:
            cause = error.__cause__ or error.__context__
            code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
            if isinstance(cause, ClientError) and code in {"AccessDeniedException", "ResourceNotFoundException"}:
                raise StorageDenied(
                    f"The secret {self.settings.secret_id} can't be read ({code}): create it, or grant it to this role."
                ) from None
            raise StorageUnavailable(f"Secrets Manager did not give {self.settings.secret_id} ({code}).") from None
        except (ClientError, BotoCoreError) as error:
            raise StorageUnavailable(
                f"Secrets Manager did not give {self.settings.secret_id} ({type(error).__name__})."
            ) from None
        if not isinstance(values, dict):
            raise StorageDenied(f"The secret {self.settings.secret_id} is not a JSON object of strings.")
        known = {*SECRET_NAMES, self.vendor.key_variable}
        texts = {name: str(value).strip() for name, value in values.items() if name in known}
        self.redactor.learn(*texts.values())
        return texts


@lru_cache(maxsize=1)
def services_of_this_instance() -> Services:
    """The equipment of a Lambda instance, from its environment variables; made once."""
    return from_environment(os.environ)


def from_environment(environment: Mapping[str, str]) -> Services:
    """The equipment that these environment variables describe.

    Raises:
        InvalidInput: a variable can't be used.
    """
    return Services(Settings.from_environment(environment))
