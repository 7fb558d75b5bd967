"""Rows as a person or a program reads them from standard output: a table, CSV, or JSON."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import click
import pandas as pd
import pyarrow as pa

from stockflow.cli.result_table import Row, printed_table
from stockflow.cli.values import plain
from stockflow.terminal import in_unicode
from stockflow_functions.domain.words import counted

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "csv", "json")
MOST_SHOWN = 1000
"""Rows of a table for a person: more are counted."""


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
        writer.writerow([_field(plain(value)) for value in row])


def _field(value: Any) -> Any:
    """A list or an object as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _as_json(names: Sequence[str], rows: Iterable[Row]) -> None:
    """A list of objects, one a line."""
    escaped = not in_unicode()
    before = "["
    for row in rows:
        click.echo(before)
        entry = dict(zip(names, map(plain, row), strict=True))
        click.echo(json.dumps(entry, ensure_ascii=escaped), nl=False)
        before = ","
    click.echo("\n]" if before == "," else "[]")


def _as_table(names: Sequence[str], rows: Iterable[Row]) -> None:
    rows = iter(rows)
    shown = list(islice(rows, MOST_SHOWN))
    printed_table(names, shown)
    more = sum(1 for _ in rows)
    rest = f", the first {MOST_SHOWN:,} of them shown: --format csv prints all" if more else ""
    click.echo(f"{counted(len(shown) + more, 'row')}{rest}.")


def _unlike(names: Sequence[str]) -> list[str]:
    """The names, those that come again with a number."""
    found: list[str] = []
    for name in names:
        unlike, number = name, 2
        while unlike in found:
            unlike, number = f"{name}_{number}", number + 1
        found.append(unlike)
    return found
