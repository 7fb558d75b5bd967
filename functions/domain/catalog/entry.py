"""What the catalog says of a symbol in one series. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

LISTED, DELISTED, UNKNOWN = "listed", "delisted", "unknown"
Key = tuple[str, str]
"""Series and symbol."""


@dataclass(frozen=True)
class Entry:
    """A row of the catalog, whose columns :data:`table.CATALOG` describes; None stands for an empty cell."""

    symbol: str
    series: str
    name: str | None = None
    exchange: str | None = None
    currency: str | None = None
    price_scale: float | None = None
    first_date: date | None = None
    last_date: date | None = None
    rows: int = 0
    missing_sessions: int | None = None
    rejected: int | None = None
    restated: int | None = None
    splits: int | None = None
    dividends: int | None = None
    actions_asked_at: datetime | None = None
    last_asked: datetime | None = None
    last_confirmed: datetime | None = None
    status: str = UNKNOWN
    stale: bool = False
    etag: str | None = None
    bytes: int = 0
    actions_etag: str | None = None
    earlier_digest: int = 0

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.series, self.symbol

    @property
    def years(self) -> range:
        """The years that its bars are in, those between them included; none without a bar."""
        if self.first_date is None or self.last_date is None:
            return range(0)
        return range(self.first_date.year, self.last_date.year + 1)
