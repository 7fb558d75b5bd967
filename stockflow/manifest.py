"""The manifest of a run of any workflow, the part that commands read; docs/contracts.md has all of it."""

from typing import NotRequired, TypedDict

from stockflow_functions.domain.outcome import FailureRecord


class ManifestItem(TypedDict):
    """How one item ended."""

    symbol: str
    status: str
    attempts: NotRequired[int]
    rows_added: NotRequired[int]
    warnings: NotRequired[list[str]]
    error: NotRequired[FailureRecord | None]


class Manifest(TypedDict):
    """``unsaved`` is a sentence if the disk did not take the run's own files; times are ISO 8601, UTC."""

    outcome: str
    symbols: list[ManifestItem]
    error: FailureRecord | None
    execution: NotRequired[str]
    execution_arn: NotRequired[str]
    started_at: NotRequired[str]
    finished_at: NotRequired[str]
    unsaved: NotRequired[str]
    switched_off: NotRequired[list[str]]
