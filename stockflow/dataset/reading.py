"""Objects of a dataset: many read at once, each taken as it is where this release wrote it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stockflow_functions.domain.parquet import VERSION_KEY, column, from_bytes, version_of

_Item = TypeVar("_Item")
_Read = TypeVar("_Read")


def each(items: Sequence[_Item], read: Callable[[_Item], _Read], readers: int) -> list[_Read]:
    """What ``read`` makes of each item, in their order; ``readers`` of them at a time.

    A thread takes every so many-th item, as handing out small ones would take as long as reading them. Where one can't
    be read, or Ctrl-C is pressed, none that has not been begun is read.
    """
    readers = min(readers, len(items))
    if readers < 2:  # noqa: PLR2004 # one needs no thread
        return [read(item) for item in items]
    stopped = Event()

    def every(first: int) -> list[_Read]:
        return [read(item) for item in items[first::readers] if not stopped.is_set()]

    with ThreadPoolExecutor(readers) as pool:
        parts = [pool.submit(every, first) for first in range(readers)]
        try:
            for ended in as_completed(parts):
                ended.result()
        finally:
            stopped.set()
    found = [part.result() for part in parts]
    return [found[number % readers][number // readers] for number in range(len(items))]


def as_written(body: bytes, kinds: pa.Schema, version: int) -> pa.Table | None:
    """The columns of these kinds, with the file's metadata; None if a release with this schema would not write it so.

    What None stands for is for the table's own decoder to say: an older schema, a newer one, or no table.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(body), page_checksum_verification=True, pre_buffer=False)
        found = file.read(kinds.names, use_threads=False)
    except (pa.ArrowException, OSError, ValueError):
        return None
    has = found.schema
    known = (has.metadata or {}).get(VERSION_KEY) == str(version).encode()
    return found if known and has.equals(kinds) and len(found) == file.metadata.num_rows else None


def is_of(table: pa.Table, symbol: str) -> bool:
    """Whether all rows are of that symbol."""
    return are_own(table, {symbol: table})


def are_own(whole: pa.Table, tables: Mapping[str, pa.Table]) -> bool:
    """Whether the rows that were joined of these tables are of the symbol that each stands under."""
    own = pa.array(list(tables), pa.string()).take(pa.array(number_of_row(tables)))
    return pc.all(pc.equal(whole.column("symbol"), own)).as_py() is not False


def number_of_row(tables: Mapping[str, pa.Table]) -> np.ndarray:
    """For each row of the joined tables which of them it is of, from 0."""
    return np.arange(len(tables)).repeat([len(table) for table in tables.values()])


def as_arrow(frame: pd.DataFrame, kinds: pa.Schema) -> pa.Table:
    """The frame's columns of that schema."""
    arrays = [pa.array(frame[field.name], field.type, from_pandas=True) for field in kinds]
    return pa.Table.from_arrays(arrays, schema=kinds)


def joined(tables: Sequence[pa.Table], kinds: pa.Schema) -> pa.Table:
    """The rows of tables of these kinds, one table after another, in one piece."""
    return pa.concat_tables([kinds.empty_table(), *tables]).combine_chunks()


def table_of(body: bytes, kinds: pa.Schema, version: int) -> pa.Table:
    """The columns of these kinds, of a table that is one object.

    Raises:
        NotATableError: the bytes are no such table.
        NewerTableError: a newer release wrote them.
    """
    found = from_bytes(body)
    version_of(found, version)
    return pa.Table.from_arrays([column(found, field) for field in kinds], schema=kinds)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """As pandas has it: dates as datetime64[s], moments with their time zone."""
    found: pd.DataFrame = table.replace_schema_metadata(None).to_pandas(date_as_object=False)
    return found.astype({field.name: "datetime64[s]" for field in table.schema if pa.types.is_date(field.type)})
