"""Listings in words: how many there are, and the life of a symbol. Pure."""

from collections.abc import Iterator
from datetime import date

from stockflow_functions.domain.listings.listing import LAST_DAY, Listing
from stockflow_functions.domain.listings.lookup import REFRESHED_AFTER_DAYS, Listings, Standing
from stockflow_functions.domain.words import counted


def summary(listings: Listings, day: date) -> Iterator[str]:
    """Of which day they are, and how many symbols each exchange has."""
    age_days = listings.age_days(day)
    advice = ": stockflow listings --update asks anew" if age_days > REFRESHED_AFTER_DAYS else ""
    yield f"Listings of {listings.as_of}, {counted(age_days, 'day')} old{advice}."
    counts = listings.counts(day)
    yield f"{counted(sum(counts.values()), 'symbol')} listed, {_ended(listings):,} listings ended."
    yield ""
    yield from (f"{exchange:<12} {count:>7,}" for exchange, count in counts.items())


def life(symbol: str, listings: Listings, day: date) -> Iterator[str]:
    """The symbol's listings, one a line, the newest first; of an unknown one the nearest."""
    found = listings.life(symbol, day)
    if found.standing is Standing.UNKNOWN:
        near = listings.nearest(symbol)
        guess = f": did you mean {', '.join(near)}?" if near else ""
        yield f"{symbol:<8} in no listing of {listings.as_of}{guess}"
        return
    rows = [row for row in listings.rows if row.symbol == symbol]
    for row in sorted(rows, key=lambda row: row.key, reverse=True):
        yield f"{symbol:<8} {_span(row, listings.as_of, day):<48} {row.exchange:<12} {row.asset_type:<6} {row.name}"


def _span(row: Listing, as_of: date, day: date) -> str:
    begins, ends = row.ipo_date, row.end(as_of)
    since = f"since {begins}" if begins else "since an unknown day"
    if begins and begins > day:
        return f"to be listed on {begins}"
    if ends == LAST_DAY:
        return f"listed {since}"
    how = "delisted on" if row.delisting_date else "in no listing after"
    return f"{how} {ends}, listed {since}"


def _ended(listings: Listings) -> int:
    return sum(row.end(listings.as_of) < listings.as_of for row in listings.rows)
