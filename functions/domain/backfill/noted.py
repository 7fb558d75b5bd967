"""What a backfill notes of its symbols and of its runs. Pure."""

from dataclasses import dataclass

from stockflow_functions.domain.outcome import DEFERRED, FAILED, Failure


@dataclass(frozen=True)
class Trouble:
    """Why a symbol was not had.

    Attributes:
        type: the error's name.
        message: its sentence.
        tries: on how many days it was asked for.
        day: the last of them, by the quota's days.
        given_up: whether this backfill asks for it no more.
    """

    type: str
    message: str
    tries: int
    day: str
    given_up: bool


@dataclass(frozen=True)
class Claim:
    """A run that is making its part.

    Attributes:
        execution: its name.
        until: when it is over at the latest, ISO 8601; a run that left no end is forgotten then.
        left: how many symbols were to do when it began, with its own.
    """

    execution: str
    until: str
    left: int


@dataclass(frozen=True)
class LastRun:
    """The last run that ended.

    Attributes:
        execution: its name.
        at: when it ended, ISO 8601.
        asked: how many symbols it asked for.
        had: of how many of them it had the prices.
    """

    execution: str
    at: str
    asked: int
    had: int


@dataclass(frozen=True)
class SymbolEnd:
    """How one symbol of a run ended: ``status`` is the manifest's."""

    symbol: str
    status: str
    failure: Failure | None = None

    @property
    def is_had(self) -> bool:
        """Whether its prices were had."""
        return self.status not in {FAILED, DEFERRED} and self.failure is None
