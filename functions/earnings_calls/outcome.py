"""How one call ended: the same shape in its record, in the manifest and in the messages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from stockflow_functions.domain.errors import NotPublishedYet, PutOff, QuotaExhausted
from stockflow_functions.domain.outcome import DEFERRED, FAILED, Failure
from stockflow_functions.earnings_calls.contracts import CallRecord, EarningsCall, QuotedPassage
from stockflow_functions.earnings_calls.cost import LEAST_SECONDS
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR

SAVED, UNCHANGED = "saved", "unchanged"
DEFERRING = frozenset({QuotaExhausted.__name__, PutOff.__name__, NotPublishedYet.__name__})
"""Errors that are not failures: the call is deferred to the next run."""
SOURCES = {AUDIO: "transcribe", TRANSCRIPT: "given", VENDOR: "alpha-vantage"}
"""What rows call the source of a call that came in by a door."""
_KNOWN = ("attempts", "language", "seconds", "passages", "unscored", "units", "looks")


@dataclass(frozen=True)
class CallOutcome:
    """One call of one run; the fields are those of :class:`CallRecord`."""

    symbol: str
    status: str
    attempts: int = 0
    company: str = ""
    call_date: str = ""
    source: str = ""
    language: str | None = None
    seconds: float | None = None
    transcribed_seconds: float = 0.0
    passages: int = 0
    unscored: int = 0
    units: int = 0
    looks: int = 0
    tone: float | None = None
    tone_prepared: float | None = None
    tone_qa: float | None = None
    tone_change: float | None = None
    previous_call_date: str | None = None
    engine_speech: str = ""
    engine_tone: str = ""
    most_negative: tuple[QuotedPassage, ...] = ()
    most_positive: tuple[QuotedPassage, ...] = ()
    transcript: str | None = None
    warnings: tuple[str, ...] = ()
    error: Failure | None = None

    def as_dict(self) -> CallRecord:
        """JSON-ready, keys in the manifest's order."""
        lists = {name: list(getattr(self, name)) for name in ("most_negative", "most_positive", "warnings")}
        error = self.error.as_dict() if self.error else None
        return cast("CallRecord", {**asdict(self), **lists, "error": error})

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "CallOutcome":
        """The reverse of :meth:`as_dict`, for a record of any release: unknown keys are ignored."""
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        for name in ("most_negative", "most_positive", "warnings"):
            known[name] = tuple(value.get(name, ()))
        error = value.get("error")
        known["error"] = None if error is None else Failure(error["type"], error.get("message", ""), error["state"])
        return cls(**known)


def not_saved(symbol: str, failure: Failure, call: EarningsCall, so_far: Mapping[str, Any]) -> CallRecord:
    """The record of a call that failed, or was deferred to a later run.

    ``so_far`` is what the states before know of it: a ``TranscriptionJob``, a ``FoundTranscript``, ``Passages`` or
    ``Judged``.
    """
    known = {name: so_far[name] for name in _KNOWN if name in so_far}
    return CallOutcome(
        symbol,
        DEFERRED if failure.type in DEFERRING else FAILED,
        company=call["symbol"],
        call_date=so_far.get("date") or call["date"] or "",
        source=SOURCES[call["door"]],
        transcribed_seconds=transcribed_seconds(so_far),
        error=failure,
        **known,
    ).as_dict()


def transcribed_seconds(about: Mapping[str, Any]) -> float:
    """The seconds of recording that a run has paid for; the least that is paid where nobody knows how long it is."""
    jobs: int = about.get("jobs", 0)
    return jobs * float(about.get("seconds") or LEAST_SECONDS)
