"""Checks the tables of prices in a dataset."""

import os
from collections.abc import Iterator

from stockflow.cli.checked import Checked
from stockflow.dataset.places import Place, is_hidden
from stockflow_functions.aws import keys
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.actions.splits import splits_known
from stockflow_functions.domain.actions.table import Actions
from stockflow_functions.domain.actions.table import decode as decode_actions
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.known_splits import known_splits
from stockflow_functions.domain.prices.parquet import is_emptied
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.prices.verifying import verify
from stockflow_functions.domain.verdict import Verdict
from stockflow_functions.reporting import commands
from stockflow_functions.vendors import name_in, vendor_named

PREFIXES = tuple(f"prices/{name}/" for name in SERIES)
Table = tuple[str, str]
"""The series, and the key."""


def listed(place: Place) -> tuple[list[Table], list[str]]:
    """The keys that should be tables, as (series, key), and other keys among them that their names do not hide."""
    found = [(series, key) for series in SERIES for key in place.keys(f"prices/{series}/")]
    tables = [(series, key) for series, key in found if key.endswith(".parquet") and not _hidden(series, key)]
    return tables, [key for series, key in found if not key.endswith(".parquet") and not _hidden(series, key)]


def _hidden(series: str, key: str) -> bool:
    """Whether the name hides it from query engines, and it is not the table under a symbol's former key."""
    symbol = keys.symbol_of(key)
    formerly = symbol.isupper() and key == keys.former(keys.prices(series, symbol))
    return is_hidden(key) and not formerly


def verdicts(place: Place, table: Table, now_ms: int) -> Iterator[Checked]:
    """What was found under a key; nothing under a former one that was cleared."""
    series, key = table
    symbol = keys.symbol_of(key)
    kept, body = keys.prices(series, symbol), place.read(key)
    if key != kept:
        breach = _misplaced(series, symbol, key, body)
        if breach:
            yield Checked(symbol, series, Verdict(breaches=[breach]))
    elif body is not None:
        yield Checked(symbol, series, _verdict(place, series, symbol, body, now_ms))


def _misplaced(series: str, symbol: str, key: str, body: bytes | None) -> str:
    kept = keys.prices(series, symbol)
    if key != keys.former(kept):
        return f"{key} is not where a table of {series} is kept."
    if body is not None and is_emptied(body, SERIES[series], symbol):
        return ""
    return f"{key} is a name that some readers skip: the next run of {symbol} makes it {kept}."


def _verdict(place: Place, series: str, symbol: str, body: bytes, now_ms: int) -> Verdict:
    splits = splits_known(_actions(place, symbol), known_splits(lookup(place.read, keys.splits(symbol)))).factors
    exchange = vendor_named(name_in(os.environ)).exchange_of(symbol)
    refill = f"`{commands.run_whole_history(symbol, series)}`"
    return verify(body, SERIES[series], symbol, exchange, splits, now_ms=now_ms, refill=refill)


def _actions(place: Place, symbol: str) -> Actions | None:
    """None of a table that can't be read, too, of which its own check tells."""
    body = place.read(keys.actions(symbol))
    try:
        return None if body is None else decode_actions(body, symbol)
    except (NotATableError, NewerTableError):
        return None
