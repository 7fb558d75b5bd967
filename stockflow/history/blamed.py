"""Which attempts' log lines to show first, if there are more than fit."""

from stockflow.history.model import RunModel
from stockflow.history.visits import MOVED, Attempt


def failed_attempts(model: RunModel) -> list[Attempt]:
    """Failed attempts: each cause's first visits come before its later ones, failures that a retry survived come last.

    An error after which the item waits again is not a failure.
    """
    turn = {visit: n for cause in (*model.root_causes, *model.also_failed) for n, visit in enumerate(cause.visits)}
    visits = sorted(turn, key=turn.__getitem__) + [visit for visit in model.visits if visit not in turn]
    attempts = [attempt for visit in visits for attempt in visit.attempts]
    caught = model.conventions.caught
    return [attempt for attempt in attempts if attempt.failure and caught.get(attempt.failure.error) != MOVED]
