"""What a run is to do: the workflow input, checked. Pure."""

from dataclasses import dataclass
from typing import Any

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import (
    CONSOLE,
    TRIGGERS,
    ObjectPlace,
    object_place,
    object_with,
    one_of,
    scheduled_ms,
    truth,
)
from stockflow_functions.domain.prices.series import SERIES

OUTPUT_SIZES = ("compact", "full")
KNOWN = ("symbols", "series", "outputsize", "force", "trigger", "scheduled_time", "list")


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
        scheduled_ms=scheduled_ms(given),
        dropped=None if dropped is None else object_place(dropped, "list", "inbox/symbols.csv"),
    )
