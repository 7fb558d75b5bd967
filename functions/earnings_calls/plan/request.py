"""What a run is to do: the workflow input, checked. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stockflow_functions.aws.keys import CALLS
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import (
    CONSOLE,
    SCHEDULE,
    SMOKE,
    TRIGGERS,
    object_place,
    object_with,
    one_of,
    scheduled_ms,
    truth,
)
from stockflow_functions.domain.symbols import entries_of, quoted
from stockflow_functions.earnings_calls.names import MOST_CALLS, VENDOR, CallName, calls_of

KNOWN = ("symbols", "language", "force", "trigger", "scheduled_time", "object")
_LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


@dataclass(frozen=True)
class Request:
    """The input's choices, with their defaults; ``symbols`` is as written, ``dropped_in`` a dropped one's bucket.

    ``scheduled_ms`` is the moment for which a schedule meant the run, in milliseconds; None if it does not say.
    """

    symbols: Any
    language: str
    force: bool
    trigger: str
    scheduled_ms: int | None
    dropped_in: str


def request_of(value: Any, language: str = "") -> Request:
    """The request that a workflow input makes.

    Args:
        language: CALL_LANGUAGE, used if the input names none.

    Raises:
        InvalidInput: a key is unknown, or its value can't be used.
    """
    given = object_with(value, KNOWN)
    if given.get("symbols") and given.get("object"):
        raise InvalidInput("The input has both symbols and object: write one of them.")
    symbols, bucket = given.get("symbols"), ""
    if given.get("object") is not None:
        place = object_place(given["object"], "object", f"{CALLS}AAPL/2026-10-29.mp3")
        symbols, bucket = [place.key], place.bucket
    return Request(
        symbols=symbols,
        language=_language(given, language),
        force=truth(given, "force"),
        trigger=one_of("trigger", given, TRIGGERS, CONSOLE),
        scheduled_ms=scheduled_ms(given),
        dropped_in=bucket,
    )


def calls_in(request: Request, today: date, deferred: Iterable[str] = ()) -> list[CallName]:
    """The calls of a request, the ``deferred`` ones first, of which as many come as a run has room for.

    A scheduled run may have none: it then only takes up what others left. Nor need a smoke run have any: to have been
    started may be all that it shows.

    Raises:
        InvalidInput: one can't be a call, or there are none or too many.
    """
    if request.dropped_in:
        return [_dropped(request.symbols[0], today)]
    entries = list(entries_of(request.symbols))
    before = [(name, "deferred") for name in deferred][: max(0, MOST_CALLS - len(entries))]
    if request.trigger in {SCHEDULE, SMOKE} and not before and not entries:
        return []
    return calls_of([*before, *entries], today)


def _dropped(key: str, today: date) -> CallName:
    """The call of an object; what only looks like the name of one of the vendor's is refused."""
    (call,) = calls_of([(key, "object.key")], today)
    if call.door == VENDOR:
        raise InvalidInput(
            f"{quoted(key)} (object.key) has no extension: name it {CALLS}{call.symbol}/YYYY-MM-DD.mp3, or .json for a "
            "transcript."
        )
    return call


def _language(given: Mapping[str, object], default: str) -> str:
    language = given.get("language", default)
    if language and not (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
        raise InvalidInput(f"language is {quoted(language)}: write one such as en-US or ja-JP, or leave it out.")
    return str(language or "")
