"""What the states of an iteration have in common: which call it is, and the record of a call that failed."""

from collections.abc import Callable, Mapping
from typing import Any

from stockflow_functions.domain.errors import CallReplaced
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.contracts import CallRecord, EarningsCall
from stockflow_functions.earnings_calls.outcome import not_saved
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services


def call_of(event: Mapping[str, Any]) -> Call:
    """Which call of a state's function the event is."""
    return Call(event["run"]["execution"], event["run"]["trigger"], event["symbol"], attempt=event["retry_count"] + 1)


def failed_by(attempts_of: Callable[[Any], int]) -> Callable[[Any, Failure, Exception], CallRecord]:
    """Makes the record of a call that failed in a state; ``attempts_of`` reads from the event the requests made."""

    def failed(event: Mapping[str, Any], failure: Failure, _error: Exception) -> CallRecord:
        return not_saved(event["symbol"], failure, attempts_of(event))

    return failed


def check_unreplaced(call: EarningsCall, services: Services) -> None:
    """Makes sure that the call's object is the one that the run was planned with.

    Raises:
        CallReplaced: it is gone, or another took its place.
    """
    if call["key"] is None:
        return
    facts = services.bucket.facts(call["key"])
    if facts is None or facts.etag != call["etag"]:
        how = "is gone" if facts is None else "was replaced"
        raise CallReplaced(f"{call['key']} {how} since the run was planned: the run of the newer one judges that.")
