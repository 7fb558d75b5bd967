"""Bars of all symbols by date, from the tables of years: one object is read, or a part of it, and not one a symbol."""

from datetime import date
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow.dataset.sentences import decoding
from stockflow.dataset.stored import nothing_of, symbols_of
from stockflow_functions.aws import keys
from stockflow_functions.domain.errors import WriteConflict
from stockflow_functions.domain.parquet import NotATableError, column, version_of
from stockflow_functions.domain.prices.schema import SCHEMA_VERSION, schema
from stockflow_functions.domain.prices.series import Series

TRIES = 3
"""How often a table is read anew that a run replaces while it is read."""


def day(place: Place, series: Series, wanted: date | None = None) -> pa.Table:
    """The bars of one day, by default of the newest that any symbol has, sorted by symbol.

    Of a day without a session there are none. Each year's table is as it was at one moment.

    Raises:
        DatasetError: there are no prices of the series, or no tables of years, or the one that is needed can't be read.
    """
    years = years_of(place, series)
    if not years:
        if not symbols_of(place, series):
            raise nothing_of(place, series)
        raise DatasetError(
            f"{place.name} has no table of all symbols' {series.name} prices: the next `stockflow run` makes them of "
            "what is stored."
        )
    for year in [wanted.year] if wanted else reversed(years):
        found = _of_year(place, series, year, wanted)
        if wanted or len(found):
            return found
    return schema(series).empty_table()


def years_of(place: Place, series: Series) -> list[int]:
    """The years that have a table, the oldest first."""
    prefix = keys.table(series.name, 0).removesuffix("0.parquet")
    names = (key.removeprefix(prefix).removesuffix(".parquet") for key in place.keys(prefix))
    return sorted(int(name) for name in names if name.isdigit())


def _of_year(place: Place, series: Series, year: int, wanted: date | None, tries: int = TRIES) -> pa.Table:
    key = keys.table(series.name, year)
    file = place.in_parts(key)
    if file is None:
        return schema(series).empty_table()
    try:
        with file, decoding(place, key):
            return _rows(file, series, wanted)
    except WriteConflict:  # a run replaced it while it was read
        if tries == 1:
            raise
        return _of_year(place, series, year, wanted, tries - 1)


def _rows(file: BinaryIO, series: Series, wanted: date | None) -> pa.Table:
    """The rows of that day, or of the newest; whole groups are read, a file of a year has some dozens.

    Raises:
        NotATableError, NewerTableError: it is no table of a year.
    """
    try:
        table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=True)
        version_of(table.schema_arrow.empty_table(), SCHEMA_VERSION)
        spans = {number: _span(table.metadata.row_group(number)) for number in range(table.metadata.num_row_groups)}
        sought = wanted or max((last for _, last in spans.values()), default=date.min)
        groups = [number for number, (first, last) in spans.items() if first <= sought <= last]
        found = table.read_row_groups(groups, schema(series).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise NotATableError(f"it can't be read as Parquet ({type(error).__name__})") from error
    rows = pa.Table.from_arrays([column(found, each) for each in schema(series)], schema=schema(series))
    return rows.filter(pc.equal(rows.column("date"), pa.scalar(sought, pa.date32()))).combine_chunks()


def _span(group: pq.RowGroupMetaData) -> tuple[date, date]:
    """The first and the last date of a group of rows; raises ValueError if it does not say."""
    if not group.num_rows:
        return date.max, date.min
    for number in range(group.num_columns):
        told = group.column(number)
        if told.path_in_schema == "date" and told.statistics is not None and told.statistics.has_min_max:
            return told.statistics.min, told.statistics.max
    raise ValueError("no statistics of dates")
