"""What is kept of listings, with a new answer of the vendor in it: nothing that was known is lost. Pure.

The vendor names a company in the list of those listed or of those delisted. A row of the new answer takes the place of
the kept one that is the same company; kept rows without one stay as they are, and ``last_seen`` says since when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from stockflow_functions.domain.errors import UnexpectedAnswer
from stockflow_functions.domain.listings.listing import ACTIVE, DELISTED, LAST_DAY, Listing

LEAST_SHARE = 0.9
"""An answer with fewer rows than this share of those known is not believed: in a week a hundredth comes or goes."""


def merged(kept: Sequence[Listing], answer: Sequence[Listing]) -> list[Listing]:
    """All listings, sorted; rows of the answer in place of the kept ones that are the same companies."""
    before = _by_symbol(kept)
    found: list[Listing] = []
    for symbol, rows in _by_symbol(answer).items():
        found += _of_symbol(before.pop(symbol, []), rows)
    found += (row for rows in before.values() for row in rows)
    return sorted(found, key=lambda row: row.key)


def check_size(kept: Sequence[Listing], answer: Sequence[Listing], as_of: date | None) -> None:
    """Refuses an answer that lacks many of the listings that were in the one before, of the day ``as_of``.

    Raises:
        UnexpectedAnswer: it does.
    """
    for status in (ACTIVE, DELISTED):
        known = sum(row.status == status and row.last_seen == as_of for row in kept)
        came = sum(row.status == status for row in answer)
        if came < LEAST_SHARE * known:
            raise UnexpectedAnswer(
                f"The vendor's listing has {came:,} symbols that are {status}, and that of {as_of} had {known:,}: it "
                "may be incomplete."
            )


def _of_symbol(kept: list[Listing], rows: list[Listing]) -> list[Listing]:
    """The listings of one symbol: each kept one is continued by one row at most, the plainest first."""
    left, new, found = list(kept), list(rows), []
    for is_it in (_began_together, _is_same):
        for row in list(new):
            known = next((one for one in left if is_it(one, row)), None)
            if known:
                left.remove(known)
                new.remove(row)
                found.append(_continued(known, row))
    return [*found, *new, *left]


def _began_together(kept: Listing, row: Listing) -> bool:
    return kept.ipo_date is not None and kept.ipo_date == row.ipo_date


def _is_same(kept: Listing, row: Listing) -> bool:
    """Whether the row is the kept company, whose dates the vendor has corrected."""
    if kept.ipo_date is None or row.ipo_date is None:
        return kept.status == ACTIVE or kept.delisting_date == row.delisting_date
    if kept.ipo_date > kept.last_seen:  # it was still to be listed, and has been put off
        return row.ipo_date > kept.last_seen
    return kept.ipo_date < (row.delisting_date or LAST_DAY) and row.ipo_date < (kept.delisting_date or kept.last_seen)


def _continued(kept: Listing, row: Listing) -> Listing:
    return replace(row, ipo_date=row.ipo_date or kept.ipo_date, first_seen=min(kept.first_seen, row.first_seen))


def _by_symbol(rows: Iterable[Listing]) -> dict[str, list[Listing]]:
    found: dict[str, list[Listing]] = {}
    for row in rows:
        found.setdefault(row.symbol, []).append(row)
    return found
