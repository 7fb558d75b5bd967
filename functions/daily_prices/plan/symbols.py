"""Reads a run's symbols from what a person, a schedule or a dropped list says. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from stockflow_functions.domain.errors import InvalidInput

MOST_SYMBOLS = 1_000
LONGEST_SYMBOL = 30
LONGEST_QUOTE = 60

# What the vendor's LISTING_STATUS and SYMBOL_SEARCH, and users of it, show: BRK-B, TSCO.LON, ACWV:BAT, -P-HIZ, M&M.BSE,
# ^GSPC. Keys in the bucket percent-encode what they can't hold, so nothing more need be refused.
_SYMBOL = re.compile(r"[A-Za-z0-9^&.:-]*[A-Za-z0-9][A-Za-z0-9^&.:-]*")
_BETWEEN_SYMBOLS = re.compile(r"[\s,;、，；]+")


def symbols_of(value: Any, default: str = "") -> list[str]:
    """The symbols in capitals, each once, in the order given.

    Args:
        value: the input's ``symbols``: a list of texts, or one text separated by commas or white space; None for none.
        default: STOCK_SYMBOLS, used if the input names none.

    Raises:
        InvalidInput: something in it can't be a symbol, or there are none or too many.
    """
    symbols = _folded(_entries(value)) or _folded((entry, "STOCK_SYMBOLS") for entry in _split(default))
    if not symbols:
        raise InvalidInput('There are no symbols: write {"symbols": ["AAPL", "MSFT"]}, or set STOCK_SYMBOLS.')
    return not_too_many(symbols)


def quoted(value: Any) -> str:
    """The value as written, cut if it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _entries(value: Any) -> Iterator[tuple[str, str]]:
    """Each entry with its place."""
    if value is None:
        return
    if isinstance(value, str):
        yield from ((entry, "symbols") for entry in _split(value))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            place = f"symbols[{index}]"
            if not isinstance(entry, str):
                raise InvalidInput(f'{place} is {quoted(entry)}, not a text: write it in quotes, such as "AAPL".')
            yield entry, place
    else:
        raise InvalidInput(f'symbols is {quoted(value)}: write a list such as ["AAPL", "MSFT"], or "AAPL, MSFT".')


def _split(text: str) -> list[str]:
    return [entry for entry in _BETWEEN_SYMBOLS.split(text) if entry]


def _folded(entries: Iterable[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(symbol_of(entry, place) for entry, place in entries))


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


def not_too_many(symbols: list[str]) -> list[str]:
    """The symbols, if they are no more than one run takes.

    Raises:
        InvalidInput: there are more.
    """
    if len(symbols) > MOST_SYMBOLS:
        raise InvalidInput(
            f"There are {len(symbols)} symbols, and one run takes {MOST_SYMBOLS}: Step Functions keeps 25,000 events "
            "of an execution, and a symbol takes 19 of them, more when it is retried. Start several runs: they share "
            "the request budget."
        )
    return symbols
