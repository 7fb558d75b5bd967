"""Reads a visit's attempts, its failure and its status from its events."""

from collections.abc import Mapping

from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import (
    ABORTED,
    FAILED,
    HANDLED,
    OK,
    RUNNING,
    UNFINISHED,
    Attempt,
    ErrorDetails,
    Scope,
    Visit,
    details_of,
)

_FAILED_ENDINGS = ("Failed", "TimedOut")
_TIMEOUT = "States.Timeout"


def read_attempts(visit: Visit) -> None:
    """Fills in the visit's attempts and the failure that its last attempt left."""
    for event in visit.events:
        kind = event["type"]
        if kind.startswith("MapIteration"):
            continue
        if kind.endswith("Scheduled") or kind in {"MapStateStarted", "ParallelStateStarted"}:
            visit.attempts.append(Attempt(len(visit.attempts) + 1, event))
            visit.failure = None
        elif kind.endswith(_FAILED_ENDINGS):
            _failed(visit, event)
        elif kind.endswith("Succeeded"):
            _ended(visit, event, OK)
            visit.failure = None
        elif kind.endswith("Aborted"):
            _ended(visit, event, ABORTED)
        elif kind.endswith("Started") and visit.attempts and not kind.startswith("MapRun"):
            visit.attempts[-1].started = event
    if visit.exited and visit.type in {"Map", "Parallel"} and visit.attempts and not visit.attempts[-1].ended:
        _ended(visit, visit.exited, OK)


def pass_on_failures(visits: list[Visit]) -> None:
    """A failed Map or Parallel has no error of its own: it has that of the first uncaught state inside."""
    for visit in reversed(visits):
        if visit.ended == "failed" and visit.failure is None:
            inside = (inner for scope in visit.inner if not scope.superseded for inner in scope.visits)
            visit.failure = next((inner.failure for inner in inside if inner.failure and inner.exited is None), None)


def _failed(visit: Visit, event: HistoryEvent) -> None:
    details = details_of(event)
    if details or event["type"] not in {"MapStateFailed", "ParallelStateFailed"}:
        late = event["type"].endswith("TimedOut")
        error = details.get("error") or (_TIMEOUT if late else "")
        visit.failure = ErrorDetails(str(error), str(details.get("cause") or (_limit_of(visit) if late else "")))
    if event["type"] != "EvaluationFailed":
        _ended(visit, event, FAILED, visit.failure)


def _limit_of(visit: Visit) -> str:
    """Step Functions only names a time-out; the event at the attempt's start has its limit."""
    scheduled = details_of(visit.attempts[-1].scheduled) if visit.attempts else {}
    allowed = {"no heartbeat": scheduled.get("heartbeatInSeconds"), "no end": scheduled.get("timeoutInSeconds")}
    said = [f"{what} within {seconds} s" for what, seconds in allowed.items() if seconds]
    return f"The attempt had {' or '.join(said)}." if said else ""


def _ended(visit: Visit, event: HistoryEvent, status: str, failure: ErrorDetails | None = None) -> None:
    if visit.attempts and (visit.attempts[-1].ended is None or status == FAILED):
        attempt = visit.attempts[-1]
        attempt.ended, attempt.status, attempt.failure = event, status, failure


def set_status(visit: Visit, caught: Mapping[str, str], *, over: bool, stopped: bool) -> None:
    """Sets the status of a visit and of its last attempt.

    Args:
        caught: errors that are not failures once a Catch took them, each with the visit's status then.
        over: its run has ended.
        stopped: somebody ended the run.
    """
    visit.status = _status(visit, caught, over=over, stopped=stopped)
    if visit.attempts and visit.attempts[-1].ended is None and visit.status in {ABORTED, RUNNING}:
        visit.attempts[-1].status = visit.status


def _status(visit: Visit, caught: Mapping[str, str], *, over: bool, stopped: bool) -> str:
    failed = visit.failure is not None or visit.ended == "failed" or visit.type == "Fail"
    if visit.exited:
        if not failed:
            return OK
        return caught.get(visit.failure.error if visit.failure else "", HANDLED)
    if failed and not (visit.type == "Task" and not over and _goes_on(visit.scope)):
        return FAILED
    if _aborted(visit) or (over and stopped):
        return ABORTED
    return UNFINISHED if over else RUNNING


def _goes_on(scope: Scope | None) -> bool:
    """Whether nothing around it has ended yet: then a failed attempt is not the last, or it would have ended that."""
    while scope:
        if scope.ended or (scope.owner and scope.owner.ended == "failed"):
            return False
        scope = scope.owner.scope if scope.owner else None
    return True


def _aborted(visit: Visit) -> bool:
    scope: Scope | None = visit.scope
    while scope:
        if scope.ended == "aborted":
            return True
        scope = scope.owner.scope if scope.owner else None
    return visit.ended == "aborted" or any(event["type"].endswith("StateAborted") for event in visit.events)
