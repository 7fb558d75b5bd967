"""The invented listing: who is listed, and was, at an exchange that the simulated vendor would have prices of.

The names say that they are simulated. Some well-known symbols are in it, and those that make trouble for readers of
tables (NA, NAN, ON, TRUE); GONE was delisted, TWICE belongs to its second company, COMING is listed in thirty days; and
SIMAA to SIMZZ make up the numbers.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from io import StringIO
from itertools import product
from string import ascii_uppercase

from stockflow.simulated_alpha_vantage.sessions import FIRST_SESSION
from stockflow_functions.domain.listings.csv_text import COLUMNS
from stockflow_functions.domain.listings.listing import ACTIVE, DELISTED, Listing

DELISTED_STATE = "delisted"
_COMING_IN = timedelta(days=30)
_APART, _LIFE = timedelta(days=14), timedelta(days=8 * 365)
_EVERY_TENTH = 10

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "NASDAQ": ("AAPL Apple", "AMZN Amazon.com", "GOOG Alphabet", "GOOGL Alphabet", "META Meta", "MSFT Microsoft",
               "NVDA Nvidia", "ON On Semiconductor", "QQQ Invesco QQQ", "TSLA Tesla"),
    "NYSE": ("BF-B Brown-Forman", "BRK-A Berkshire", "BRK-B Berkshire", "DIS Disney", "IBM IBM", "JPM JPMorgan",
             "KO Coca-Cola", "NA Nano Labs", "NAN Nuveen", "TRUE TrueCar", "V Visa", "XOM Exxon"),
    "NYSE ARCA": ("GLD Gold Shares", "SPY SPDR S&P 500", "VOO Vanguard S&P 500"),
}  # fmt: skip
_FUNDS = frozenset({"GLD", "QQQ", "SPY", "VOO"})


@lru_cache(maxsize=4)
def simulated_listings(today: date) -> tuple[Listing, ...]:
    """All listings, as of that day."""
    known = (
        _listing(symbol, name, exchange, FIRST_SESSION, today)
        for exchange, entries in _KNOWN.items()
        for symbol, _, name in (entry.partition(" ") for entry in entries)
    )
    special = (
        _listing("GONE", "Gone", "NYSE", FIRST_SESSION, today, date(2024, 3, 15)),
        _listing("TWICE", "First Twice", "NYSE", FIRST_SESSION, today, date(2012, 6, 29)),
        _listing("TWICE", "Second Twice", "NASDAQ", date(2019, 9, 16), today),
        _listing("COMING", "Coming", "NASDAQ", today + _COMING_IN, today),
    )
    return (*known, *special, *_numbers(today))


def listings_body(listings: Collection[Listing], state: str, day: date) -> bytes:
    """The answer to LISTING_STATUS: the active ones, with those to come, or those delisted by that day."""
    file = StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in sorted(listings, key=lambda row: row.key):
        is_over = row.delisting_date is not None and row.delisting_date < day
        if is_over is (state == DELISTED_STATE):
            ends = row.delisting_date.isoformat() if row.delisting_date and is_over else "null"
            begins = row.ipo_date.isoformat() if row.ipo_date else "null"
            status = (DELISTED if is_over else ACTIVE).capitalize()
            table.writerow((row.symbol, row.name, row.exchange, row.asset_type, begins, ends, status))
    return file.getvalue().encode()


def recorded_listings(symbols: Collection[str], today: date) -> tuple[Listing, ...]:
    """A listing of the symbols that there are recordings of, whose dates are not known; US ones have no suffix."""
    return tuple(
        Listing(symbol, f"{symbol} (recorded)", "NYSE", "Stock", None, None, ACTIVE, today, today)
        for symbol in sorted(symbols)
        if "." not in symbol
    )


def _numbers(today: date) -> Iterator[Listing]:
    """Listed a fortnight apart; each tenth is delisted after eight years."""
    for number, letters in enumerate(product(ascii_uppercase, repeat=2)):
        symbol, begins = f"SIM{''.join(letters)}", FIRST_SESSION + number * _APART
        ends = begins + _LIFE if number % _EVERY_TENTH == 0 else None
        if begins <= today:
            yield _listing(symbol, symbol, ("NASDAQ", "NYSE")[number % 2], begins, today, ends)


def _listing(symbol: str, name: str, exchange: str, begins: date, today: date, ends: date | None = None) -> Listing:
    kind = "ETF" if symbol in _FUNDS else "Stock"
    return Listing(symbol, f"{name} (simulated)", exchange, kind, begins, ends, ACTIVE, today, today)
