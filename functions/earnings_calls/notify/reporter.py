"""Reports a run of earnings calls, and does what else is due at its end."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.inputs import SMOKE
from stockflow_functions.domain.messages.message import Message
from stockflow_functions.domain.outcome import DEFERRED, FAILED, Failure
from stockflow_functions.earnings_calls.contracts import CallsManifest, EndedCalls
from stockflow_functions.earnings_calls.names import DEFERRED_AS
from stockflow_functions.earnings_calls.notify.manifest import Engines, failure_manifest, run_counts, summary_manifest
from stockflow_functions.earnings_calls.notify.report import report
from stockflow_functions.earnings_calls.outcome import CallOutcome
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.pacing.release import release_slots
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.parts import left_alone
from stockflow_functions.reporting.reporter import Metrics, Reporter
from stockflow_functions.vendors.port import Vendor


class CallsReporter(Reporter[EndedCalls, CallOutcome, CallsManifest]):
    """Reports runs of earnings calls. ``engines`` are those in use, ``source`` is the host of the vendor's API."""

    workflow = EARNINGS_CALLS

    def __init__(
        self,
        *,
        budget: BudgetStore,
        deferred: DeferredStore,
        logger: Logger,
        engines: Engines,
        vendor: Vendor,
        source: str,
    ) -> None:
        self._budget = budget
        self._deferred = deferred
        self._logger = logger
        self._engines = engines
        self._vendor = vendor
        self._source = source

    def outcome_of(self, record: Any) -> CallOutcome:
        return CallOutcome.from_dict(record)

    def summary(self, plan: EndedCalls, records: Mapping[str, CallOutcome], finished_at: str) -> CallsManifest:
        return self._with_source(summary_manifest(plan, records, finished_at, self._engines))

    def failure(self, run: FailedRun, traces: Traces[CallOutcome], failure: Failure, finished_at: str) -> CallsManifest:
        return self._with_source(failure_manifest(run, traces, failure, finished_at, self._engines))

    def any_failed(self, manifest: CallsManifest) -> bool:
        return any(call["status"] == FAILED for call in manifest["symbols"])

    def message(self, manifest: CallsManifest) -> Message:
        return report(manifest, self._vendor)

    def metrics(self, manifest: CallsManifest) -> Metrics:
        _, milliseconds = super().metrics(manifest)
        return run_counts(manifest), milliseconds

    def noted(self, manifest: CallsManifest) -> None:
        """Stores the calls that were deferred inside the Map: like PlanCalls's, the next scheduled run takes them up.

        Raises:
            StorageUnavailable, StorageDenied: the table refuses the write.
        """
        names = [call["symbol"] for call in manifest["symbols"] if call["status"] == DEFERRED]
        if names and manifest["trigger"] != SMOKE and not left_alone(manifest):
            self._deferred.add(DEFERRED_AS, names)

    def ended(self, execution: str) -> None:
        """Releases the slots that the run had reserved and did not use."""
        release_slots(self._budget, execution, self._logger)

    def _with_source(self, manifest: CallsManifest) -> CallsManifest:
        return {**manifest, "source": self._source if manifest["requests"].get("planned") else ""}
