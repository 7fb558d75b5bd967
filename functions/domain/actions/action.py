"""One split or dividend as a value, whoever said so."""

import datetime
from typing import NamedTuple

from stockflow_functions.domain.actions.answers import Dividend
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.prices.known_splits import Split


class Action(NamedTuple):
    """A split or a dividend; two are the same only if all of it is.

    Attributes:
        kind: ``split`` or ``dividend``.
        date: when a split takes effect, or a share trades without the dividend.
        value: shares after a split for each before it; of a dividend, cash a share, as paid.
        declared: the dividend's days, as :class:`Dividend` has them; None of a split.
    """

    kind: str
    date: datetime.date
    value: float
    declared: datetime.date | None = None
    recorded: datetime.date | None = None
    paid: datetime.date | None = None

    def __str__(self) -> str:
        return f"{self.kind} of {self.value:g} on {self.date}"


def of_split(split: Split) -> Action:
    """The split as an action."""
    return Action(SPLIT, split.effective_date, split.split_factor)


def of_dividend(dividend: Dividend) -> Action:
    """The dividend as an action."""
    return Action(DIVIDEND, dividend.ex_date, dividend.amount, dividend.declared, dividend.recorded, dividend.paid)
