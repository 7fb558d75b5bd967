"""The settings: environment variables, read once when a function starts."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from textwrap import shorten
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from stockflow_functions.domain.budget.arithmetic import Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.vendors import DEFAULT, vendor_named

HOURS = range(24)
SLOWEST_PER_MINUTE, FASTEST_PER_MINUTE = 0.001, 1_000_000
LONGEST_AHEAD_SECONDS = 366 * 86_400
"""An execution's own limit is a year (docs.aws.amazon.com/step-functions, "Service quotas")."""
MOST_IN_ONE_MAP = 200
"""Symbols: a state has 256 KiB at most, and a symbol's slot and outcome take up to 1 of them."""
SLACK_ENABLED, SAVE_TO_S3 = "SLACK_ENABLED", "SAVE_TO_S3"
"""The variables that switch a part of a run off."""
_BUDGET_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


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
    stock_symbols: str = _setting("STOCK_SYMBOLS", "The symbols of a run whose input names none, comma-separated.", "")
    vendor: str = _setting("PRICE_VENDOR", "Whose prices are fetched.", DEFAULT)
    vendor_base_url: str = _setting(
        "ALPHA_VANTAGE_BASE_URL", "Where Alpha Vantage answers.", vendor_named(DEFAULT).base_url
    )
    requests_per_minute: float = _setting(
        "REQUESTS_PER_MINUTE", "How many requests a minute the plan behind the key allows.", 30.0
    )
    requests_per_day: int = _setting(
        "REQUESTS_PER_DAY", "How many requests a day the plan allows; 0 for no daily limit.", 25
    )
    quota_reset_time_zone: str = _setting(
        "QUOTA_RESET_TIME_ZONE", "The time zone of the hour at which the day's quota is reset.", "America/New_York"
    )
    quota_reset_hour: int = _setting("QUOTA_RESET_HOUR", "That hour, 0 to 23.", 0)
    budget_name: str = _setting(
        "BUDGET_NAME",
        "The name of the request budget; stacks that share an API key share the name and the table.",
        DEFAULT,
    )
    max_slot_ahead_seconds: int = _setting(
        "MAX_SLOT_AHEAD_SECONDS", "A run whose last slot would be further ahead than this is refused.", 86_400
    )
    symbols_per_shard: int = _setting(
        "SYMBOLS_PER_SHARD", "How many symbols of a large run are planned at once, as one shard.", 40
    )
    most_symbols_inline: int = _setting(
        "MOST_SYMBOLS_INLINE", "A run that asks for more symbols than this runs in shards.", 200
    )
    fail_run_on_symbol_failure: bool = _setting(
        "FAIL_RUN_ON_SYMBOL_FAILURE", "Whether a run in which a symbol failed ends as failed (red).", True
    )
    slack_enabled: bool = _setting(
        SLACK_ENABLED, "Whether Slack hears of runs and alarms; with false the webhooks are not even read.", True
    )
    save_to_s3: bool = _setting(
        SAVE_TO_S3, "Whether runs write to the dataset; with false they say what they would have written.", True
    )
    speech_engine: str = _setting("SPEECH_ENGINE", "What writes recordings down, as rows name it.", "Amazon Transcribe")
    tone_engine: str = _setting("TONE_ENGINE", "What judges passages, as rows name it.", "Amazon Comprehend")
    call_language: str = _setting(
        "CALL_LANGUAGE", "The language of calls whose input names none, such as en-US; empty to have it identified.", ""
    )
    transcription_look_seconds: int = _setting(
        "TRANSCRIPTION_LOOK_SECONDS", "The seconds before the first look at a transcription job; later waits grow.", 20
    )
    stack: str = _setting(
        "STACK_NAME", "The dimension that distinguishes this stack's metrics from others in the account.", "stockflow"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads the variables; missing or empty ones keep their defaults, some of which are the vendor's.

        Raises:
            InvalidInput: a value does not fit its setting; the message names the variable.
        """
        values: dict[str, Any] = {}
        for item in fields(cls):
            text = environment.get(item.metadata["variable"], "").strip()
            if text:
                values[item.name] = _parse(item.metadata["variable"], text, item.default)
        vendor = vendor_named(values.get("vendor", DEFAULT))
        values["vendor_base_url"] = environment.get(vendor.url_variable, "").strip() or vendor.base_url
        settings = cls(**{"budget_name": vendor.name, **values})
        settings._check()
        return settings

    @property
    def switched_off(self) -> list[str]:
        """The switches that are off, by their variables."""
        switches = {SLACK_ENABLED: self.slack_enabled, SAVE_TO_S3: self.save_to_s3}
        return [name for name, on in switches.items() if not on]

    @property
    def terms(self) -> Terms:
        """The requests that these settings allow."""
        return Terms(
            interval_ms=math.ceil(60_000 / self.requests_per_minute),
            day_limit=self.requests_per_day,
            max_ahead_ms=self.max_slot_ahead_seconds * 1000,
            days=QuotaDays(self.quota_reset_time_zone, self.quota_reset_hour),
        )

    def _check(self) -> None:
        for wrong, sentence in self._rules():
            if wrong:
                raise InvalidInput(sentence)

    def _rules(self) -> Iterator[tuple[bool, str]]:
        """For each setting, whether it is unusable, and the sentence that says so."""
        yield (
            not SLOWEST_PER_MINUTE <= self.requests_per_minute <= FASTEST_PER_MINUTE,
            f"REQUESTS_PER_MINUTE is {self.requests_per_minute:g}; write a number above 0, such as 30.",
        )
        yield (
            self.requests_per_day < 0,
            f"REQUESTS_PER_DAY is {self.requests_per_day}; write a whole number such as 25, or 0 for no limit.",
        )
        yield (
            self.quota_reset_hour not in HOURS,
            f"QUOTA_RESET_HOUR is {self.quota_reset_hour}; write an hour from 0 to 23.",
        )
        yield (
            not 0 < self.max_slot_ahead_seconds <= LONGEST_AHEAD_SECONDS,
            f"MAX_SLOT_AHEAD_SECONDS is {self.max_slot_ahead_seconds}; write seconds above 0, such as 86400.",
        )
        yield (
            not 1 <= self.symbols_per_shard <= MOST_IN_ONE_MAP,
            f"SYMBOLS_PER_SHARD is {self.symbols_per_shard}; write 1 to {MOST_IN_ONE_MAP}, such as 40.",
        )
        yield (
            not 1 <= self.most_symbols_inline <= MOST_IN_ONE_MAP,
            f"MOST_SYMBOLS_INLINE is {self.most_symbols_inline}; write 1 to {MOST_IN_ONE_MAP}, such as 200.",
        )
        yield (
            not _is_time_zone(self.quota_reset_time_zone),
            f"QUOTA_RESET_TIME_ZONE is {self.quota_reset_time_zone!r}; write a time zone such as America/New_York.",
        )
        yield (
            not _BUDGET_NAME.fullmatch(self.budget_name),
            f"BUDGET_NAME is {shorten(repr(self.budget_name), 80)}; write 1 to 64 letters, digits, dots, - or _.",
        )
        yield (
            not _REGION.fullmatch(self.region),
            f"AWS_REGION is {self.region!r}; write a region such as us-east-1.",
        )
        yield (
            self.transcription_look_seconds < 1,
            f"TRANSCRIPTION_LOOK_SECONDS is {self.transcription_look_seconds}; write whole seconds from 1, such as 20.",
        )
        vendor = vendor_named(self.vendor)
        yield (
            not _is_web_address(self.vendor_base_url),
            f"{vendor.url_variable} is not a web address; write one such as {vendor.base_url}.",
        )


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _parse(variable: str, text: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
        return type(default)(text)
    except (KeyError, ValueError):
        example = f", such as {default:g}"
        kinds = {bool: "true or false", int: f"a whole number{example}", float: f"a number{example}"}
        raise InvalidInput(f"{variable} is {text!r}; write {kinds[type(default)]}.") from None
