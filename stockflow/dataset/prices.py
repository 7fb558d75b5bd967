"""Prices of many symbols as one table: read, adjusted, cut to the days and columns that were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.actions import ActionsReader, not_known
from stockflow.dataset.adjusting import How, adjusted, adjusted_kinds
from stockflow.dataset.bars import Reader
from stockflow.dataset.places import Place
from stockflow.dataset.quoted import with_quoted
from stockflow.dataset.reading import as_arrow, frame_of
from stockflow.dataset.stored import nothing_of, symbols_of, unknown
from stockflow.dataset.then import nothing_then
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.prices.series import Series

_KINDS: dict[How, tuple[str, ...]] = {"splits": (SPLIT,), "all": (SPLIT, DIVIDEND)}


@dataclass(frozen=True)
class Wanted:
    """What was asked for.

    Attributes:
        series: whose bars.
        symbols: sorted; None for all that there are.
        start: first day; None from the beginning.
        end: last day; None to the end.
        columns: symbol and date first.
        adjust: for what; None for prices as traded.
        moment_s: as it was known then, seconds since 1970; None is now.
    """

    series: Series
    symbols: Sequence[str] | None
    start: date | None
    end: date | None
    columns: Sequence[str]
    adjust: How | None
    moment_s: int | None


def read_prices(place: Place, wanted: Wanted) -> pa.Table:
    """The bars, sorted by symbol and date.

    Raises:
        DatasetError: a symbol has none, its actions are not known, or an object is no table of what it should be.
    """
    symbols = symbols_of(place, wanted.series) if wanted.symbols is None else wanted.symbols
    if not symbols:
        raise nothing_of(place, wanted.series)
    needed = {*wanted.columns, "close"} if wanted.adjust == "all" else {*wanted.columns}
    stored = Reader(place, wanted.series, needed).bars(symbols, wanted.moment_s)
    if stored.missing and wanted.symbols is not None:
        raise unknown(place, wanted.series, stored.missing)
    if wanted.moment_s is not None and not len(stored.table):
        raise nothing_then(place, symbols, wanted.moment_s)
    bars = _since(stored.table, wanted.start)
    if wanted.adjust:
        bars = _adjusted(bars, place, wanted.adjust, wanted.moment_s)
    return with_quoted(_until(bars, wanted.end), wanted.columns).select(wanted.columns)


def _adjusted(bars: pa.Table, place: Place, how: How, moment_s: int | None) -> pa.Table:
    """The bars, of each symbol up to its newest one: what is not asked for is cut off after this."""
    symbols = sorted(bars.column("symbol").unique().to_pylist())
    reader = ActionsReader(place, ("date", "kind", "value"), then=moment_s is not None)
    actions = reader.of(symbols)
    for kind in _KINDS[how]:
        unknown_of = actions.unknown(kind, moment_s)
        if unknown_of:
            raise not_known(place, f"{kind}s", unknown_of, moment_s)
    return as_arrow(adjusted(frame_of(bars), frame_of(actions.at(moment_s)), how), adjusted_kinds(bars.schema, how))


def _since(bars: pa.Table, start: date | None) -> pa.Table:
    return bars.filter(pc.greater_equal(bars.column("date"), pa.scalar(start))) if start else bars


def _until(bars: pa.Table, end: date | None) -> pa.Table:
    return bars.filter(pc.less_equal(bars.column("date"), pa.scalar(end))) if end else bars
