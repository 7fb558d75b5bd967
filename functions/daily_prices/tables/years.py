"""The objects of years: each is read, merged and replaced on condition, and never by a turn that was overtaken."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import uniform

import pyarrow as pa

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.aws.reread import reread
from stockflow_functions.domain.catalog.years import YearTable, decode_year, encode_year, replaced
from stockflow_functions.domain.errors import StorageDenied, WriteConflict
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import Series

TRIES = 5
PAUSE_SECONDS = 0.4
"""The longest pause after the first lost race, doubled with each; its length is drawn, so that writers spread."""


class DamagedTable(Exception):  # it is no failure: the turn begins anew
    """A table of a year can't be read: bars of symbols that did not change are lost, so that all are copied anew."""


@dataclass(frozen=True)
class Turn:
    """Who writes.

    Attributes:
        number: tables with a higher one are left alone: another call has begun since, and copies the same bars.
        whole: whether all symbols are copied, so that a damaged table is no loss.
        sleep: pauses for so many seconds.
    """

    bucket: Bucket
    number: int
    whole: bool
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Change:
    """The bars of a year that replace those of some symbols, as :func:`domain.catalog.years.replaced` has them."""

    symbols: Collection[str]
    known: Collection[str]
    rows: pa.Table


def replace_year(turn: Turn, series: Series, year: int, change: Change) -> None:
    """Replaces bars in the table of a year; makes one where there is none.

    Raises:
        WriteConflict: another call began later and has been here, or was faster every time.
        DamagedTable: the object is no such table.
        StorageDenied: a newer release wrote it.
    """
    key = keys.table(series.name, year)
    for lost in range(TRIES):
        if lost:
            turn.sleep(uniform(0, PAUSE_SECONDS * 2 ** (lost - 1)))
        found = turn.bucket.get(key)
        before = _understood(turn, series, key, found)
        if before.turn > turn.number:
            raise WriteConflict(f"{key} was written by a later call.")
        rows = replaced(before.rows, change.symbols, change.known, change.rows)
        body = encode_year(YearTable(rows, turn.number), series)
        try:
            turn.bucket.put(key, body, if_match=found.etag if found else None, if_none_match=found is None)
        except WriteConflict:
            continue
        return
    raise WriteConflict(f"{key} was replaced by other calls {TRIES} times in a row.")


def _understood(turn: Turn, series: Series, key: str, found: StoredObject | None) -> YearTable:
    empty = YearTable(schema(series).empty_table(), 0)
    if found is None:
        return empty
    try:
        return decode_year(found.body, series)
    except NewerTableError as error:
        place = f"s3://{turn.bucket.name}/{turn.bucket.full_key(key)}"
        raise StorageDenied(f"{place} is a newer release's ({error}): install that one.") from None
    except NotATableError as error:
        reread(turn.bucket, key, found.body)
        if not turn.whole:
            raise DamagedTable(key) from error
        return empty
