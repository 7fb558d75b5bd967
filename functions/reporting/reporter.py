"""What a workflow says about its runs: the part of reporting that is its own."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.messages.message import Message
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.reporting.contracts import RunManifest
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.records import O
from stockflow_functions.runtime.workflow import Workflow

P = TypeVar("P", bound=Mapping[str, object])
"""The state of the execution when its summary is reported, under whose ``run`` are :class:`RunFacts`."""
M = TypeVar("M", bound=RunManifest)
"""The workflow's manifest."""

Metrics = tuple[Mapping[str, float], Mapping[str, float]]
"""Counts, and milliseconds, by name."""


class Reporter(ABC, Generic[P, O, M]):
    """How one workflow reports its runs."""

    workflow: Workflow

    @abstractmethod
    def outcome_of(self, record: Any) -> O:
        """How an item ended, from its parsed record; raises ValueError, TypeError, KeyError or AttributeError."""

    def unrecorded(self, plan: Any, records: Mapping[str, O]) -> Mapping[str, O]:  # noqa: ARG002 # for who needs them
        """Of a run that failed: the outcomes of its items that are kept elsewhere than in the records there are.

        ``plan`` is the parsed plan. Raises StorageUnavailable or StorageDenied as the bucket does.
        """
        return {}

    @abstractmethod
    def summary(self, plan: P, records: Mapping[str, O], finished_at: str) -> M:
        """The manifest of a run that came to its end; ``finished_at`` is now, ISO 8601."""

    @abstractmethod
    def failure(self, run: FailedRun, traces: Traces[O], failure: Failure, finished_at: str) -> M:
        """The manifest of a run that failed."""

    @abstractmethod
    def any_failed(self, manifest: M) -> bool:
        """Whether an item failed."""

    @abstractmethod
    def message(self, manifest: M) -> Message:
        """The message to people."""

    def metrics(self, manifest: M) -> Metrics:
        """The run's metrics; every workflow has ``RunDuration``."""
        milliseconds = from_iso(manifest["finished_at"]) - from_iso(manifest["started_at"])
        return {}, {"RunDuration": float(milliseconds)}

    def is_told(self, manifest: M) -> bool:
        """Whether people are notified of this run; it ends as failed only then."""
        return bool(manifest)

    def noted(self, manifest: M) -> None:  # for workflows that have more to do
        """Does what is due once the manifest is stored."""

    def heard(self, manifest: M) -> None:  # as above
        """Does what is due once a channel has taken the message. Never raises."""

    def ended(self, execution: str) -> None:  # as above
        """Releases what an ended run had reserved and can no longer use. Never raises."""
