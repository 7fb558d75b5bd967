"""What a run is to do: the workflow input, checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stockflow_functions.aws.scratch import SMOKE
from stockflow_functions.daily_prices.plan.symbols import quoted
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.prices.series import SERIES

OUTPUT_SIZES = ("compact", "full")
TRIGGERS = ("schedule", "console", "inbox", "laptop", SMOKE)
KNOWN = ("symbols", "series", "outputsize", "force", "trigger", "scheduled_time", "list")

MOMENTS_MS = range(from_iso("1970-01-01T00:00:00Z"), from_iso("9000-01-01T00:00:00Z"))
"""The range of scheduled times; at the calendar's very ends, the day before or after can't be computed."""

# docs.aws.amazon.com/AmazonS3/latest/userguide: "General purpose bucket naming rules", "Naming Amazon S3 objects".
_BUCKET = re.compile(r"[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST_KEY_BYTES = 1_024


@dataclass(frozen=True)
class DroppedList:
    """A symbol list in S3."""

    bucket: str
    key: str


@dataclass(frozen=True)
class Request:
    """The input's choices, with their defaults; ``symbols`` is still as written.

    ``scheduled_ms`` is the moment for which a schedule meant the run, in milliseconds; None if it does not say.
    """

    symbols: Any
    series: str
    outputsize: str
    force: bool
    trigger: str
    scheduled_ms: int | None
    dropped: DroppedList | None


def request_of(value: Any) -> Request:
    """The request that a workflow input makes.

    Raises:
        InvalidInput: a key is unknown, or its value can't be used.
    """
    if not isinstance(value, dict):
        raise InvalidInput(f'The input is {quoted(value)}: write an object such as {{"symbols": ["AAPL"]}}, or {{}}.')
    unknown = sorted(set(value) - set(KNOWN))
    if unknown:
        raise InvalidInput(f"The input has {quoted(unknown[0])}, which is unknown: write any of {', '.join(KNOWN)}.")
    if value.get("symbols") and value.get("list"):
        raise InvalidInput("The input has both symbols and list: write one of them.")
    force = value.get("force", False)
    if not isinstance(force, bool):
        raise InvalidInput(f"force is {quoted(force)}: write true or false.")
    return Request(
        symbols=value.get("symbols"),
        series=_one_of("series", value, tuple(SERIES)),
        outputsize=_one_of("outputsize", value, OUTPUT_SIZES),
        force=force,
        trigger=_one_of("trigger", {"trigger": "console", **value}, TRIGGERS),
        scheduled_ms=_moment(value.get("scheduled_time")),
        dropped=_dropped(value.get("list")),
    )


def _moment(value: Any) -> int | None:
    if value is None:
        return None
    wrong = InvalidInput(f"scheduled_time is {quoted(value)}: write a time such as 2026-11-20T23:00:00Z.")
    try:
        moment_ms = from_iso(value)
    except (TypeError, ValueError, OverflowError):
        raise wrong from None
    if moment_ms not in MOMENTS_MS:
        raise wrong
    return moment_ms


def _one_of(name: str, value: Mapping[str, object], choices: tuple[str, ...]) -> str:
    choice = value.get(name, choices[0])
    if choice not in choices:
        raise InvalidInput(f"{name} is {quoted(choice)}: write {' or '.join(choices)}.")
    return str(choice)


def _dropped(value: Any) -> DroppedList | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in ("bucket", "key")):
        raise InvalidInput(f'list is {quoted(value)}: write {{"bucket": "…", "key": "inbox/…"}}.')
    bucket, key = value["bucket"], value["key"]
    if not _BUCKET.fullmatch(bucket):
        raise InvalidInput(
            f"list.bucket is {quoted(bucket)}: write the name of a bucket, 3 to 63 of a-z, 0-9, . and -."
        )
    if not _is_key(key):
        raise InvalidInput(f"list.key is {quoted(key)}: write the list's key, such as inbox/symbols.csv.")
    return DroppedList(bucket, key)


def _is_key(key: str) -> bool:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= LONGEST_KEY_BYTES and not _CONTROL.search(key)
