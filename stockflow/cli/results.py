"""Rows as a person or a program reads them from standard output: a table, CSV, or JSON."""

import csv
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from functools import singledispatch
from itertools import islice
from typing import Any, TypeVar

import click
import pandas as pd
import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stockflow.terminal import on_one_line, printable
from stockflow_functions.domain.words import counted

Command = TypeVar("Command", bound=Callable[..., Any])
Row = Sequence[Any]

FORMATS = ("table", "csv", "json")
MOST_SHOWN = 1000
"""Rows of a table for a person: more are counted."""
_UNENDING = 1_000_000
"""The width of a table that goes into a pipe, where nothing may be cut off."""
_DIGITS = ".12g"


def format_option(command: Command) -> Command:
    """``--format``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default=lambda: "table" if sys.stdout.isatty() else "csv",
        show_default="table on a terminal, csv into a pipe",
        help="How rows are printed.",
    )(command)


def show(names: Sequence[str], rows: Iterable[Row], form: str) -> None:
    """Prints the rows, which are read one after another; those of a table all at once."""
    names = _unlike(names)
    if form == "csv":
        _as_csv(names, rows)
    elif form == "json":
        _as_json(names, rows)
    else:
        _as_table(names, rows)


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    """The rows of batches, as Python values; by place, as two columns may have one name."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def rows_in(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a frame, likewise; its moments without a time zone are days."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is None:
            table = table.set_column(number, field.name, table.column(number).cast(pa.date32()))
    return rows_of(table.to_batches())


def _as_csv(names: Sequence[str], rows: Iterable[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_plain(value) for value in row])


def _as_json(names: Sequence[str], rows: Iterable[Row]) -> None:
    """A list of objects, one a line."""
    before = "["
    for row in rows:
        click.echo(before)
        click.echo(json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False), nl=False)
        before = ","
    click.echo("\n]" if before == "," else "[]")


def _as_table(names: Sequence[str], rows: Iterable[Row]) -> None:
    rows = iter(rows)
    shown = list(islice(rows, MOST_SHOWN))
    printed_table(names, shown)
    more = sum(1 for _ in rows)
    rest = f", the first {MOST_SHOWN:,} of them shown: --format csv prints all" if more else ""
    click.echo(f"{counted(len(shown) + more, 'row')}{rest}.")


def printed_table(names: Sequence[str], rows: Iterable[Row]) -> None:
    """Prints the rows as a table, numbers to the right; into a pipe as wide as it is."""
    table = Table()
    for name in names:
        table.add_column(Text(on_one_line(name)))
    for row in rows:
        for column, value in zip(table.columns, row, strict=True):
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                column.justify = "right"
        table.add_row(*(Text(cell(value)) for value in row))
    console = Console() if sys.stdout.isatty() else Console(width=_UNENDING)
    console.print(table)


def cell(value: Any) -> str:
    """The value for a person; "" for none."""
    plain = _plain(value)
    if plain is None:
        return ""
    return format(plain, _DIGITS) if isinstance(plain, float) else printable(str(plain))


@singledispatch
def _plain(value: Any) -> Any:
    """The value as JSON and CSV have it: dates and moments as ISO 8601, NaN as none."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@_plain.register
def _(value: float) -> float | None:
    return value if math.isfinite(value) else None


@_plain.register
def _(value: Decimal) -> float | int:
    return float(value) if value.as_tuple().exponent else int(value)


@_plain.register(date | time)
def _(value: date | time) -> str:
    return value.isoformat().replace("+00:00", "Z")


@_plain.register
def _(value: dict) -> dict[str, Any]:  # type: ignore[type-arg] # what it is registered by
    return {str(name): _plain(each) for name, each in value.items()}


@_plain.register
def _(value: list) -> list[Any]:  # type: ignore[type-arg] # as above
    return [_plain(each) for each in value]


@_plain.register
def _(value: bytes) -> str:
    return value.hex()


def _unlike(names: Sequence[str]) -> list[str]:
    """The names, those that come again with a number."""
    found: list[str] = []
    for name in names:
        unlike, number = name, 2
        while unlike in found:
            unlike, number = f"{name}_{number}", number + 1
        found.append(unlike)
    return found
