"""What a run is to do: the workflow input, checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stockflow_functions.aws.keys import CALLS
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import CONSOLE, TRIGGERS, object_place, object_with, one_of, truth
from stockflow_functions.domain.symbols import entries_of, quoted
from stockflow_functions.earnings_calls.names import CallName, calls_of

KNOWN = ("symbols", "language", "force", "trigger", "object")
_LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


@dataclass(frozen=True)
class Request:
    """The input's choices, with their defaults; ``symbols`` is as written, ``dropped_in`` a dropped one's bucket."""

    symbols: Any
    language: str
    force: bool
    trigger: str
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
        dropped_in=bucket,
    )


def calls_in(request: Request, today: date) -> list[CallName]:
    """The calls of a request.

    Raises:
        InvalidInput: one can't be a call, or there are none or too many.
    """
    return calls_of(entries_of(request.symbols), today)


def _language(given: Mapping[str, object], default: str) -> str:
    language = given.get("language", default)
    if language and not (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
        raise InvalidInput(f"language is {quoted(language)}: write one such as en-US or ja-JP, or leave it out.")
    return str(language or "")
