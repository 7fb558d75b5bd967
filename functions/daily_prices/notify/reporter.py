"""Reports a run of daily prices, and does what else is due at its end."""

from collections.abc import Mapping
from typing import Any, cast

from aws_lambda_powertools import Logger

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.contracts import EndedPlan, Manifest, Plan, Run
from stockflow_functions.daily_prices.noted import unrecorded
from stockflow_functions.daily_prices.notify.backfill import BackfillCounter, is_idle
from stockflow_functions.daily_prices.notify.freshness import known_after
from stockflow_functions.daily_prices.notify.manifest import (
    ended_by,
    failure_manifest,
    run_counts,
    shard_counts,
    summary_manifest,
    tried_in,
    with_warnings,
)
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.daily_prices.notify.shards import (
    ShardTraces,
    key_refusal,
    outcomes_of,
    read_shards,
    read_traces,
    warnings_of,
)
from stockflow_functions.daily_prices.notify.standing import TOLD_BEFORE, keep_told, told_before
from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED, Failure, SymbolOutcome
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.budget.arithmetic import in_force
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.inputs import SHARD, SMOKE
from stockflow_functions.domain.messages.message import Message
from stockflow_functions.pacing.release import release_slots
from stockflow_functions.reporting.failed_run import FailedRun, Traces
from stockflow_functions.reporting.parts import left_alone
from stockflow_functions.reporting.records import read_json
from stockflow_functions.reporting.reporter import Metrics, Reporter
from stockflow_functions.vendors.port import Vendor


