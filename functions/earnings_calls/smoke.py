"""How a new version of the workflow is tried before it is live. Pure."""

from collections.abc import Iterator
from datetime import datetime

from stockflow_functions.aws import keys
from stockflow_functions.domain import inputs
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.earnings_calls.names import AUDIO
from stockflow_functions.earnings_calls.outcome import SAVED, SOURCES
from stockflow_functions.runtime.workflow import Payload, Smoke

COMPANY, DAY = "EXAMPLE", "2026-10-29"
"""Whose call a smoke run judges, and when it was; neither is in the dataset."""


def complaints(outcome: Payload) -> list[str]:
    """What is wrong with a call's entry in the manifest: it should be saved, with a tone, and say what judged it."""
    return [f"{outcome['symbol']} {what}." for what in _wrong(outcome)]


def _wrong(outcome: Payload) -> Iterator[str]:
    if outcome["status"] != SAVED:
        yield f"is {outcome['status']}; it should be saved"
        return
    passages, unscored = outcome.get("passages", 0), outcome.get("unscored", 0)
    if unscored >= passages:
        yield f"has {passages} passages, {unscored} of them without a tone"
    if outcome.get("tone") is None:
        yield "has no tone"
    if not outcome.get("engine_tone"):
        yield "does not say what judged it"
    if outcome.get("source") == SOURCES[AUDIO] and not outcome.get("engine_speech"):
        yield "does not say what wrote it down"


def idle_input(due: datetime, number: int, _call: str) -> Payload:
    """The input of a run that names no call, in the hour before it is due."""
    return {"trigger": inputs.SMOKE, "scheduled_time": to_iso(int(due.timestamp()) * 1000 - number)}


SMOKE = Smoke(
    {f"{COMPANY}/{DAY}.json": "example_lamps.json"},
    complaints,
    idle_input,
    schedule="CallSchedule",
    place_of=keys.call_object,
)
