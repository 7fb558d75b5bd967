"""Splits and dividends as a person reads them, and as a program does. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from rich.table import Table

from stockflow.history.json_values import JsonObject
from stockflow.terminal import on_one_line
from stockflow_functions.domain.actions.table import DIVIDEND, KINDS, Actions
from stockflow_functions.domain.words import counted, named_few

MOST_DIVIDENDS = 12
"""Of a symbol, in a table for people: three years of a quarterly payer."""
_SOME = 5
_DAYS = ("declared", "recorded", "paid")
UPDATE = "stockflow actions --update"


def overview(found: Mapping[str, Actions], day: date) -> Table:
    """A row a symbol: how many of each kind, the newest one up to that day, the next one to come, when it was asked."""
    table = _table("symbol", "splits", "dividends", "newest", "to come", "asked")
    for symbol, actions in found.items():
        now = actions.at()
        counts = [str((now["kind"] == kind).sum()) if actions.is_known(kind) else "?" for kind in KINDS]
        is_past = now["date"].dt.date <= day
        newest, coming = now[is_past].tail(1), now[~is_past].head(1)
        table.add_row(on_one_line(symbol), *counts, _brief(newest), _brief(coming), _asked(actions))
    return table


def rows_of(found: Mapping[str, Actions], day: date) -> Table | None:
    """A row an action, each symbol's newest first; None if there is none. What is after that day is yet to come."""
    table = _table("symbol", "date", "kind", "value", *_DAYS, "")
    for symbol, actions in found.items():
        for row in _shown(actions)[::-1].to_dict("records"):
            texts = [_day(row["date"]), row["kind"], f"{row['value']:g}", *(_day(row[name]) for name in _DAYS)]
            table.add_row(on_one_line(symbol), *texts, "to come" if row["date"].date() > day else "")
    return table if table.row_count else None


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name, no_wrap=True)
    return table


def _shown(actions: Actions) -> pd.DataFrame:
    """All splits, and of the dividends the newest ones."""
    now = actions.at()
    older = now[now["kind"] == DIVIDEND][:-MOST_DIVIDENDS]
    return now.drop(older.index)


def remarks(found: Mapping[str, Actions]) -> Iterator[str]:
    """What a table can't say: of whom a kind is not known, and of whom it is known that there is none."""
    for symbol, actions in found.items():
        now = actions.at()
        unknown = [kind for kind in KINDS if not actions.is_known(kind)]
        none = [f"{kind}s" for kind in KINDS if actions.is_known(kind) and not (now["kind"] == kind).any()]
        if unknown:
            known = "not all known" if now["kind"].isin(unknown).any() else "not known"
            kinds = " and ".join(f"{kind}s" for kind in unknown)
            yield f"{symbol}: its {kinds} are {known}: stockflow actions {symbol} --update asks."
        if none:
            yield f"{symbol}: no {' and no '.join(none)}, as asked on {_asked(actions)}."
        if older := len(now) - len(_shown(actions)):
            yield f"{symbol}: {counted(older, 'older dividend')}, which --json has too."
        if ended := int(actions.rows["known_until"].notna().sum()):
            yield f"{symbol}: {counted(ended, 'statement')} that the vendor has withdrawn, which --json has too."


def without(never: Sequence[str], in_vain: Sequence[str]) -> Iterator[str]:
    """Of which symbols with prices nothing is known, for nobody asked, or the vendor had no answer."""
    if never:
        yield f"{_whom(never)} never asked for: {UPDATE} asks, as far as the day's quota goes."
    if in_vain:
        yield f"{_whom(in_vain)} asked for, and the vendor had no answer."


def _whom(symbols: Sequence[str]) -> str:
    verb = "was" if len(symbols) == 1 else "were"
    return f"{counted(len(symbols), 'symbol')} with daily prices ({named_few(symbols, _SOME)}) {verb}"


def as_json(found: Mapping[str, Actions]) -> list[JsonObject]:
    """All that is kept, what the vendor no longer says too: its ``known_until`` is a time."""
    return [
        {
            "symbol": symbol,
            "asked": {kind: _moment(at.last_s) for kind, at in actions.asked.items()},
            "actions": [_entry(row) for row in actions.rows.to_dict("records")],
        }
        for symbol, actions in found.items()
    ]


def _entry(row: Mapping[Any, Any]) -> JsonObject:
    moments = {name: _iso(row[name]) for name in ("known_from", "known_until")}
    days = {name: _day(row[name]) or None for name in _DAYS}
    return {"date": _day(row["date"]), "kind": row["kind"], "value": row["value"], **days, **moments}


def _brief(rows: pd.DataFrame) -> str:
    return "".join(f"{row['kind']} {row['value']:g} on {_day(row['date'])}" for row in rows.to_dict("records"))


def _asked(actions: Actions) -> str:
    return max((_moment(asked.last_s)[:10] for asked in actions.asked.values()), default="never")


def _day(moment: Any) -> str:
    return "" if pd.isna(moment) else f"{moment:%Y-%m-%d}"


def _iso(moment: Any) -> str | None:
    return None if pd.isna(moment) else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _moment(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
