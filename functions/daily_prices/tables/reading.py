"""One symbol's object, read for the tables of years and for the catalog."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.tables.changed import years_of
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.facts import Facts, digest_before, facts_of
from stockflow_functions.domain.catalog.years import rows_of
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.parquet import decode
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import Series


@dataclass(frozen=True)
class Source:
    """Where the symbols of a series are.

    Attributes:
        exchange_of: where each is listed.
        years: those that have a table.
    """

    bucket: Bucket
    series: Series
    exchange_of: Callable[[str], Exchange]
    years: frozenset[int]


@dataclass(frozen=True, eq=False)
class Copy:
    """What the tables of years take of a symbol.

    Attributes:
        etag: of the object that was read; None if it is gone.
        bytes: its size.
        facts: for the catalog; None if it has no bar.
        years: those whose tables must be written.
        rows: the symbol's bars in them.
    """

    symbol: str
    etag: str | None
    bytes: int
    facts: Facts | None
    years: range
    rows: pa.Table


def read_copy(source: Source, symbol: str, key: str | None, old: Entry | None) -> Copy:
    """Reads a symbol's object, if it is not gone; ``old`` is what the catalog says of the symbol.

    Raises:
        NotATableError: it is no table of this symbol.
        NewerTableError: a newer release wrote it.
        StorageUnavailable, StorageDenied: as the bucket's methods do.
    """
    series, found = source.series, source.bucket.get(key) if key else None
    if found is None:
        years = years_of(old, range(0), same_before=False, years=source.years)
        return Copy(symbol, None, 0, None, years, schema(series).empty_table())
    table = decode(found.body, series, symbol).table
    facts = facts_of(table, series, source.exchange_of(symbol))
    new = range(facts.first_date.year, facts.last_date.year + 1) if facts else range(0)
    same = old is not None and bool(old.years) and digest_before(table, old.years[-1]) == old.earlier_digest
    years = years_of(old, new, same_before=same, years=source.years)
    return Copy(symbol, found.etag.strip('"'), len(found.body), facts, years, rows_of(_within(table, years), series))


def _within(table: pd.DataFrame, years: range) -> pd.DataFrame:
    first, end = (f"{year:04}-01-01" for year in (years.start, years.stop)) if years else ("0001-01-01", "0001-01-01")
    begins, ends = table["date"].searchsorted([pd.Timestamp(first), pd.Timestamp(end)])
    return table.iloc[begins:ends]


UNREADABLE = (NotATableError, NewerTableError)
"""What the next run of the symbol repairs, or an update of this release; until then the tables have it as it was."""
