"""The dataset as programs read it."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from stockflow.dataset.asked import Day, Symbols, columns_in, series_named, span_of, symbols_in
from stockflow.dataset.places import Place, place_of, readable
from stockflow.dataset.prices import Wanted, read_prices
from stockflow_functions.domain.prices.parquet import to_pandas


class Dataset:
    """A dataset in a folder, or in S3: ``Dataset("out")``, ``Dataset("s3://bucket/prefix")``.

    Nothing is read before it is asked for, and then only what the answer needs. Each object is read whole, as it was
    at one moment, so that a run may write meanwhile.

    Every method raises :class:`DatasetError` where it has no answer: one sentence on what is wrong, where, and what to
    do instead.
    """

    def __init__(self, place: str | Path | Place) -> None:
        with readable(str(place)):
            self.place: Place = place_of(str(place)) if isinstance(place, str | Path) else place

    def prices(
        self,
        symbols: Symbols = None,
        start: Day = None,
        end: Day = None,
        columns: Sequence[str] | str | None = None,
        series: str = "daily",
        *,
        arrow: bool = False,
    ) -> pd.DataFrame | pa.Table:
        """Bars, sorted by symbol and date."""
        kind = series_named(series)
        first, last = span_of(start, end)
        wanted = Wanted(kind, symbols_in(symbols), first, last, columns_in(columns, kind, ()))
        with readable(self.place.name):
            found = read_prices(self.place, wanted)
        return found if arrow else to_pandas(found)
