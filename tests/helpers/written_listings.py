"""Listings that are written here: invented companies, in the vendor's shape."""

from datetime import date

from stockflow_functions.domain.listings.listing import ACTIVE, DELISTED, Listing
from stockflow_functions.domain.listings.lookup import Listings

WEEK_BEFORE, AS_OF = date(2026, 11, 20), date(2026, 11, 27)
HEADING = "symbol,name,exchange,assetType,ipoDate,delistingDate,status"


def listing(symbol="AAPL", begins="2010-01-04", ends=None, seen=AS_OF, **more):
    """One listing; without a beginning where ``begins`` is None."""
    facts = {"name": f"{symbol} Example", "exchange": "NASDAQ", "asset_type": "Stock", "first_seen": seen} | more
    return Listing(
        symbol=symbol,
        ipo_date=date.fromisoformat(begins) if begins else None,
        delisting_date=date.fromisoformat(ends) if ends else None,
        status=DELISTED if ends else ACTIVE,
        last_seen=seen,
        **facts,
    )


def listings(*rows, as_of=AS_OF):
    """All of them."""
    return Listings(as_of, tuple(sorted(rows, key=lambda row: row.key)))


def csv_of(*rows):
    """The vendor's table of these lines."""
    return "\r\n".join((HEADING, *rows, ""))
