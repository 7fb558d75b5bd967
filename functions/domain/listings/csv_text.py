"""The vendor's listing as it is sent: CSV, seven columns, the text ``null`` for a date that there is not. Pure.

``symbol,name,exchange,assetType,ipoDate,delistingDate,status``, 13,400 to 13,900 rows of the US exchanges (FACTS on the
vendor, sections 1 and 5). ``NA``, ``NAN``, ``ON`` and ``TRUE`` are symbols in it, so nothing here guesses types.
"""

import csv
from datetime import date
from io import StringIO

from stockflow_functions.domain.errors import InvalidInput, UnexpectedAnswer
from stockflow_functions.domain.listings.listing import ACTIVE, DELISTED, Listing
from stockflow_functions.domain.symbols import quoted, symbol_of

COLUMNS = ("symbol", "name", "exchange", "assetType", "ipoDate", "delistingDate", "status")
HEADING = ",".join(COLUMNS)
_NO_DATE = frozenset({"null", ""})
_STATES = {"active": ACTIVE, "delisted": DELISTED}


def listings_of(text: str, as_of: date) -> list[Listing]:
    """The listings of one answer, in its order, each once; rows whose symbol nobody could ask for are left out.

    Args:
        as_of: the day of the answer.

    Raises:
        UnexpectedAnswer: it is no such table, ends in the middle of a row, or has none.
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        if tuple(next(lines, ())) != COLUMNS:
            raise UnexpectedAnswer(f"The vendor's listing does not begin with {HEADING}.")
        found = [_listing(row, number, as_of) for number, row in enumerate(lines, 2) if row]
    except csv.Error:
        raise UnexpectedAnswer("The vendor's listing has a quotation mark too many or too few.") from None
    listings = list(dict.fromkeys(item for item in found if item is not None))
    if not listings:
        raise UnexpectedAnswer("The vendor's listing is empty.")
    return listings


def _listing(row: list[str], number: int, as_of: date) -> Listing | None:
    """The row's listing; None if its symbol can't be one."""
    if len(row) != len(COLUMNS):
        raise UnexpectedAnswer(f"Row {number} of the vendor's listing has {len(row)} fields instead of {len(COLUMNS)}.")
    symbol, name, exchange, asset_type, ipo, delisting, status = (field.strip() for field in row)
    if status.lower() not in _STATES:
        raise UnexpectedAnswer(f"Row {number} of the vendor's listing has the status {quoted(status)}.")
    try:
        symbol = symbol_of(symbol, f"row {number}")
    except InvalidInput:
        return None
    begins, ends = _date(ipo, number), _date(delisting, number)
    return Listing(symbol, name, exchange, asset_type, begins, ends, _STATES[status.lower()], as_of, as_of)


def _date(text: str, number: int) -> date | None:
    if text.lower() in _NO_DATE:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnexpectedAnswer(f"Row {number} of the vendor's listing has the date {quoted(text)}.") from None
