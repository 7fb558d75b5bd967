"""What a vendor says of a symbol's actions; a split itself is ``functions/domain/prices/known_splits.py``'s."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Listed(Generic[Entry]):
    """A vendor's list of one symbol's splits or dividends.

    Attributes:
        entries: those that can be read, in the vendor's order.
        unreadable: the others, as the vendor wrote them, cut short. If there are any, the list is not complete: what
            ``entries`` lacks may be among them.
    """

    entries: Sequence[Entry]
    unreadable: Sequence[str] = ()


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
