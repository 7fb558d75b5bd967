"""Prices as a file for other programs: CSV, Parquet, or a workbook of Excel."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from xlsxwriter import Workbook

from stockflow.cli.results import rows_of
from stockflow.errors import Unusable
from stockflow_functions.domain.words import counted

About = Mapping[str, str]
"""What a workbook says of its prices, on a sheet of its own."""

MOST_ROWS = 1_048_575
"""Of a sheet beside its headings (support.microsoft.com, "Excel specifications and limits")."""


def writer_of(file: Path) -> Callable[[pa.Table, Path, About], None]:
    """What writes a file of that name.

    Raises:
        Unusable: the end of its name says no format.
    """
    found = _WRITERS.get(file.suffix.lower())
    if found is None:
        raise Unusable(f"{file} can't be written: let its name end in {', '.join(list(_WRITERS)[:-1])} or .xlsx.")
    return found


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """The path of a file beside it, which takes its place at the end; nothing is left of one that failed.

    Raises:
        Unusable: it can't be written there.
    """
    beside = file.with_name(f".{file.stem}.{os.getpid()}.tmp{file.suffix}")
    try:
        yield beside
        beside.replace(file)
    except OSError as error:
        raise Unusable(f"{file} can't be written ({error.strerror or error}): choose another --output.") from None
    finally:
        beside.unlink(missing_ok=True)


def _as_csv(rows: pa.Table, file: Path, _about: About) -> None:
    csv.write_csv(rows, file, csv.WriteOptions(quoting_style="needed"))


def _as_parquet(rows: pa.Table, file: Path, _about: About) -> None:
    pq.write_table(rows, file, compression="zstd")


def _as_workbook(rows: pa.Table, file: Path, about: About) -> None:
    if len(rows) > MOST_ROWS:
        raise Unusable(
            f"{counted(len(rows), 'row')} are more than a sheet of Excel takes ({MOST_ROWS:,}): "
            "write .csv or .parquet, or name fewer symbols or days."
        )
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with Workbook(str(file), options) as book:
        heading = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("prices")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), rows.num_columns - 1)
        for number, field in enumerate(rows.schema):
            sheet.set_column(number, number, 12, day if pa.types.is_date(field.type) else None)
        _fill(sheet, rows, heading)
        _describe(book.add_worksheet("about"), rows.schema, about, heading)


def _fill(sheet: Any, rows: pa.Table, heading: Any) -> None:
    sheet.write_row(0, 0, rows.schema.names, heading)
    for number, row in enumerate(rows_of(rows.to_batches()), 1):
        sheet.write_row(number, 0, row)


def _describe(sheet: Any, columns: pa.Schema, about: About, heading: Any) -> None:
    sheet.set_column(0, 0, 18)
    said = [(field.name, (field.metadata or {}).get(b"description", b"").decode()) for field in columns]
    for number, (name, text) in enumerate([*about.items(), *said]):
        sheet.write(number, 0, name, heading)
        sheet.write(number, 1, text)


_WRITERS = {".csv": _as_csv, ".parquet": _as_parquet, ".xlsx": _as_workbook}