class DailyPricesReporter(Reporter[EndedPlan, SymbolOutcome, Manifest]):
    """Reports runs of daily prices. ``source`` is the host that prices come from."""

    workflow = DAILY_PRICES

    def __init__(  # noqa: PLR0913 # one per thing that it works with
        self,
        *,
        bucket: Bucket,
        budget: BudgetStore,
        deferred: DeferredStore,
        freshness: FreshnessStore,
        clock: Clock,
        logger: Logger,
        vendor: Vendor,
        source: str,
        backfills: BackfillCounter,
        failure_is_red: bool,
    ) -> None:
        self._bucket = bucket
        self._budget = budget
        self._deferred = deferred
        self._freshness = freshness
        self._clock = clock
        self._logger = logger
        self._vendor = vendor
        self._source = source
        self._backfills = backfills
        self._failure_is_red = failure_is_red

    def outcome_of(self, record: Any) -> SymbolOutcome:
        return SymbolOutcome.from_dict(record)

    def unrecorded(self, plan: Plan, records: Mapping[str, SymbolOutcome]) -> Mapping[str, SymbolOutcome]:
        return unrecorded(self._bucket, plan, records)

    def summary(self, plan: EndedPlan, records: Mapping[str, SymbolOutcome], finished_at: str) -> Manifest:
        whole = self._whole(plan)
        if "shards" in whole:
            manifest = self._summed_up(whole, finished_at)
        else:
            manifest = summary_manifest(whole, tried_in(whole, records), finished_at)
        return self._completed(self._with_backfill(manifest, plan["run"]))

    def failure(self, run: FailedRun, traces: Traces[SymbolOutcome], failure: Failure, finished_at: str) -> Manifest:
        tried, plan = None, cast("Plan | None", traces.plan)
        if plan and "shards" in plan and not traces.manifest:
            tried = outcomes_of(self._traces_if_readable(run.execution), failure=failure)
        manifest = failure_manifest(run, traces, failure, finished_at, tried)
        try:
            manifest = self._with_backfill(manifest, plan["run"]) if plan else manifest
        except StockflowError as error:
            self._logger.warning("the backfill can't be counted", extra={"reason": str(error)})
        return self._completed(manifest)

    def any_failed(self, manifest: Manifest) -> bool:
        return any(symbol["status"] == FAILED for symbol in manifest["symbols"])

    def message(self, manifest: Manifest) -> Message:
        return report(manifest, self._vendor, self._told_before(manifest))

    def metrics(self, manifest: Manifest) -> Metrics:
        if _is_shard(manifest):
            return shard_counts(manifest), {}
        _, milliseconds = super().metrics(manifest)
        red = bool(manifest["error"]) or (self._failure_is_red and self.any_failed(manifest))
        return run_counts(manifest, red=red), milliseconds

    def is_told(self, manifest: Manifest) -> bool:
        return not _is_shard(manifest) and not is_idle(manifest)

    def noted(self, manifest: Manifest) -> None:
        """Stores the symbols that were deferred inside the Map: like Plan's, they are in the next scheduled run.

        And what the run knows of its symbols, so that the next one asks only for what is missing. A run that leaves
        the dataset alone changes neither.

        Raises:
            StorageUnavailable, StorageDenied: the table refuses the write.
        """
        if manifest["trigger"] in {SMOKE, SHARD} or left_alone(manifest):
            return
        names = [symbol["symbol"] for symbol in manifest["symbols"] if symbol["status"] == DEFERRED]
        if names and "backfill" not in manifest:
            self._deferred.add(manifest["series"], names)
        self._keep_known(manifest)

    def heard(self, manifest: Manifest) -> None:
        """Keeps what people were told of that stands: the next scheduled run only counts it."""
        try:
            keep_told(self._bucket, manifest)
        except StockflowError as error:
            self._logger.warning("what people were told can't be kept", extra={"reason": str(error)})

    def ended(self, execution: str) -> None:
        """Releases the slots that the run had reserved and did not use."""
        release_slots(self._budget, execution, self._logger)

    def _told_before(self, manifest: Manifest) -> TOLD_BEFORE:
        """What need not be told again. Never raises: without it, it is told once more."""
        try:
            return told_before(self._bucket, manifest)
        except StockflowError as error:
            self._logger.warning("what was told before can't be read", extra={"reason": str(error)})
            return frozenset()

    def _with_backfill(self, manifest: Manifest, run: Run) -> Manifest:
        """The manifest with the progress of the backfill that the run made a part of, which is counted for it."""
        name = run.get("backfill")
        if name is None:
            return manifest
        return {**manifest, "backfill": self._backfills.after(name, manifest) if name else None}

    def _keep_known(self, manifest: Manifest) -> None:
        """Adds to what is known of the symbols. Never raises: without it they are only asked for once more."""
        known = known_after(manifest)
        if not known:
            return
        try:
            warning = self._freshness.add(manifest["series"], known)
        except StockflowError as error:
            warning = f"What the run knows of its symbols is not kept, so they are asked for again: {error}"
        if warning:
            self._logger.warning(warning)

    def _summed_up(self, plan: EndedPlan, finished_at: str) -> Manifest:
        """The manifest of a run in shards; where the key was refused in one of them, the whole run failed."""
        traces = self._traces(plan["run"]["execution"])
        refusal = key_refusal(traces)
        tried = outcomes_of(traces, plan["shards"].get("ended", ()), refusal)
        manifest = with_warnings(summary_manifest(plan, tried, finished_at), warnings_of(traces))
        return ended_by(refusal, manifest) if refusal else manifest

    def _traces(self, execution: str) -> list[ShardTraces]:
        shards = read_shards(self._bucket, execution)
        return read_traces(self._bucket, shards, self.outcome_of, self._logger.warning)

    def _traces_if_readable(self, execution: str) -> list[ShardTraces]:
        """Of a run that failed, which people are told of even if they can't be read."""
        try:
            return self._traces(execution)
        except StockflowError as error:
            self._logger.warning("the shards' traces can't be read", extra={"reason": str(error)})
            return []

    def _whole(self, plan: EndedPlan) -> EndedPlan:
        """The plan with every symbol: of those that are not asked for, the state has the first ones at most."""
        if not plan.get("deferred_more") and not plan.get("answered_more"):
            return plan
        key = keys.plan(plan["run"]["execution"])
        stored = cast("Plan | None", read_json(self._bucket, key))
        if not stored:
            more = plan.get("deferred_more", 0) + plan.get("answered_more", 0)
            self._logger.warning("%s can't be read: %s symbols are not named", key, more)
            return plan
        return {**plan, "deferred": stored["deferred"], "answered": stored.get("answered", [])}

    def _completed(self, manifest: Manifest) -> Manifest:
        """The manifest with the source, and with the day's quota as it is now, which counts all runs' requests."""
        requests = manifest["requests"]
        if requests["made"]:
            now_ms = self._clock.now_ms()
            try:
                account = self._budget.read()
                requests = {**requests, **day_quota(account, in_force(account, self._budget.terms, now_ms), now_ms)}
            except StockflowError as error:
                self._logger.warning("the budget can't be read", extra={"reason": str(error)})
        return {**manifest, "requests": requests, "source": self._source}


def _is_shard(manifest: Manifest) -> bool:
    """Whether the run is a part of another one, which tells of it."""
    return manifest["trigger"] in {SHARD, SMOKE} and keys.is_shard(manifest["execution"])
