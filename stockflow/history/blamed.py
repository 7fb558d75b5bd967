"""The attempts whose log lines a person wants first, where there are more than there is room for."""

from stockflow.history.model import RunModel
from stockflow.history.visits import Attempt
from stockflow_functions.domain.errors import SlotMoved


def failed_attempts(model: RunModel) -> list[Attempt]:
    """Every cause's first visits before its later ones, and what a retry survived last; a moved slot is no failure."""
    turn = {visit: n for cause in (*model.root_causes, *model.also_failed) for n, visit in enumerate(cause.visits)}
    visits = sorted(turn, key=turn.__getitem__) + [visit for visit in model.visits if visit not in turn]
    attempts = [attempt for visit in visits for attempt in visit.attempts]
    return [attempt for attempt in attempts if attempt.failure and attempt.failure.error != SlotMoved.__name__]
