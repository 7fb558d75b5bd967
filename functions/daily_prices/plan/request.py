"""What a run is to do: the workflow input, checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stockflow_functions.daily_prices.plan.universe import check_universe
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import (
    CONSOLE,
    SHARD,
    SMOKE,
    TRIGGERS,
    ObjectPlace,
    is_key,
    object_place,
    object_with,
    one_of,
    scheduled_ms,
    truth,
)
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.symbols import quoted

OUTPUT_SIZES = ("compact", "full")
KNOWN = ("symbols", "universe", "series", "outputsize", "force", "trigger", "scheduled_time", "list", "backfill")
NEXT = "next"
"""The backfill whose turn it is."""
OF_A_SHARD = ("shard_of", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
"""What the input of a shard has besides. The console links the two executions by the longer one
(docs.aws.amazon.com/step-functions, "Start workflow executions from a task state")."""


@dataclass(frozen=True)
class Request:
    """The input's choices, with their defaults; ``symbols`` is still as written.

    ``scheduled_ms`` is the moment for which a schedule meant the run, in milliseconds; None if it does not say.
    ``universe`` is a list by name, ``shard_of`` the execution that the run is a part of, ``backfill`` the name of the
    backfill that it goes on with, or ``next``; then ``universe`` is that of the daily runs, whose requests are kept
    back.
    """

    symbols: Any
    series: str
    outputsize: str
    force: bool
    trigger: str
    scheduled_ms: int | None
    dropped: ObjectPlace | None
    universe: str | None = None
    shard_of: str | None = None
    backfill: str | None = None

    @property
    def is_shard(self) -> bool:
        """Whether the run is a part of another one, which has chosen its symbols."""
        return self.shard_of is not None


def request_of(value: Any) -> Request:
    """The request that a workflow input makes.

    Raises:
        InvalidInput: a key is unknown, or its value can't be used.
    """
    trigger = value.get("trigger") if isinstance(value, dict) else None
    shard = trigger in (SHARD, SMOKE) and value.get("shard_of") is not None
    given = object_with(value, (*KNOWN, *OF_A_SHARD) if shard else KNOWN)
    named = [name for name in ("symbols", "list", "universe", "backfill") if given.get(name)]
    if len(named) > 1 and named != ["universe", "backfill"]:
        raise InvalidInput(f"The input has both {named[0]} and {named[1]}: write one of them.")
    dropped, universe = given.get("list"), _text(given, "universe", "listed:NASDAQ")
    if universe is not None:
        check_universe(universe)
    return Request(
        symbols=given.get("symbols"),
        series=one_of("series", given, tuple(SERIES)),
        outputsize=one_of("outputsize", given, OUTPUT_SIZES),
        force=truth(given, "force"),
        trigger=str(trigger) if shard else one_of("trigger", given, TRIGGERS, CONSOLE),
        scheduled_ms=scheduled_ms(given),
        dropped=None if dropped is None else object_place(dropped, "list", "inbox/symbols.csv"),
        universe=universe,
        shard_of=_text(given, "shard_of", "the name of an execution") if shard else None,
        backfill=_text(given, "backfill", NEXT),
    )


def _text(given: Mapping[str, Any], name: str, example: str) -> str | None:
    value = given.get(name)
    if value is not None and not (isinstance(value, str) and value.strip() and is_key(value)):
        raise InvalidInput(f"{name} is {quoted(value)}: write a text such as {example}.")
    return value
