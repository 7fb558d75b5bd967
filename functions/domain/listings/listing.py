"""One listing: a company's or fund's time under a symbol. Pure."""

from dataclasses import dataclass
from datetime import date

ACTIVE, DELISTED = "active", "delisted"
LAST_DAY = date.max
"""The end of a listing that goes on."""


@dataclass(frozen=True)
class Listing:
    """A company or fund under a symbol; a symbol that was given to another one has two.

    Attributes:
        symbol: in capitals, as prices are asked for.
        name: of the company or fund, as the vendor writes it.
        exchange: such as ``NYSE ARCA``; the newest one known.
        asset_type: ``Stock`` or ``ETF``.
        ipo_date: since when it is listed, which may lie ahead; None if the vendor does not say.
        delisting_date: until when; None if it is listed, or the vendor does not say.
        status: ``active`` or ``delisted``, as the vendor said last.
        first_seen: the day of the first answer of the vendor that had it.
        last_seen: that of the newest one.
    """

    symbol: str
    name: str
    exchange: str
    asset_type: str
    ipo_date: date | None
    delisting_date: date | None
    status: str
    first_seen: date
    last_seen: date

    @property
    def key(self) -> tuple[str, date, date]:
        """What listings are sorted by: a symbol's in the order of time."""
        return self.symbol, self.ipo_date or date.min, self.delisting_date or LAST_DAY

    def end(self, as_of: date) -> date:
        """Its last day, by the listings of ``as_of``: ``date.max`` if it goes on.

        One that the vendor no longer names, neither as listed nor as delisted, ended when it was named last.
        """
        if self.delisting_date:
            return self.delisting_date
        return LAST_DAY if self.status == ACTIVE and self.last_seen >= as_of else self.last_seen

    def covers(self, day: date, as_of: date) -> bool:
        """Whether it was listed on that day, its first and last one included; an unknown beginning is before all."""
        return (self.ipo_date or date.min) <= day <= self.end(as_of)
