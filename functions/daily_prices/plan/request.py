"""What a run is to do: the workflow input, checked. Pure."""

from dataclasses import dataclass
from typing import Any

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import CONSOLE, TRIGGERS, ObjectPlace, object_place, object_with, one_of, truth
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.symbols import quoted

OUTPUT_SIZES = ("compact", "full")
KNOWN = ("symbols", "series", "outputsize", "force", "trigger", "scheduled_time", "list")

MOMENTS_MS = range(from_iso("1970-01-01T00:00:00Z"), from_iso("9000-01-01T00:00:00Z"))
"""The range of scheduled times; at the calendar's very ends, the day before or after can't be computed."""


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
    dropped: ObjectPlace | None


def request_of(value: Any) -> Request:
    """The request that a workflow input makes.

    Raises:
        InvalidInput: a key is unknown, or its value can't be used.
    """
    given = object_with(value, KNOWN)
    if given.get("symbols") and given.get("list"):
        raise InvalidInput("The input has both symbols and list: write one of them.")
    dropped = given.get("list")
    return Request(
        symbols=given.get("symbols"),
        series=one_of("series", given, tuple(SERIES)),
        outputsize=one_of("outputsize", given, OUTPUT_SIZES),
        force=truth(given, "force"),
        trigger=one_of("trigger", given, TRIGGERS, CONSOLE),
        scheduled_ms=_moment(given.get("scheduled_time")),
        dropped=None if dropped is None else object_place(dropped, "list", "inbox/symbols.csv"),
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
