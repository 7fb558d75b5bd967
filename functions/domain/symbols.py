"""A symbol, as people, schedules and vendors write it. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from stockflow_functions.domain.errors import InvalidInput

LONGEST_SYMBOL = 30
LONGEST_QUOTE = 60

# What the vendor's LISTING_STATUS and SYMBOL_SEARCH, and users of it, show: BRK-B, TSCO.LON, ACWV:BAT, -P-HIZ, M&M.BSE,
# ^GSPC. Keys in the bucket percent-encode what they can't hold, so nothing more need be refused.
_SYMBOL = re.compile(r"[A-Za-z0-9^&.:-]*[A-Za-z0-9][A-Za-z0-9^&.:-]*")
_BETWEEN_SYMBOLS = re.compile(r"[\s,;、，；]+")


def symbol_of(entry: str, place: str) -> str:
    """One symbol in capitals, from the entry at ``place``.

    Raises:
        InvalidInput: it can't be a symbol.
    """
    symbol = entry.strip().strip("\"'")
    if len(symbol) > LONGEST_SYMBOL or not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        raise InvalidInput(
            f"{quoted(entry)} ({place}) can't be a symbol: write up to {LONGEST_SYMBOL} letters, digits and . - : & ^, "
            "such as BRK-B or TSCO.LON."
        )
    return symbol.upper()


def entries_of(value: Any) -> Iterator[tuple[str, str]]:
    """Each entry of an input's ``symbols`` with its place, such as ``symbols[0]``; none of None.

    Raises:
        InvalidInput: it is neither a text nor a list of texts.
    """
    if value is None:
        return
    if isinstance(value, str):
        yield from ((entry, "symbols") for entry in split(value))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            place = f"symbols[{index}]"
            if not isinstance(entry, str):
                raise InvalidInput(f'{place} is {quoted(entry)}, not a text: write it in quotes, such as "AAPL".')
            yield entry, place
    else:
        raise InvalidInput(f'symbols is {quoted(value)}: write a list such as ["AAPL", "MSFT"], or "AAPL, MSFT".')


def split(text: str) -> list[str]:
    """The entries of a text, between which are commas or white space."""
    return [entry for entry in _BETWEEN_SYMBOLS.split(text) if entry]


def quoted(value: Any) -> str:
    """The value as written, cut if it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
