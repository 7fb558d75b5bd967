"""The splits among a symbol's actions, as what explains a jump takes them."""

from dataclasses import replace
from datetime import UTC, datetime

from stockflow_functions.domain.actions.merging import actions_in
from stockflow_functions.domain.actions.table import SPLIT, Actions
from stockflow_functions.domain.prices.known_splits import KnownSplits


def splits_known(actions: Actions | None, file: KnownSplits) -> KnownSplits:
    """The splits that were asked for last: those among the actions, or those of ``splits/``.

    What ``splits/`` lacks, as not all of it could be read, the actions may still have. ``actions`` is None where there
    are none; so are those that splits were never asked for.
    """
    asked = actions.asked.get(SPLIT) if actions else None
    if actions is None or asked is None:
        return file
    asked_on = datetime.fromtimestamp(asked.last_s, UTC).date()
    factors = {action.date: action.value for action in actions_in(actions.at()) if action.kind == SPLIT}
    if file.asked_on is None or file.asked_on <= asked_on:
        return KnownSplits(factors, asked_on)
    return file if file.complete else replace(file, factors={**factors, **file.factors})
