"""A symbol's splits and dividends as Parquet: who paid or split what, and from when to when that was what was known."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from stockflow_functions.domain.parquet import (
    VERSION_KEY,
    NotATableError,
    column,
    described,
    from_bytes,
    to_bytes,
    version_of,
)

SCHEMA_VERSION = 1
ASKED_KEY = b"stockflow.asked"
SPLIT, DIVIDEND = "split", "dividend"
KINDS = (SPLIT, DIVIDEND)
_MOMENT = pa.timestamp("s", tz="UTC")

ACTIONS = pa.schema(
    [
        described("symbol", pa.string(), "as it was asked for", empty=False),
        described(
            "date", pa.date32(), "when a split takes effect, or a share trades without the dividend", empty=False
        ),
        described("kind", pa.string(), "split or dividend", empty=False),
        described(
            "value", pa.float64(), "shares after for each before; or cash a share, as paid", "see kind", empty=False
        ),
        described("declared", pa.date32(), "day on which a dividend was declared"),
        described("recorded", pa.date32(), "day on whose end a holder is entitled to a dividend"),
        described("paid", pa.date32(), "day on which a dividend is paid"),
        described("known_from", _MOMENT, "since when the vendor says so", "UTC", empty=False),
        described("known_until", _MOMENT, "when the vendor no longer said so; empty if it still does", "UTC"),
    ]
)
"""actions/: a row an action, as it was known from one moment to another."""
_ORDER = [(name, "ascending") for name in ("date", "kind", "known_from", "value")]


class Asked(NamedTuple):
    """When the vendor first and last answered for one kind of actions, in whole seconds since 1970."""

    first_s: int
    last_s: int


@dataclass(frozen=True, eq=False)
class Actions:
    """What is known of one symbol's actions.

    Attributes:
        rows: the columns of ``ACTIONS``; dates are datetime64[s], ``known_from`` and ``known_until`` too, in UTC.
        asked: by kind. A kind that was never asked for is unknown: that there is no row of it means nothing.
    """

    rows: pd.DataFrame = field(default_factory=lambda: _frame(ACTIONS.empty_table()))
    asked: Mapping[str, Asked] = field(default_factory=dict)

    def is_known(self, kind: str, moment_s: int | None = None) -> bool:
        """Whether the vendor had answered for that kind by then; by now if ``moment_s`` is None."""
        asked = self.asked.get(kind)
        return asked is not None and (moment_s is None or asked.first_s <= moment_s)

    def at(self, moment_s: int | None = None) -> pd.DataFrame:
        """The rows that were what was known then, by default now, sorted by date and kind."""
        rows = self.rows
        if moment_s is None:
            return rows[rows["known_until"].isna()].reset_index(drop=True)
        moment = pd.Timestamp(moment_s, unit="s", tz="UTC")
        held = (rows["known_from"] <= moment) & (rows["known_until"].isna() | (rows["known_until"] > moment))
        return rows[held].reset_index(drop=True)

    def with_rows(self, new: list[dict[str, object]]) -> pd.DataFrame:
        """The rows and these, which have some of the columns, in the table's order."""
        return _frame(pa.concat_tables([_arrow(self.rows), pa.Table.from_pylist(new, schema=ACTIONS)]).sort_by(_ORDER))


def encode(actions: Actions) -> bytes:
    """The actions as Parquet bytes: the same actions give the same bytes."""
    asked = {kind: list(actions.asked[kind]) for kind in KINDS if kind in actions.asked}
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), ASKED_KEY: json.dumps(asked).encode()}
    return to_bytes(_arrow(actions.rows).sort_by(_ORDER), metadata)


def decode(body: bytes, symbol: str | None = None) -> Actions:
    """The reverse of :func:`encode`; with ``symbol``, only of that symbol's.

    Raises:
        NotATableError: the bytes are not such a table.
        NewerTableError: a newer release wrote them.
    """
    rows = rows_in(body, symbol)
    return Actions(_frame(rows.sort_by(_ORDER)), asked_in(rows.schema.metadata or {}))


def rows_in(body: bytes, symbol: str | None = None) -> pa.Table:
    """As :func:`decode`, the rows alone, as they stand; with the metadata that :func:`asked_in` reads."""
    found = from_bytes(body)
    version_of(found, SCHEMA_VERSION)
    table = pa.Table.from_arrays([column(found, each) for each in ACTIONS], schema=ACTIONS)
    _check(table, symbol)
    return table.replace_schema_metadata(found.schema.metadata)


def _check(table: pa.Table, symbol: str | None) -> None:
    for each in ACTIONS:
        if not each.nullable and table[each.name].null_count:
            raise NotATableError(f"its column {each.name} has an empty field")
    others = set(table["kind"].unique().to_pylist()) - set(KINDS)
    if others:
        raise NotATableError(f"it has a kind of action that there is not: {min(others)[:20]!r}")
    if symbol is not None and set(table["symbol"].unique().to_pylist()) - {symbol}:
        raise NotATableError(f"it has rows of another symbol than {symbol}")


def asked_in(metadata: Mapping[bytes, bytes]) -> dict[str, Asked]:
    """When the vendor answered, by kind, as a table's metadata say it.

    Raises:
        NotATableError: they can't be read.
    """
    try:
        value = json.loads(metadata.get(ASKED_KEY, b"{}"))
        return {kind: Asked(*map(int, value[kind])) for kind in KINDS if kind in value}
    except (ValueError, TypeError):
        raise NotATableError(f"its {ASKED_KEY.decode()} does not say when the vendor was asked") from None


def _arrow(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_arrays(
        [pa.array(rows[each.name], each.type, from_pandas=True) for each in ACTIONS], schema=ACTIONS
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas(date_as_object=False)
    dates = ("date", "declared", "recorded", "paid")
    return frame.astype(
        {
            **dict.fromkeys(dates, "datetime64[s]"),
            "known_from": "datetime64[s, UTC]",
            "known_until": "datetime64[s, UTC]",
        }
    )
