"""How one symbol ended: the same shape in its record, in the manifest and in the messages."""

from dataclasses import asdict, dataclass
from typing import Any

SAVED, UNCHANGED, FAILED, DEFERRED = "saved", "unchanged", "failed", "deferred"


@dataclass(frozen=True)
class Failure:
    """What went wrong: the error's class name, its sentence, and the state it came from."""

    type: str
    message: str
    state: str


@dataclass(frozen=True)
class SymbolOutcome:
    """One symbol of one run. ``attempts`` counts the requests made for it; dates are the stored series' own.

    ``restated`` is what kind of bars the vendor changed, where it did: see docs/data.md.
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
    error: Failure | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, keys in the manifest's order."""
        return {**asdict(self), "warnings": list(self.warnings)}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "SymbolOutcome":
        """The reverse of :meth:`as_dict`; unknown keys are passed over."""
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        known["warnings"] = tuple(value.get("warnings", ()))
        error = value.get("error")
        known["error"] = None if error is None else Failure(error["type"], error.get("message", ""), error["state"])
        return cls(**known)
