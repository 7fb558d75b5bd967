"""The manifest of a run, as far as commands read it; docs/contracts.md has all of it."""

from typing import NotRequired, TypedDict


class ItemOutcome(TypedDict):
    """How one item ended."""

    symbol: str
    status: str
    rows_added: NotRequired[int]
    error: NotRequired["RunError | None"]


class RunError(TypedDict):
    """What a run, or one of its items, failed with, in which state."""

    type: str
    message: str
    state: str


class Manifest(TypedDict):
    """``unsaved`` is a sentence where the disk did not take the run's own files; times are ISO 8601, UTC."""

    outcome: str
    symbols: list[ItemOutcome]
    error: RunError | None
    execution: NotRequired[str]
    execution_arn: NotRequired[str]
    started_at: NotRequired[str]
    finished_at: NotRequired[str]
    unsaved: NotRequired[str]
