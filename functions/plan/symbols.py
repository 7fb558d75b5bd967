"""From what a person, a schedule or a dropped list says to the symbols of a run. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from functions.errors import InvalidInput

MOST_SYMBOLS = 1_000
LONGEST_SYMBOL = 30
LONGEST_QUOTE = 60

# What symbols are made of, seen in the vendor's LISTING_STATUS and SYMBOL_SEARCH: BRK-B, TSCO.LON, ACWV:BAT, -P-HIZ,
# M&M.BSE, ^GSPC. Keys in the bucket percent-encode what they can't hold, so no more than that need be refused.
_SYMBOL = re.compile(r"[A-Z0-9^&.:=_+$-]*[A-Z0-9][A-Z0-9^&.:=_+$-]*")


def symbols_of(value: Any, default: str = "") -> list[str]:
    """The symbols in capitals, each once, in the order given.

    Args:
        value: the input's ``symbols``: a list of texts, or one text with commas or white space between; None for none.
        default: STOCK_SYMBOLS, taken where the input names none.

    Raises:
        InvalidInput: something in it can't be a symbol, or there are none or too many.
    """
    symbols = _folded(_entries(value, "symbols"))
    if not symbols:
        symbols = _folded(_entries(default, "STOCK_SYMBOLS"))
    if not symbols:
        raise InvalidInput('There are no symbols: write {"symbols": ["AAPL", "MSFT"]}, or set STOCK_SYMBOLS.')
    return _not_too_many(symbols)


def symbols_of_text(text: str) -> tuple[list[str], list[str]]:
    """The symbols of a dropped list (one a line, or comma-separated; ``#`` begins a comment), and what can't be one.

    A first line ``symbol`` or ``symbols`` is a CSV heading.

    Raises:
        InvalidInput: there is no symbol in it, or too many.
    """
    symbols, complaints = [], []
    lines = [line.split("#", 1)[0].strip().lstrip("\ufeff") for line in text.splitlines()]
    for number, line in enumerate(lines, start=1):
        for entry in _split(line):
            if number == 1 and entry.lower() in {"symbol", "symbols"}:
                continue
            try:
                symbols.append(_symbol(entry, f"line {number}"))
            except InvalidInput as error:
                complaints.append(str(error))
    if not symbols:
        raise InvalidInput("There is no symbol in the list: write one a line, such as AAPL.")
    return _not_too_many(list(dict.fromkeys(symbols))), complaints


def quoted(value: Any) -> str:
    """The value as a person wrote it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _entries(value: Any, place: str) -> list[tuple[str, str]]:
    """Each entry with the place it stands at."""
    if value is None:
        return []
    if isinstance(value, str):
        return [(entry, place) for entry in _split(value)]
    if isinstance(value, list):
        return [(_text(entry, f"{place}[{index}]"), f"{place}[{index}]") for index, entry in enumerate(value)]
    raise InvalidInput(f'{place} is {quoted(value)}: write a list such as ["AAPL", "MSFT"], or "AAPL, MSFT".')


def _text(entry: Any, place: str) -> str:
    if not isinstance(entry, str):
        raise InvalidInput(f'{place} is {quoted(entry)}, which is no text: write it in quotes, such as "AAPL".')
    return entry


def _split(text: str) -> list[str]:
    return [entry for entry in re.split(r"[\s,;]+", text.strip().strip("\"'")) if entry.strip("\"'")]


def _folded(entries: Iterable[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(_symbol(entry, place) for entry, place in entries))


def _symbol(entry: str, place: str) -> str:
    symbol = entry.strip().strip("\"'").upper()
    if len(symbol) > LONGEST_SYMBOL or not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        raise InvalidInput(
            f"{quoted(entry)} ({place}) can't be a symbol: write up to {LONGEST_SYMBOL} letters, digits and . - : & ^, "
            "such as BRK-B or TSCO.LON."
        )
    return symbol


def _not_too_many(symbols: list[str]) -> list[str]:
    if len(symbols) > MOST_SYMBOLS:
        raise InvalidInput(
            f"There are {len(symbols)} symbols, and one run takes {MOST_SYMBOLS}: Step Functions keeps 25,000 events "
            "of an execution, and a symbol takes 19 of them, more when it is retried. Start several runs: they share "
            "the request budget."
        )
    return symbols
