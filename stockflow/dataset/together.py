"""The splits and dividends of many symbols out of one object, as far as it is what their own objects are."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.places import Place
from stockflow.dataset.reading import as_written
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import SCHEMA_VERSION, Asked
from stockflow_functions.domain.actions.together import Origin, origins_in
from stockflow_functions.domain.errors import StorageDenied
from stockflow_functions.domain.parquet import NotATableError

FEW = 10
"""So many symbols' own objects are read as fast as the object of all symbols."""
SHARE = 100
"""Where the object has more than so many times the symbols that are asked for, theirs are read as fast."""


class Together(NamedTuple):
    """The rows of some symbols, in their order, and when the vendor answered, by symbol and kind."""

    rows: pa.Table
    asked: dict[str, Mapping[str, Asked]]


def read_together(place: Place, symbols: Sequence[str], kinds: pa.Schema) -> Together:
    """The rows of those of the symbols whose own objects are still what the object of all symbols was made of.

    That object is derived. Where it is missing, damaged, a newer release's or not to be read, no symbol is in it.

    Args:
        place: where.
        symbols: sorted.
        kinds: the columns, as they are in files.
    """
    try:
        found = _stored(place, symbols, kinds)
        if found is None:
            return Together(kinds.empty_table(), {})
        table, origins = found
        wanted = {keys.actions(symbol): origins[symbol] for symbol in symbols if symbol in origins}
        same = place.unchanged(keys.ACTIONS, wanted)  # after it was read: what is written from now on is later
    except (StorageDenied, PermissionError):
        return Together(kinds.empty_table(), {})
    asked = {symbol: origins[symbol].asked for symbol in symbols if keys.actions(symbol) in same}
    rows = table.filter(pc.is_in(table.column("symbol"), pa.array(list(asked), pa.string())))
    return Together(rows.replace_schema_metadata(None), asked)


def _stored(place: Place, symbols: Sequence[str], kinds: pa.Schema) -> tuple[pa.Table, dict[str, Origin]] | None:
    """The whole object, where it is worth reading and can be."""
    body = place.read(keys.ALL_ACTIONS) if len(symbols) > FEW else None
    table = None if body is None else as_written(body, kinds, SCHEMA_VERSION)
    if table is None:
        return None
    try:
        origins = origins_in(table.schema.metadata)
    except NotATableError:
        return None
    return (table, origins) if len(origins) <= SHARE * len(symbols) else None
