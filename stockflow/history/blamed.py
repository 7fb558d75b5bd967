"""The attempts whose log lines a person wants first, where there are more than there is room for."""

from stockflow.history.model import RunModel
from stockflow.history.visits import MOVED, Attempt


def failed_attempts(model: RunModel) -> list[Attempt]:
    """Every cause's first visits before its later ones, and what a retry survived last.

    An error after which the item waits again is no failure.
    """
    turn = {visit: n for cause in (*model.root_causes, *model.also_failed) for n, visit in enumerate(cause.visits)}
    visits = sorted(turn, key=turn.__getitem__) + [visit for visit in model.visits if visit not in turn]
    attempts = [attempt for visit in visits for attempt in visit.attempts]
    caught = model.conventions.caught
    return [attempt for attempt in attempts if attempt.failure and caught.get(attempt.failure.error) != MOVED]
