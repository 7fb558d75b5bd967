"""What the vendor changed afterwards: from what, to what, and the sentences about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

import pandas as pd

from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.rules import NEWEST_VOLUME, RESTATED
from stockflow_functions.domain.words import counted, named_few

MANY = 10
"""With this many changed older bars or more, it is a restatement of the history, not a correction."""
FEW, MANY_BARS, ADJUSTED = "few", "many", "adjusted"
_ADJUSTED = "adjusted_close"

Change = TypedDict("Change", {"from": object, "to": object})
"""Of one value, JSON-ready."""


class Row(TypedDict):
    """What changed in one bar, by column."""

    date: str
    changes: dict[str, Change]


@dataclass(frozen=True)
class Restatement:
    """Bars that were stored with other values, oldest first.

    ``kind`` is ``many``, ``few``, ``adjusted`` or ``newest-volume``: the first of these that applies.
    """

    kind: str
    rows: list[Row]

    def findings(self) -> list[Finding]:
        """The same with how many bars it was; of a change of the newest volume alone there is none."""
        if self.kind == NEWEST_VOLUME:
            return []
        first, *others = self.sentences() or [""]
        newest = date.fromisoformat(self.rows[-1]["date"])
        return [Finding(RESTATED, first, len(self.rows), newest), *(Finding("", line) for line in others)]

    def sentences(self) -> list[str]:
        """What needs attention; a change of the newest volume alone, which is nearly daily, does not."""
        traded = [] if self.kind == NEWEST_VOLUME else [row for row in self.rows if _as_traded(row)]
        changes = [row["changes"] for row in self.rows if "close" not in row["changes"]]
        renewed = sum(_ADJUSTED in change and change[_ADJUSTED]["to"] is not None for change in changes)
        lines = []
        if self.kind == MANY_BARS:
            span = f"{traded[0]['date']} to {traded[-1]['date']}"
            lines.append(f"{len(traded)} stored bars were restated ({span}): the vendor restated the history.")
        elif self.kind == FEW:
            bars = "1 stored bar was" if len(traded) == 1 else f"{len(traded)} stored bars were"
            lines.append(f"{bars} restated: {named_few([_in_words(row) for row in reversed(traded)])}.")
        if renewed:
            lines.append(f"The adjusted closes of {counted(renewed, 'stored bar')} were renewed (split or dividend).")
        return lines


def restatement(before: pd.DataFrame, after: pd.DataFrame, newest_stored: str) -> Restatement | None:
    """Compares bars of the same dates, in the same order; None if there are none.

    ``newest_stored`` is the date of the newest bar that was stored, ISO: its volume is often final only a day later.
    """
    rows = [_changes(old, new) for old, new in zip(_records(before), _records(after), strict=True)]
    return Restatement(_kind(rows, newest_stored), rows) if rows else None


def _kind(rows: list[Row], newest_stored: str) -> str:
    traded = [row for row in rows if _as_traded(row)]
    if sum(row["date"] != newest_stored for row in traded) >= MANY:
        return MANY_BARS
    if any(row["date"] != newest_stored or set(_as_traded(row)) != {"volume"} for row in traded):
        return FEW
    # After a split every adjusted close is new, and the newest volume usually too.
    return ADJUSTED if any(_ADJUSTED in row["changes"] for row in rows) else NEWEST_VOLUME


def _as_traded(row: Row) -> dict[str, Change]:
    """The changes other than of the adjusted close, which moves with every split and dividend."""
    return {name: change for name, change in row["changes"].items() if name != _ADJUSTED}


def _in_words(row: Row) -> str:
    changes = sorted(_as_traded(row).items(), key=lambda change: change[0] != "close")
    moves = [f"{name} {change['from']} to {change['to']}" for name, change in changes]
    return f"{row['date']} {named_few(moves, most=2)}"


def _records(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    texts = table["date"].dt.strftime("%Y-%m-%d")
    return [{str(name): value for name, value in row.items()} for row in table.assign(date=texts).to_dict("records")]


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Row:
    changed: dict[str, Change] = {
        name: {"from": _jsonable(old[name]), "to": _jsonable(value)}
        for name, value in new.items()
        if value != old[name] and not (pd.isna(value) and pd.isna(old[name]))
    }
    return {"date": new["date"], "changes": changed}


def _jsonable(value: Any) -> Any:
    return None if pd.isna(value) else value
