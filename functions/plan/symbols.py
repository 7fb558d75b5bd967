"""From what a person, a schedule or a dropped list says to the symbols of a run. Pure."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from functions.errors import InvalidInput

MOST_SYMBOLS = 1_000
LONGEST_SYMBOL = 30
LONGEST_QUOTE = 60
HEADINGS = ("symbol", "symbols", "ticker")

# What the vendor's LISTING_STATUS and SYMBOL_SEARCH, and users of it, show: BRK-B, TSCO.LON, ACWV:BAT, -P-HIZ, M&M.BSE,
# ^GSPC. Keys in the bucket percent-encode what they can't hold, so nothing more need be refused.
_SYMBOL = re.compile(r"[A-Za-z0-9^&.:-]*[A-Za-z0-9][A-Za-z0-9^&.:-]*")
_REMARK = re.compile(r"(^|\s)#.*")
_BETWEEN_SYMBOLS = re.compile(r"[\s,;、，；]+")  # noqa: RUF001 (the commas of Japanese keyboards)


def symbols_of(value: Any, default: str = "") -> list[str]:
    """The symbols in capitals, each once, in the order given.

    Args:
        value: the input's ``symbols``: a list of texts, or one text with commas or white space between; None for none.
        default: STOCK_SYMBOLS, taken where the input names none.

    Raises:
        InvalidInput: something in it can't be a symbol, or there are none or too many.
    """
    symbols = _folded(_entries(value)) or _folded((entry, "STOCK_SYMBOLS") for entry in _split(default))
    if not symbols:
        raise InvalidInput('There are no symbols: write {"symbols": ["AAPL", "MSFT"]}, or set STOCK_SYMBOLS.')
    return _not_too_many(symbols)


def symbols_of_text(text: str) -> tuple[list[str], list[str]]:
    """The symbols of a dropped list, and a sentence for each entry that can't be one.

    A list is one symbol a line, or several with commas, semicolons or tabs between; what follows a ``#`` is a remark.
    Where the first line is a heading of several columns, only that of ``symbol`` (or ``symbols``, ``ticker``) counts.

    Raises:
        InvalidInput: there is no symbol in it, or too many, or it is no list at all.
    """
    symbols: list[str] = []
    complaints: list[str] = []
    try:
        for entry, place in _cells(text):
            try:
                symbols.append(_symbol(entry, place))
            except InvalidInput as error:
                complaints.append(str(error))
    except csv.Error as error:
        raise InvalidInput(f"The list can't be read ({error}): write one symbol a line.") from None
    if not symbols:
        raise InvalidInput("There is no symbol in the list: write one a line, such as AAPL.")
    return _not_too_many(list(dict.fromkeys(symbols))), complaints


def quoted(value: Any) -> str:
    """The value as a person wrote it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _entries(value: Any) -> Iterator[tuple[str, str]]:
    """Each entry with the place it stands at."""
    if value is None:
        return
    if isinstance(value, str):
        yield from ((entry, "symbols") for entry in _split(value))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            place = f"symbols[{index}]"
            if not isinstance(entry, str):
                raise InvalidInput(f'{place} is {quoted(entry)}, which is no text: write it in quotes, such as "AAPL".')
            yield entry, place
    else:
        raise InvalidInput(f'symbols is {quoted(value)}: write a list such as ["AAPL", "MSFT"], or "AAPL, MSFT".')


def _split(text: str) -> list[str]:
    return [entry for entry in _BETWEEN_SYMBOLS.split(text) if entry]


def _cells(text: str) -> Iterator[tuple[str, str]]:
    """Each entry of a dropped list with the line it stands in."""
    lines = [(number, _without_remark(line)) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line.strip()]
    heading = lines[0][1] if lines else ""
    delimiter = next((mark for mark in ";\t" if mark in heading), ",")
    rows = csv.reader((line for _, line in lines), delimiter=delimiter, skipinitialspace=True)
    columns = slice(None)
    for place, ((number, _), row) in enumerate(zip(lines, rows, strict=False)):
        names = [cell.strip().lower() for cell in row]
        known = [names.index(name) for name in HEADINGS if name in names]
        if place == 0 and known:
            columns = slice(known[0], known[0] + 1) if len(names) > 1 else columns
            continue
        yield from ((cell, f"line {number}") for cell in row[columns] if cell.strip())


def _without_remark(line: str) -> str:
    # A mark inside quotes is part of a name: to cut there would join the lines that follow.
    return line if '"' in line else _REMARK.sub("", line)


def _folded(entries: Iterable[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(_symbol(entry, place) for entry, place in entries))


def _symbol(entry: str, place: str) -> str:
    symbol = entry.strip().strip("\"'")
    if len(symbol) > LONGEST_SYMBOL or not _SYMBOL.fullmatch(symbol) or ".." in symbol:
        raise InvalidInput(
            f"{quoted(entry)} ({place}) can't be a symbol: write up to {LONGEST_SYMBOL} letters, digits and . - : & ^, "
            "such as BRK-B or TSCO.LON."
        )
    return symbol.upper()


def _not_too_many(symbols: list[str]) -> list[str]:
    if len(symbols) > MOST_SYMBOLS:
        raise InvalidInput(
            f"There are {len(symbols)} symbols, and one run takes {MOST_SYMBOLS}: Step Functions keeps 25,000 events "
            "of an execution, and a symbol takes 19 of them, more when it is retried. Start several runs: they share "
            "the request budget."
        )
    return symbols
