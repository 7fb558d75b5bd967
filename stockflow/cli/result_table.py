"""Rows as a person reads them: a table, or a row below the other where the terminal is too narrow for one."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import click
from rich.box import HEAVY_HEAD, Box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stockflow.cli.values import cell
from stockflow.terminal import on_one_line

Row: TypeAlias = Sequence[Any]

_UNENDING = 1_000_000
"""The width of a table that goes into a pipe, where nothing may be cut off."""


def printed_table(names: Sequence[str], rows: Iterable[Row]) -> None:
    """Prints the rows as a table, numbers to the right; into a pipe as wide as it is.

    On a terminal texts are wrapped between words. Where that is not enough the lines of the table are left out, and
    then the columns: each row is a line a value.
    """
    shown = list(rows)
    console = Console() if sys.stdout.isatty() else Console(width=_UNENDING)
    freely = console.options.update(width=_UNENDING)
    for box in (HEAVY_HEAD, None):
        table = _table(names, shown, box)
        if console.measure(table, options=freely).minimum <= console.width:
            console.print(table)
            return
    for row in shown:
        click.echo()
        _print_lines(names, row)


def _table(names: Sequence[str], rows: Sequence[Row], box: Box | None) -> Table:
    table = Table(box=box, padding=(0, 1) if box else (0, 1, 0, 0))
    for number, name in enumerate(names):
        values = [row[number] for row in rows]
        numbers = any(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values)
        whole = not any(" " in cell(value) for value in values)  # such as a date: only between words is it wrapped
        heading = Text(on_one_line(name))
        table.add_column(heading, justify="right" if numbers else "left", no_wrap=whole, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def _print_lines(names: Sequence[str], row: Row) -> None:
    width = max(map(len, names))
    for name, value in zip(names, row, strict=True):
        click.echo(f"{on_one_line(name):<{width}}  {cell(value)}".rstrip())
