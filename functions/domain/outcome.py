"""How one item of a run ended, and what went wrong: what the records and manifests of every workflow have."""

from dataclasses import dataclass
from typing import TypedDict

FAILED, DEFERRED = "failed", "deferred"
CHECKED = "checked"
"""All went well, and the item would have been saved; but the run leaves the dataset alone (``SAVE_TO_S3``)."""


class FailureRecord(TypedDict):
    """What went wrong.

    type: the error's name, such as ``UnknownSymbol``.
    message: its sentence, without a secret.
    state: the state that it came from.
    """

    type: str
    message: str
    state: str


class ItemRecord(TypedDict):
    """How one item ended, where its workflow has no more to say of it.

    symbol: the item's name.
    status: ``failed``, ``deferred``, or a word of the workflow's own.
    error: what went wrong; null where nothing did.
    """

    symbol: str
    status: str
    error: FailureRecord | None


@dataclass(frozen=True)
class Failure:
    """What went wrong: the error's class name, its sentence, and the state it came from."""

    type: str
    message: str
    state: str

    def as_dict(self) -> FailureRecord:
        """JSON-ready."""
        return {"type": self.type, "message": self.message, "state": self.state}


@dataclass(frozen=True)
class ItemOutcome:
    """One item of one run."""

    symbol: str
    status: str
    error: Failure | None = None

    def as_dict(self) -> ItemRecord:
        """JSON-ready."""
        return {"symbol": self.symbol, "status": self.status, "error": self.error.as_dict() if self.error else None}
