"""What can be set, by environment variables, read once when a function starts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self
from zoneinfo import ZoneInfo

from functions.errors import InvalidInput

HOURS = range(24)


def _setting(variable: str, description: str, default: Any) -> Any:
    return field(default=default, metadata={"variable": variable, "description": description})


@dataclass(frozen=True)
class Settings:
    """The settings of all functions; ``description`` and the variable's name are in each field's metadata."""

    bucket: str = _setting("S3_BUCKET", "The bucket of the dataset.", "stockflow")
    region: str = _setting("AWS_REGION", "The region of the bucket, the table and the secret.", "us-east-1")
    table: str = _setting(
        "STATE_TABLE", "The DynamoDB table of the request budget and the deferred symbols.", "stockflow"
    )
    secret_id: str = _setting("SECRET_ID", "The Secrets Manager secret with the API key and the webhooks.", "stockflow")
    sns_topic_arn: str = _setting("SNS_TOPIC_ARN", "An SNS topic that gets every message too; empty for none.", "")
    stock_symbols: str = _setting("STOCK_SYMBOLS", "Symbols of a run that names none, comma-separated.", "")
    alpha_vantage_base_url: str = _setting(
        "ALPHA_VANTAGE_BASE_URL", "Where Alpha Vantage answers.", "https://www.alphavantage.co/query"
    )
    requests_per_minute: float = _setting(
        "REQUESTS_PER_MINUTE", "How many requests a minute the plan behind the key allows.", 30.0
    )
    requests_per_day: int = _setting(
        "REQUESTS_PER_DAY", "How many requests a day the plan allows; 0 for no daily limit.", 25
    )
    quota_reset_time_zone: str = _setting(
        "QUOTA_RESET_TIME_ZONE", "The time zone of the hour at which the day's quota starts anew.", "America/New_York"
    )
    quota_reset_hour: int = _setting("QUOTA_RESET_HOUR", "That hour, 0 to 23.", 0)
    budget_name: str = _setting(
        "BUDGET_NAME",
        "The name of the request budget; stacks that share an API key share the name and the table.",
        "alpha-vantage",
    )
    max_slot_ahead_seconds: int = _setting(
        "MAX_SLOT_AHEAD_SECONDS", "A run whose last slot would be further ahead than this is refused.", 86_400
    )
    fail_run_on_symbol_failure: bool = _setting(
        "FAIL_RUN_ON_SYMBOL_FAILURE", "Whether a run in which a symbol failed ends as failed (red).", True
    )
    stack: str = _setting(
        "STACK_NAME", "The dimension that tells this stack's metrics from those of others in the account.", "stockflow"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads the variables; those that are absent or empty keep their defaults.

        Raises:
            InvalidInput: a value can't be what its setting needs; the message names the variable.
        """
        values: dict[str, Any] = {}
        for item in fields(cls):
            text = environment.get(item.metadata["variable"], "").strip()
            if text:
                values[item.name] = _parse(item.metadata["variable"], text, item.default)
        settings = cls(**values)
        settings._check()
        return settings

    def _check(self) -> None:
        if not 0 < self.requests_per_minute < math.inf:
            raise InvalidInput(
                f"REQUESTS_PER_MINUTE is {self.requests_per_minute:g}; write a number above 0, such as 30."
            )
        if self.requests_per_day < 0:
            raise InvalidInput(
                f"REQUESTS_PER_DAY is {self.requests_per_day}; write a whole number such as 25, or 0 for no limit."
            )
        if self.quota_reset_hour not in HOURS:
            raise InvalidInput(f"QUOTA_RESET_HOUR is {self.quota_reset_hour}; write an hour from 0 to 23.")
        if self.max_slot_ahead_seconds <= 0:
            raise InvalidInput(
                f"MAX_SLOT_AHEAD_SECONDS is {self.max_slot_ahead_seconds}; write seconds above 0, such as 86400."
            )
        try:
            ZoneInfo(self.quota_reset_time_zone)
        except (ValueError, OSError):
            raise InvalidInput(
                f"QUOTA_RESET_TIME_ZONE is {self.quota_reset_time_zone!r}; write a time zone such as America/New_York."
            ) from None


def _parse(variable: str, text: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
        return type(default)(text)
    except (KeyError, ValueError):
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise InvalidInput(f"{variable} is {text!r}; write {kind}, such as {default}.") from None
