"""Listings, asked about a symbol or a day. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from stockflow_functions.domain.listings.listing import Listing
from stockflow_functions.domain.listings.nearest import Names

REFRESHED_AFTER_DAYS = 7
"""How old listings are when they are asked for anew: companies are listed and delisted every day, ten or so."""
BELIEVED_FOR_DAYS = REFRESHED_AFTER_DAYS + 1
"""How old they may be to answer for the vendor: a day more, as a refresh may come late."""


class Standing(Enum):
    """How a symbol stands on a day."""

    LISTED = "listed"
    DELISTED = "delisted"
    NOT_YET = "not yet listed"
    UNKNOWN = "in no listing"


@dataclass(frozen=True)
class Life:
    """What is known of a symbol on a day.

    Attributes:
        standing: how it stands.
        listing: the one that says so; None if there is none.
        ended: of a delisted one, its last day.
        earlier: those under the same symbol that had ended before it began, of other companies.
    """

    standing: Standing
    listing: Listing | None = None
    ended: date | None = None
    earlier: tuple[Listing, ...] = ()


@dataclass(frozen=True)
class Listings:
    """All listings that are kept.

    Attributes:
        as_of: the day of the vendor's newest answer.
        rows: sorted by symbol and time.
    """

    as_of: date
    rows: tuple[Listing, ...]

    def age_days(self, today: date) -> int:
        """How old they are."""
        return (today - self.as_of).days

    def life(self, symbol: str, today: date) -> Life:
        """How a symbol, in capitals, stands today."""
        rows = self._by_symbol.get(symbol, ())
        if not rows:
            return Life(Standing.UNKNOWN)
        listed = [row for row in rows if row.covers(today, self.as_of)]
        if listed:
            return Life(Standing.LISTED, listed[-1], earlier=self._before(listed[-1]))
        coming = [row for row in rows if row.ipo_date and today < row.ipo_date <= row.end(self.as_of)]
        if coming:
            return Life(Standing.NOT_YET, coming[0], earlier=self._before(coming[0]))
        last = max(rows, key=lambda row: row.end(self.as_of))
        return Life(Standing.DELISTED, last, last.end(self.as_of), self._before(last))

    def nearest(self, symbol: str) -> list[str]:
        """The listed symbols that whoever wrote an unknown one may have meant, the likeliest first."""
        return self._names.nearest(symbol)

    def listed_on(self, day: date, exchanges: Iterable[str] = ()) -> list[str]:
        """The symbols that were listed on that day on these exchanges, or on any; sorted."""
        chosen = frozenset(exchanges)
        rows = (row for row in self.rows if not chosen or row.exchange in chosen)
        return sorted({row.symbol for row in rows if row.covers(day, self.as_of)})

    def counts(self, day: date) -> dict[str, int]:
        """How many symbols each exchange has on that day, the largest first."""
        counted = {name: len(self.listed_on(day, [name])) for name in self.exchanges}
        return dict(sorted(((name, count) for name, count in counted.items() if count), key=lambda pair: -pair[1]))

    @cached_property
    def exchanges(self) -> list[str]:
        """Their names, sorted."""
        return sorted({row.exchange for row in self.rows if row.exchange})

    @cached_property
    def now(self) -> frozenset[str]:
        """The symbols that are listed, or about to be."""
        return frozenset(row.symbol for row in self.rows if row.end(self.as_of) >= self.as_of)

    @cached_property
    def _names(self) -> Names:
        return Names({row.symbol: row.name for row in self.rows if row.symbol in self.now})

    @cached_property
    def _by_symbol(self) -> Mapping[str, tuple[Listing, ...]]:
        found: dict[str, tuple[Listing, ...]] = {}
        for row in self.rows:
            found[row.symbol] = (*found.get(row.symbol, ()), row)
        return found

    def _before(self, listing: Listing) -> tuple[Listing, ...]:
        begins = listing.ipo_date
        others = (row for row in self._by_symbol[listing.symbol] if row is not listing)
        return tuple(row for row in others if begins and row.end(self.as_of) <= begins)
