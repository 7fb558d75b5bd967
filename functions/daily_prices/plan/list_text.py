"""The text of a dropped symbol list, line by line. Pure."""

import csv
import re
from collections.abc import Iterator

from stockflow_functions.daily_prices.plan.symbols import not_too_many
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.symbols import quoted, symbol_of

HEADINGS = ("symbol", "symbols", "ticker")
OTHER_HEADINGS = frozenset({"company", "currency", "date", "exchange", "isin", "name", "price", "sector", "weight"})

_REMARK = re.compile(r"(^|\s)#.*")


def symbols_of_text(text: str) -> tuple[list[str], list[str]]:
    """The symbols of a dropped list, and a sentence for each entry that can't be one.

    A list has one symbol per line, or several separated by commas, semicolons or tabs; a ``#`` begins a comment. If
    the first line is a heading of several columns, only that of ``symbol`` (or ``symbols``, ``ticker``) counts.

    Raises:
        InvalidInput: it has no symbol, or too many, or no column of symbols.
    """
    symbols: list[str] = []
    complaints: list[str] = []
    for entry, place in _entries(_lines(text), complaints):
        try:
            symbols.append(symbol_of(entry, place))
        except InvalidInput as error:
            complaints.append(str(error))
    if not symbols:
        raise InvalidInput("There is no symbol in the list: write one per line, such as AAPL.")
    return not_too_many(list(dict.fromkeys(symbols))), complaints


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that are not blank or comments, with their numbers from 1."""
    lines = ((number, _without_remark(line)) for number, line in enumerate(text.splitlines(), 1))
    return [(number, line) for number, line in lines if line.strip()]


def _without_remark(line: str) -> str:
    # A mark inside quotes is part of a name.
    return line if '"' in line else _REMARK.sub("", line)


def _entries(lines: list[tuple[int, str]], complaints: list[str]) -> Iterator[tuple[str, str]]:
    """Each entry of the symbols' column, or of all columns, with its line."""
    heading = lines[0][1] if lines else ""
    delimiter = next((mark for mark in ";\t" if mark in heading), ",")
    columns = slice(None)
    for number, line in lines:
        try:
            cells = _cells(line, delimiter)
        except csv.Error:
            complaints.append(
                f"{quoted(line)} (line {number}) has a quotation mark too many or too few: write it again."
            )
            continue
        if line is heading:
            found = _column(cells)
            if found is not None:
                columns = found
                continue
        yield from ((cell, f"line {number}") for cell in cells[columns] if cell.strip())


def _cells(line: str, delimiter: str) -> list[str]:
    # Line by line: an open quotation mark must not make one symbol of two lines.
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), [])


def _column(cells: list[str]) -> slice | None:
    """Which cells of each line are symbols, if this line is a heading; None if it is not."""
    names = [cell.strip().lower() for cell in cells]
    known = next((names.index(name) for name in HEADINGS if name in names), None)
    if known is not None:
        return slice(known, known + 1) if len(names) > 1 else slice(None)
    if len(names) > 1 and OTHER_HEADINGS.issuperset(names):
        raise InvalidInput(f"The list's columns are {', '.join(names)}: name the one with the symbols 'symbol'.")
    return None
