"""A table of prices as it was at a moment, of the columns that are asked for."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow.dataset.sentences import at_moment
from stockflow_functions.domain.parquet import NotATableError
from stockflow_functions.domain.prices.changes import UnknownThen, changes_of, columns_as_of
from stockflow_functions.domain.prices.undo_log import Changes
from stockflow_functions.domain.words import named_few


def log_of(table: pa.Table) -> Changes | None:
    """The undo log in a table's metadata; None if it has none that can be read: its rows are right without.

    Raises:
        NewerTableError: a newer release wrote it.
    """
    try:
        return changes_of(table.schema.metadata)
    except NotATableError:
        return None


def rows_then(table: pa.Table, symbol: str, changes: Changes | None, moment_s: int) -> pa.Table:
    """The rows at the end of that second; none before the first of them came in.

    Args:
        table: one symbol's present table, sorted by date: symbol, date and any others.
        symbol: whose it is.
        changes: the table's undo log.
        moment_s: in whole seconds since 1970.

    Raises:
        UnknownThen: the log begins later, or there is none.
    """
    dates, *columns = table.columns[1:]
    values = {name: column.to_numpy() for name, column in zip(table.schema.names[2:], columns, strict=True)}
    days, then = columns_as_of(dates.to_numpy(), values, changes, moment_s)
    if then is values:
        return table
    arrays = [
        pa.repeat(symbol, len(days)),
        pa.array(days),
        *(pa.array(each, from_pandas=True) for each in then.values()),
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def not_known_then(place: Place, unknown: Mapping[str, UnknownThen], moment_s: int) -> DatasetError:
    """That the tables of these symbols do not say what they were then."""
    since = [error.since_s for error in unknown.values() if error.since_s is not None]
    older = len(since) < len(unknown)
    why = "as an older release wrote it" if older else f"only what it was from {at_moment(max(since))} on"
    return DatasetError(
        f"What {place.name} had of {named_few(list(unknown))} at {at_moment(moment_s)} is not known, {why}: write a "
        "later as_of, or none for what is known now."
    )


def nothing_then(place: Place, symbols: Sequence[str], moment_s: int) -> DatasetError:
    """That no bar of these symbols was there yet."""
    return DatasetError(
        f"{place.name} had no bar of {named_few(symbols)} at {at_moment(moment_s)}, which is before the first run that "
        "saved one: write a later as_of, or none for what is known now."
    )
