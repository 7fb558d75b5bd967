"""Checks the tables of splits and dividends in a dataset."""

import os
from collections.abc import Iterator

import pandas as pd

from stockflow.cli.checked import Checked
from stockflow.dataset.places import Place, is_hidden
from stockflow_functions.aws import keys
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.actions.verifying import verify
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices import exchanges
from stockflow_functions.domain.prices.parquet import decode, empty_table
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.verdict import Verdict
from stockflow_functions.vendors import name_in, vendor_named

PREFIXES = (keys.ACTIONS,)
_NAME = keys.ACTIONS.rstrip("/")


def listed(place: Place) -> tuple[list[str], list[str]]:
    """The keys that should be tables, and other keys among them that their names do not hide."""
    found = [key for key in place.keys(keys.ACTIONS) if not is_hidden(key)]
    return [key for key in found if key.endswith(".parquet")], [key for key in found if not key.endswith(".parquet")]


def verdicts(place: Place, key: str, now_ms: int) -> Iterator[Checked]:
    """What was found under a key."""
    symbol = keys.symbol_of(key)
    if key != keys.actions(symbol):
        yield Checked(
            symbol, _NAME, Verdict(breaches=[f"{key} is not where a symbol's splits and dividends are kept."])
        )
        return
    body = place.read(key)
    if body is not None:
        today = exchanges.today(vendor_named(name_in(os.environ)).exchange_of(symbol), now_ms)
        yield Checked(symbol, _NAME, verify(body, symbol, _prices(place, symbol), today))


def _prices(place: Place, symbol: str) -> pd.DataFrame:
    body = lookup(place.read, keys.prices(DAILY.name, symbol))
    try:
        return decode(body, DAILY, symbol).table if body else empty_table(DAILY)
    except (NotATableError, NewerTableError):
        return empty_table(DAILY)
