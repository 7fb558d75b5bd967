"""Reads a run's symbols from what a person, a schedule or a dropped list says. Pure."""

from collections.abc import Iterable
from typing import Any

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.symbols import entries_of, split, symbol_of

MOST_SYMBOLS = 100_000
"""More than any vendor lists; their shards' results still fit into one state."""


def symbols_of(value: Any, default: str = "") -> list[str]:
    """The symbols in capitals, each once, in the order given.

    Args:
        value: the input's ``symbols``: a list of texts, or one text separated by commas or white space; None for none.
        default: STOCK_SYMBOLS, used if the input names none.

    Raises:
        InvalidInput: something in it can't be a symbol, or there are none or too many.
    """
    symbols = _folded(entries_of(value)) or _folded((entry, "STOCK_SYMBOLS") for entry in split(default))
    if not symbols:
        raise InvalidInput('There are no symbols: write {"symbols": ["AAPL", "MSFT"]}, or set STOCK_SYMBOLS.')
    return not_too_many(symbols)


def daily_symbols(stock_symbols: str) -> list[str]:
    """The symbols of the daily runs, STOCK_SYMBOLS; none if it is not set.

    Raises:
        InvalidInput: something in it can't be a symbol.
    """
    return _folded((entry, "STOCK_SYMBOLS") for entry in split(stock_symbols))


def _folded(entries: Iterable[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(symbol_of(entry, place) for entry, place in entries))


def not_too_many(symbols: list[str]) -> list[str]:
    """The symbols, if they are no more than one run takes.

    Raises:
        InvalidInput: there are more.
    """
    if len(symbols) > MOST_SYMBOLS:
        raise InvalidInput(
            f"There are {len(symbols):,} symbols, and one run takes {MOST_SYMBOLS:,}: start several runs, one after "
            "another; they share the request budget."
        )
    return symbols
