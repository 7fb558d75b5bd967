"""Prices of many symbols as one table: read, cut to what was asked for, in the columns that were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.bars import Reader
from stockflow.dataset.places import Place
from stockflow.dataset.stored import nothing_of, symbols_of, unknown
from stockflow_functions.domain.prices.series import Series


@dataclass(frozen=True)
class Wanted:
    """What was asked for.

    Attributes:
        series: whose bars.
        symbols: sorted; None for all that there are.
        start: first day; None from the beginning.
        end: last day; None to the end.
        columns: of the series, symbol and date first.
    """

    series: Series
    symbols: Sequence[str] | None
    start: date | None
    end: date | None
    columns: Sequence[str]


def read_prices(place: Place, wanted: Wanted) -> pa.Table:
    """The bars, sorted by symbol and date.

    Raises:
        DatasetError: a symbol has none, or an object is no table of the series.
    """
    symbols = symbols_of(place, wanted.series) if wanted.symbols is None else wanted.symbols
    if not symbols:
        raise nothing_of(place, wanted.series)
    bars = Reader(place, wanted.series, wanted.columns).bars(symbols)
    if bars.missing and wanted.symbols is not None:
        raise unknown(place, wanted.series, bars.missing)
    return _between(bars.table, wanted.start, wanted.end).select(wanted.columns)


def _between(bars: pa.Table, start: date | None, end: date | None) -> pa.Table:
    days = bars.column("date")
    if start:
        bars = bars.filter(pc.greater_equal(days, pa.scalar(start)))
    if end:
        bars = bars.filter(pc.less_equal(bars.column("date"), pa.scalar(end)))
    return bars
