"""What the vendor changed afterwards: from what, to what, and how to say it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from functions.prices.sentences import counted

MANY = 10
"""From this many changed older bars on it is a restatement of the history, not a correction."""


@dataclass(frozen=True)
class Restatement:
    """Bars that were stored with other values. ``kind`` is ``newest-volume``, ``few``, ``many`` or ``adjusted``."""

    kind: str
    rows: list[dict[str, Any]]

    def sentence(self) -> str:
        """One sentence for a person."""
        newest = self.rows[-1]
        if self.kind == "newest-volume":
            volume = newest["changes"]["volume"]
            return f"The volume of {newest['date']} was restated from {volume['from']} to {volume['to']}."
        if self.kind == "adjusted":
            return f"The adjusted closes of {counted(len(self.rows), 'stored bar')} were renewed (split or dividend)."
        bars = "1 stored bar was" if len(self.rows) == 1 else f"{len(self.rows)} stored bars were"
        span = newest["date"] if len(self.rows) == 1 else f"{self.rows[0]['date']} to {newest['date']}"
        tail = ": the vendor restated the history" if self.kind == "many" else ""
        return f"{bars} restated ({span}){tail}."


def restatement(before: pd.DataFrame, after: pd.DataFrame, newest_stored: str) -> Restatement | None:
    """Compares bars of the same dates, in the same order; None where there are none.

    ``newest_stored`` is the date of the newest bar that was stored, ISO: its volume is often final only a day later.
    """
    rows = [_changes(old, new) for old, new in zip(_records(before), _records(after), strict=True)]
    if not rows:
        return None
    if all(set(row["changes"]) == {"adjusted_close"} for row in rows):
        return Restatement("adjusted", rows)
    older = [row for row in rows if row["date"] != newest_stored]
    if len(older) >= MANY:
        return Restatement("many", rows)
    only_volume = len(rows) == 1 and not older and set(rows[0]["changes"]) == {"volume"}
    return Restatement("newest-volume" if only_volume else "few", rows)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    texts = table["date"].dt.strftime("%Y-%m-%d")
    return [{str(name): value for name, value in row.items()} for row in table.assign(date=texts).to_dict("records")]


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    changed = {
        name: {"from": _jsonable(old[name]), "to": _jsonable(value)}
        for name, value in new.items()
        if value != old[name] and not (pd.isna(value) and pd.isna(old[name]))
    }
    return {"date": new["date"], "changes": changed}


def _jsonable(value: Any) -> Any:
    return None if pd.isna(value) else value
