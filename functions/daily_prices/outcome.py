"""How one symbol ended: the same shape in its record, in the manifest and in the messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stockflow_functions.daily_prices.contracts import SymbolRecord
from stockflow_functions.domain.errors import PutOff, QuotaExhausted
from stockflow_functions.domain.outcome import CHECKED, DEFERRED, FAILED, Failure
from stockflow_functions.domain.prices.finding import Found

__all__ = ["CHECKED", "DEFERRED", "DEFERRING", "FAILED", "FRESH", "SAVED", "UNCHANGED", "Failure", "SymbolOutcome"]

SAVED, UNCHANGED, FRESH = "saved", "unchanged", "fresh"
DEFERRING = frozenset({QuotaExhausted.__name__, PutOff.__name__})
"""Errors that are not failures: the symbol is deferred to the next run."""


@dataclass(frozen=True)
class SymbolOutcome:
    """One symbol of one run. ``attempts`` counts the requests made for it; dates are the stored series' own.

    ``restated`` is the kind of restatement, if the vendor changed bars: see docs/data.md. ``found`` is what the checks
    found, by check.
    """

    symbol: str
    status: str
    attempts: int = 0
    rows_added: int = 0
    rows_changed: int = 0
    rows_rejected: int = 0
    first_date: str | None = None
    last_date: str | None = None
    stale: bool = False
    restated: str | None = None
    warnings: tuple[str, ...] = ()
    found: Mapping[str, Found] = field(default_factory=dict)
    error: Failure | None = None

    def as_dict(self) -> SymbolRecord:
        """JSON-ready, keys in the manifest's order."""
        record: SymbolRecord = {
            "symbol": self.symbol,
            "status": self.status,
            "attempts": self.attempts,
            "rows_added": self.rows_added,
            "rows_changed": self.rows_changed,
            "rows_rejected": self.rows_rejected,
            "first_date": self.first_date,
            "last_date": self.last_date,
            "stale": self.stale,
            "restated": self.restated,
            "warnings": list(self.warnings),
            "error": self.error.as_dict() if self.error else None,
        }
        if self.found:
            record["found"] = dict(self.found)
        return record

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "SymbolOutcome":
        """The reverse of :meth:`as_dict`, for a record of any release: unknown keys are ignored."""
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        known["warnings"] = tuple(value.get("warnings", ()))
        error = value.get("error")
        known["error"] = None if error is None else Failure(error["type"], error.get("message", ""), error["state"])
        return cls(**known)
