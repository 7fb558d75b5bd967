"""What the states of an iteration have in common: which call it is, and the record of a call that failed."""

from collections.abc import Mapping
from typing import Any

from stockflow_functions.domain.errors import CallReplaced
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.contracts import CallRecord, EarningsCall
from stockflow_functions.earnings_calls.outcome import not_saved
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services

_SO_FAR = ("judged", "passages", "transcript", "job")
"""Where an event has what the states before have found out."""


def call_of(event: Mapping[str, Any]) -> Call:
    """Which call of a state's function the event is."""
    return Call(event["run"]["execution"], event["run"]["trigger"], event["symbol"], attempt=event["retry_count"] + 1)


def failed(event: Mapping[str, Any], failure: Failure, _error: Exception) -> CallRecord:
    """The record of a call that failed in a state."""
    so_far: Mapping[str, Any] = next((event[name] for name in _SO_FAR if name in event), {})
    return not_saved(event["symbol"], failure, event["call"], so_far)


def check_unreplaced(call: EarningsCall, services: Services) -> None:
    """Makes sure that the call's object is the one that the run was planned with.

    Raises:
        CallReplaced: it is gone, or another took its place.
    """
    if call["key"] is not None:
        facts = services.bucket.facts(call["key"])
        check_etag(call, facts.etag if facts else None)


def check_etag(call: EarningsCall, etag: str | None) -> None:
    """The same, for whoever has the object's ETag at hand; None if it is gone.

    Raises:
        CallReplaced: it is gone, or another took its place.
    """
    if etag is None:
        raise CallReplaced(f"{call['key']} is gone since the run was planned: drop it again.")
    if etag != call["etag"]:
        raise CallReplaced(f"{call['key']} was replaced since the run was planned: the run of the new one judges it.")
