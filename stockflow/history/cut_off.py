"""Where a run was when it was cut off: killed, or out of time."""

from collections.abc import Iterable

from stockflow.history.causes import RootCause
from stockflow.history.visits import UNFINISHED, Scope, Visit

KILLED_ERROR = "Killed"


def cut_off(visits: Iterable[Visit], error: str, text: str) -> list[RootCause]:
    """One cause for each state that was under way, with its visits."""
    return _by_state((visit for visit in visits if visit.status == UNFINISHED and not visit.inner), error, text)


def killed_in(visits: list[Visit]) -> list[RootCause]:
    """The same for a killed run; an item between two states has the one that it had left. Never empty."""
    last = {visit.scope: visit for visit in visits}
    left = [visit for scope, visit in last.items() if visit.exited and _was_open(scope)]
    where = [
        *cut_off(visits, KILLED_ERROR, "The run was killed while this was under way."),
        *_by_state(left, KILLED_ERROR, "The run was killed after this, before the next state began."),
    ]
    return where or [RootCause((), KILLED_ERROR, "The run was killed between two states.")]


def _by_state(visits: Iterable[Visit], error: str, text: str) -> list[RootCause]:
    causes: dict[object, RootCause] = {}
    for visit in visits:
        causes.setdefault(visit.path, RootCause(visit.path, error, text)).visits.append(visit)
    return list(causes.values())


def _was_open(scope: Scope) -> bool:
    """Whether neither the iteration or branch nor anything around it had ended or been started again."""
    around: Scope | None = scope
    while around:
        if around.ended or around.superseded or (around.owner and around.owner.exited):
            return False
        around = around.owner.scope if around.owner else None
    return True
