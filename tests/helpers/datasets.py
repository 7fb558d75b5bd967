"""Small datasets in a folder, for the tests of what reads them."""

import pandas as pd
import pytest

from stockflow.dataset import DatasetError
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import Actions, Asked
from stockflow_functions.domain.actions.table import encode as encode_actions
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY

BOTH = ("split", "dividend")


def refused(call):
    """The one sentence that a call of the dataset is refused with."""
    with pytest.raises(DatasetError) as caught:
        call()
    (sentence,) = str(caught.value).splitlines()
    return sentence


def write(folder, key, body):
    file = folder / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def bars_of(symbol, closes, series=DAILY, **columns):
    """A table of ``{date: close}``; each other column is the close, or what is given."""
    values = {name: list(closes.values()) for name in series.value_columns} | {"volume": [100] * len(closes)}
    dates = pd.to_datetime(list(closes)).astype("datetime64[s]")
    return pd.DataFrame({"symbol": symbol, "date": dates, **values, **columns})


def write_bars(folder, symbol, closes, series=DAILY):
    """The symbol's object, as Save writes it."""
    write(folder, keys.prices(series.name, symbol), encode(bars_of(symbol, closes, series), series))


def actions_of(symbol, *rows, asked=BOTH, asked_at="2026-11-01T00:00:00Z"):
    """Actions of ``(date, kind, value)``, or with ``known_from`` and ``known_until`` behind."""
    since = from_iso(asked_at) // 1000
    empty = dict.fromkeys(("declared", "recorded", "paid"))
    listed = [_action(symbol, asked_at, *row) | empty for row in rows]
    frame = pd.DataFrame(listed, columns=Actions().rows.columns).astype(Actions().rows.dtypes)
    return Actions(frame, {kind: Asked(since, since) for kind in asked})


def write_actions(folder, symbol, *rows, **asked):
    """The symbol's actions, as they are kept."""
    write(folder, keys.actions(symbol), encode_actions(actions_of(symbol, *rows, **asked)))


def _action(symbol, asked_at, day, kind, value, known_from=None, known_until=None):
    until = None if known_until is None else pd.Timestamp(known_until)
    moments = {"known_from": pd.Timestamp(known_from or asked_at), "known_until": until}
    return {"symbol": symbol, "date": pd.Timestamp(day), "kind": kind, "value": value, **moments}
