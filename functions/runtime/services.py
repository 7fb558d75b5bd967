"""What a function instance works with: settings, clock, and clients, each made when first needed."""

import os
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import cached_property, lru_cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.aws.secret import Secret
from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.aws.state_table.history import SpareEvents
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.clock import Clock, SystemClock
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger
from stockflow_functions.vendors import vendor_named
from stockflow_functions.vendors.port import Vendor, key_variable_of

_WEBHOOKS = ("SLACK_WEBHOOK_URL_INFO", "SLACK_WEBHOOK_URL_WARNING", "SLACK_WEBHOOK_URL_ERROR")
VENDOR = "vendor"
"""Among the clients of a state, that of the vendor of prices."""
AWS_CALLS = Config(connect_timeout=2, read_timeout=6, retries={"mode": "standard", "total_max_attempts": 3})
"""A service that hangs, and the record of that, is given up before the Task: tests/contract/test_time_outs.py."""


def secret_names(vendor: str) -> tuple[str, ...]:
    """What the values of the secret are called: the API key of the vendor of that name, and the webhooks."""
    return (key_variable_of(vendor), *_WEBHOOKS)


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
        self._secret = Secret(
            lambda: self.client("secretsmanager"),
            settings.secret_id,
            secret_names(settings.vendor),
            self.clock,
            self.redactor,
        )

    def client(self, name: str) -> Any:
        """The instance's boto3 client of that service, with this project's time-outs and retries."""
        if name not in self._clients:
            self._clients[name] = self._session.client(name, region_name=self.settings.region, config=AWS_CALLS)
        return self._clients[name]

    def make_ready(self, clients: Iterable[str]) -> None:
        """Makes these clients now, without a request."""
        for name in clients:
            if name == VENDOR:
                self.vendor.prepare()
            else:
                self.client(name)

    @cached_property
    def vendor(self) -> Vendor:
        """Whose prices are fetched."""
        return vendor_named(self.settings.vendor)

    @cached_property
    def bucket(self) -> Bucket:
        """The dataset's bucket."""
        return Bucket(self.client("s3"), self.settings.bucket)

    def below(self, prefix: str) -> "Services":
        """The same equipment with the bucket below this prefix; itself where the prefix is empty."""
        if not prefix:
            return self
        other = copy(self)
        other.bucket = self.bucket.below(prefix)
        return other

    @cached_property
    def dynamodb(self) -> Any:
        """The DynamoDB client of the state table."""
        return self.client("dynamodb")

    @property
    def budget(self) -> BudgetStore:
        """The request budget that the settings name."""
        settings = self.settings
        return BudgetStore(self.dynamodb, settings.table, settings.budget_name, settings.terms, self.clock)

    @property
    def deferred(self) -> DeferredStore:
        """The dataset's deferred symbols."""
        return DeferredStore(self.dynamodb, self.settings.table, self.settings.bucket)

    @property
    def freshness(self) -> FreshnessStore:
        """What earlier runs know of the dataset's symbols."""
        return FreshnessStore(self.bucket, self.clock.sleep)

    def spare_events(self, execution: str, most: int) -> SpareEvents:
        """The spare events of this run's history, of which it may spend ``most``."""
        return SpareEvents(self.dynamodb, self.settings.table, (self.settings.bucket, execution), most, self.clock)

    @cached_property
    def sns(self) -> Any:
        """The SNS client."""
        return self.client("sns")

    def secret(self, name: str) -> str:
        """One value of the secret (see :func:`secret_names`), or "" if it is not set.

        Raises:
            StorageDenied: there is no such secret, or this role may not read it.
            StorageUnavailable: Secrets Manager does not answer.
        """
        return self._secret.value(name)


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
