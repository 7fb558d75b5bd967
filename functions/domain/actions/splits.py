"""The splits among a symbol's actions, as what explains a jump takes them."""

from datetime import UTC, datetime

from stockflow_functions.domain.actions.merging import actions_in
from stockflow_functions.domain.actions.table import SPLIT, Actions
from stockflow_functions.domain.prices.known_splits import KnownSplits


def splits_known(actions: Actions | None, file: KnownSplits) -> KnownSplits:
    """The splits that were asked for last: those among the actions, or those of ``splits/``.

    ``actions`` is None where there are none; so are those that splits were never asked for.
    """
    asked = actions.asked.get(SPLIT) if actions else None
    if actions is None or asked is None:
        return file
    asked_on = datetime.fromtimestamp(asked.last_s, UTC).date()
    if file.asked_on is not None and file.asked_on > asked_on:
        return file
    now = actions_in(actions.at())
    return KnownSplits({action.date: action.value for action in now if action.kind == SPLIT}, asked_on)
