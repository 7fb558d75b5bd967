"""The dataset as programs read it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from stockflow.dataset import compacted
from stockflow.dataset.actions import known_actions
from stockflow.dataset.adjusting import How
from stockflow.dataset.asked import (
    Day,
    Symbols,
    adjustment_in,
    columns_in,
    day_of,
    moment_of,
    series_named,
    span_of,
    symbols_in,
)
from stockflow.dataset.others import read_calls, read_catalog, read_findings, read_listings
from stockflow.dataset.places import Place, place_of
from stockflow.dataset.prices import Wanted, read_prices
from stockflow.dataset.quoted import QUOTED
from stockflow.dataset.reading import frame_of
from stockflow.dataset.sentences import readable


class Dataset:
    """A dataset in a folder, or in S3: ``Dataset("out")``, ``Dataset("s3://bucket/prefix")``.

    Nothing is read before it is asked for, and then only what the answer needs. Each object is read whole, as it was
    at one moment, so that a run may write meanwhile.

    Every method raises :class:`DatasetError` where it has no answer: one sentence on what is wrong, where, and what to
    do instead. ``symbols`` is ``"AAPL"``, ``"AAPL, MSFT"`` or a list; None is all that there are. A day is a text such
    as ``"2026-11-20"`` or a date. ``as_of`` is a day, which counts to its end, UTC, or a moment.
    """

    def __init__(self, place: str | Path | Place) -> None:
        with readable(str(place)):
            self.place: Place = place_of(str(place)) if isinstance(place, str | Path) else place

    def __repr__(self) -> str:
        return f"Dataset({self.place.name!r})"

    def prices(
        self,
        symbols: Symbols = None,
        start: Day = None,
        end: Day = None,
        adjust: How | None = None,
        as_of: str | date | None = None,
        columns: Sequence[str] | str | None = None,
        series: str = "daily",
        *,
        arrow: bool = False,
    ) -> pd.DataFrame | pa.Table:
        """Bars, a row each, sorted by symbol and date.

        Args:
            symbols: whose.
            start: first day.
            end: last day.
            adjust: ``"splits"`` for prices and volumes of a share of the newest bar, ``"all"`` for dividends also
                (docs/adjusted.md); None for prices as traded. What happened after ``end`` counts too.
            as_of: what was known then, of bars, splits and dividends alike; None is now.
            columns: beside symbol and date, which are always there; None is all of the series. On request
                ``currency`` and ``price_scale``, by which a price is in the currency (0.01 for pence).
            series: ``daily``, ``daily_adjusted`` or ``weekly``.
            arrow: a ``pyarrow.Table``, whose schema says what each column is and in what unit; else a pandas frame
                without an index of its own, dates as datetime64[s].

        Raises:
            DatasetError: no such symbol, day, column or dataset; actions that adjusting needs are not known; an object
                is no table, or a newer release's; nothing was known then.
        """
        kind = series_named(series)
        first, last = span_of(start, end)
        wanted = Wanted(
            kind,
            symbols_in(symbols),
            first,
            last,
            columns_in(columns, kind, QUOTED),
            adjustment_in(adjust, kind),
            moment_of(as_of),
        )
        with readable(self.place.name):
            found = read_prices(self.place, wanted)
        return found if arrow else frame_of(found)

    def actions(self, symbols: Symbols = None, as_of: str | date | None = None) -> pd.DataFrame:
        """Splits and dividends, a row each, as they were known then (docs/actions.md).

        Raises:
            DatasetError: the vendor was never asked about a symbol that is named; or as :meth:`prices`.
        """
        named, moment_s = symbols_in(symbols), moment_of(as_of)
        with readable(self.place.name):
            return frame_of(known_actions(self.place, named, moment_s))

    def calls(self, symbols: Symbols = None) -> pd.DataFrame:
        """Earnings calls, a row each, with their tone (docs/data.md); those of the symbols that have some.

        Raises:
            DatasetError: none of them has any; or as :meth:`prices`.
        """
        named = symbols_in(symbols)
        with readable(self.place.name):
            return frame_of(read_calls(self.place, named))

    def listings(self, day: Day = None) -> pd.DataFrame:
        """Who is and was listed, a row for a company's or fund's time under a symbol; with ``day`` those of that day.

        Raises:
            DatasetError: there are no listings; or as :meth:`prices`.
        """
        on_day = day_of(day, "day")
        with readable(self.place.name):
            return frame_of(read_listings(self.place, on_day))

    def findings(self, symbols: Symbols = None) -> pd.DataFrame:
        """What the checks of each run found, a row a run, symbol and check, the oldest first (docs/data.md).

        Raises:
            DatasetError: as :meth:`prices`.
        """
        named = symbols_in(symbols)
        with readable(self.place.name):
            return frame_of(read_findings(self.place, named))

    def catalog(self) -> pd.DataFrame:
        """What the dataset has, a row a symbol and series, as of the last run (docs/data.md).

        Raises:
            DatasetError: no run has written it yet; or as :meth:`prices`.
        """
        with readable(self.place.name):
            return frame_of(read_catalog(self.place))

    def day(self, day: Day = None, series: str = "daily") -> pd.DataFrame:
        """The bars of all symbols on one day, by default on the newest that any has, sorted by symbol.

        They are read from the table of the year, which is as of the last run: one object for however many symbols.

        Raises:
            DatasetError: no run has made the table yet; or as :meth:`prices`.
        """
        kind, on_day = series_named(series), day_of(day, "day")
        with readable(self.place.name):
            return frame_of(compacted.day(self.place, kind, on_day))
