"""The parts of a workflow input that workflows share, checked. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.symbols import quoted

SCHEDULE, CONSOLE, INBOX, LAPTOP, SMOKE = "schedule", "console", "inbox", "laptop", "smoke"
TRIGGERS = (SCHEDULE, CONSOLE, INBOX, LAPTOP, SMOKE)
"""What starts a run."""
SHARD = "shard"
"""What starts a run that is a part of another one."""

# docs.aws.amazon.com/AmazonS3/latest/userguide: "General purpose bucket naming rules", "Naming Amazon S3 objects".
_BUCKET = re.compile(r"[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST_KEY_BYTES = 1_024

MOMENTS_MS = range(from_iso("1970-01-01T00:00:00Z"), from_iso("9000-01-01T00:00:00Z"))
"""The range of scheduled times; at the calendar's very ends, the day before or after can't be computed."""


@dataclass(frozen=True)
class ObjectPlace:
    """An object in S3."""

    bucket: str
    key: str


def object_with(value: Any, known: Sequence[str]) -> dict[str, Any]:
    """The input, if it is an object with these names at most.

    Raises:
        InvalidInput: it is not.
    """
    if not isinstance(value, dict):
        raise InvalidInput(f'The input is {quoted(value)}: write an object such as {{"symbols": ["AAPL"]}}, or {{}}.')
    unknown = sorted(set(value) - set(known))
    if unknown:
        raise InvalidInput(f"The input has {quoted(unknown[0])}, which is unknown: write any of {', '.join(known)}.")
    return value


def truth(value: Mapping[str, Any], name: str) -> bool:
    """True or false under that name; false if it is missing.

    Raises:
        InvalidInput: it is something else.
    """
    given = value.get(name, False)
    if not isinstance(given, bool):
        raise InvalidInput(f"{name} is {quoted(given)}: write true or false.")
    return given


def one_of(name: str, value: Mapping[str, object], choices: tuple[str, ...], default: str = "") -> str:
    """One of the choices under that name; ``default``, or else the first, if it is missing.

    Raises:
        InvalidInput: it is something else.
    """
    choice = value.get(name, default or choices[0])
    if choice not in choices:
        raise InvalidInput(f"{name} is {quoted(choice)}: write {' or '.join(choices)}.")
    return str(choice)


def object_place(value: Any, name: str, example: str) -> ObjectPlace:
    """The bucket and the key in ``{"bucket", "key"}``, which is the input's ``name``.

    Args:
        example: a key to write instead.

    Raises:
        InvalidInput: they can't be those of an object.
    """
    if not isinstance(value, dict) or not all(isinstance(value.get(part), str) for part in ("bucket", "key")):
        prefix = example.partition("/")[0]
        raise InvalidInput(f'{name} is {quoted(value)}: write {{"bucket": "…", "key": "{prefix}/…"}}.')
    bucket, key = value["bucket"], value["key"]
    if not _BUCKET.fullmatch(bucket):
        raise InvalidInput(
            f"{name}.bucket is {quoted(bucket)}: write the name of a bucket, 3 to 63 of a-z, 0-9, . and -."
        )
    if not is_key(key):
        raise InvalidInput(f"{name}.key is {quoted(key)}: write the {name}'s key, such as {example}.")
    return ObjectPlace(bucket, key)


def scheduled_ms(value: Mapping[str, Any]) -> int | None:
    """The moment for which a schedule meant the run, ``scheduled_time``, in milliseconds; None if it does not say.

    Raises:
        InvalidInput: it is no time.
    """
    given = value.get("scheduled_time")
    if given is None:
        return None
    wrong = InvalidInput(f"scheduled_time is {quoted(given)}: write a time such as 2026-11-20T23:00:00Z.")
    try:
        moment_ms = from_iso(given)
    except (TypeError, ValueError, OverflowError):
        raise wrong from None
    if moment_ms not in MOMENTS_MS:
        raise wrong
    return moment_ms


def is_key(key: str) -> bool:
    """Whether S3 takes it as an object's key, or as a part of one."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= LONGEST_KEY_BYTES and not _CONTROL.search(key)
