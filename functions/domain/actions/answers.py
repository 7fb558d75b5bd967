"""What a vendor says of a symbol's dividends; a split is ``functions/domain/prices/known_splits.py``'s."""

from datetime import date
from typing import NamedTuple


class Dividend(NamedTuple):
    """Cash that was, or will be, paid on a share.

    Attributes:
        ex_date: from which day on a share is bought without it.
        amount: for each share as it was then, in the unit that the listing is quoted in; not adjusted for splits.
        declared: when the company said so; None if the vendor does not know, as with the next two.
        recorded: who held a share on that day is paid.
        paid: when it is paid.
    """

    ex_date: date
    amount: float
    declared: date | None
    recorded: date | None
    paid: date | None
