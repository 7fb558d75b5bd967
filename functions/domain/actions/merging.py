"""A vendor's answer merged into what is known of a symbol's actions: nothing that was known is lost. Pure.

The answer is the whole list of one kind. What it has and was not known begins to be known, and what was known and it
lacks ends; a correction is both. Rows stay when they have ended, so that the table says what was known at any moment.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.table import Actions, Asked
from stockflow_functions.domain.errors import UnexpectedAnswer
from stockflow_functions.domain.words import counted

BELIEVED_EMPTY = 2
"""An answer without any action is believed where no more than these were known: the vendor may have erred before."""


@dataclass(frozen=True)
class Answer:
    """What the vendor says of one kind of actions.

    Attributes:
        kind: ``split`` or ``dividend``.
        sound: the actions that passed the checks.
        aside: those that did not.
        at_s: when it came, in whole seconds since 1970.
        complete: whether all that the vendor sent could be read.
    """

    kind: str
    sound: Sequence[Action]
    aside: Sequence[Action]
    at_s: int
    complete: bool = True


def merged(known: Actions, symbol: str, answer: Answer) -> Actions:
    """What is known after the answer; the same where a later one, or this one, is in it already.

    An action that was set aside says nothing of another one of its date: that stays. An answer that is not complete
    ends only what it has another action of that day for, and does not count as asked: what it lacks may be in it.

    Raises:
        UnexpectedAnswer: it has no actions at all, and many were known.
    """
    asked = known.asked.get(answer.kind)
    rows = known.rows[known.rows["kind"] == answer.kind]
    if answer.at_s <= _latest_s(rows, asked):
        return known
    now = rows[rows["known_until"].isna()]
    held = dict(zip(actions_in(now), now.index, strict=True))
    if len(held) > BELIEVED_EMPTY and not answer.sound and not answer.aside:
        raise UnexpectedAnswer(
            f"The vendor's list of {answer.kind}s of {symbol} is empty, and {counted(len(held), answer.kind)} of it "
            "are known: they stay."
        )
    new, gone = [action for action in answer.sound if action not in held], _ended(held, answer)
    if not answer.complete:
        return Actions(_with(known, symbol, new, gone, answer.at_s), known.asked) if new or gone else known
    return Actions(
        _with(known, symbol, new, gone, answer.at_s),
        {**known.asked, answer.kind: Asked(asked.first_s if asked else answer.at_s, answer.at_s)},
    )


def actions_in(rows: pd.DataFrame) -> list[Action]:
    """The rows of a table of actions as values."""
    columns = (rows[name].tolist() for name in Action._fields)
    return [
        Action(kind, day.date(), value, *(None if other is pd.NaT else other.date() for other in others))
        for kind, day, value, *others in zip(*columns, strict=True)
    ]


def _latest_s(rows: pd.DataFrame, asked: Asked | None) -> float:
    """When the newest answer came of which these rows know; an incomplete one has left its time in them alone."""
    moments = pd.concat([rows["known_from"], rows["known_until"]]).dropna()
    learnt_s = moments.max().timestamp() if len(moments) else -math.inf
    return max(learnt_s, asked.last_s) if asked else learnt_s


def _ended(held: Mapping[Action, int], answer: Answer) -> list[int]:
    """The rows of what was known and is no longer so."""
    said, aside, unsure = set(answer.sound), set(answer.aside), {action.date for action in answer.aside}
    restated = {action.date for action in answer.sound if action not in held}
    return [
        row
        for action, row in held.items()
        if action not in said
        and (action in aside or (action.date not in unsure and (answer.complete or action.date in restated)))
    ]


def _with(known: Actions, symbol: str, new: Sequence[Action], gone: list[int], at_s: int) -> pd.DataFrame:
    moment = pd.Timestamp(at_s, unit="s", tz="UTC")
    rows = known.rows.copy()
    if gone:
        rows.loc[gone, "known_until"] = moment
    return Actions(rows).with_rows([{"symbol": symbol, **action._asdict(), "known_from": moment} for action in new])
