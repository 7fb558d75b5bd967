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
from stockflow_functions.daily_prices.notify.backfill import BackfillCounter, is_idle
from stockflow_functions.daily_prices.notify.freshness import known_after
from stockflow_functions.daily_prices.notify.manifest import failure_manifest, run_counts, summary_manifest, tried_in
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.daily_prices.notify.shards import manifests_of, outcomes_of, shards_of
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
from stockflow_functions.reporting.records import read_json
from stockflow_functions.reporting.reporter import Metrics, Reporter
from stockflow_functions.vendors.port import Vendor


class DailyPricesReporter(Reporter[EndedPlan, SymbolOutcome, Manifest]):
    """Reports runs of daily prices. ``source`` is the host that prices come from."""

    workflow = DAILY_PRICES

    def __init__(  # noqa: PLR0913 # one per store
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

    def outcome_of(self, record: Any) -> SymbolOutcome:
        return SymbolOutcome.from_dict(record)

    def summary(self, plan: EndedPlan, records: Mapping[str, SymbolOutcome], finished_at: str) -> Manifest:
        whole = self._whole(plan)
        tried = self._of_shards(whole) if "shards" in whole else tried_in(whole, records)
        return self._completed(self._with_backfill(summary_manifest(whole, tried, finished_at), plan["run"]))

    def failure(self, run: FailedRun, traces: Traces[SymbolOutcome], failure: Failure, finished_at: str) -> Manifest:
        manifest, plan = failure_manifest(run, traces, failure, finished_at), cast("Plan | None", traces.plan)
        try:
            manifest = self._with_backfill(manifest, plan["run"]) if plan else manifest
        except StockflowError as error:
            self._logger.warning("the backfill can't be counted", extra={"reason": str(error)})
        return self._completed(manifest)

    def any_failed(self, manifest: Manifest) -> bool:
        return any(symbol["status"] == FAILED for symbol in manifest["symbols"])

    def message(self, manifest: Manifest) -> Message:
        return report(manifest, self._vendor)

    def metrics(self, manifest: Manifest) -> Metrics:
        _, milliseconds = super().metrics(manifest)
        return run_counts(manifest), milliseconds

    def is_told(self, manifest: Manifest) -> bool:
        return manifest["trigger"] != SHARD and not is_idle(manifest)

    def noted(self, manifest: Manifest) -> None:
        """Stores the symbols that were deferred inside the Map: like Plan's, they are in the next scheduled run.

        And what the run knows of its symbols, so that the next one asks only for what is missing.

        Raises:
            StorageUnavailable, StorageDenied: the table refuses the write.
        """
        if manifest["trigger"] in {SMOKE, SHARD}:
            return
        names = [symbol["symbol"] for symbol in manifest["symbols"] if symbol["status"] == DEFERRED]
        if names and "backfill" not in manifest:
            self._deferred.add(manifest["series"], names)
        self._keep_known(manifest)

    def ended(self, execution: str) -> None:
        """Releases the slots that the run had reserved and did not use."""
        release_slots(self._budget, execution, self._logger)

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

    def _of_shards(self, plan: EndedPlan) -> list[SymbolOutcome]:
        shards = shards_of(self._bucket, plan["run"]["execution"])
        return outcomes_of(shards, manifests_of(self._bucket, shards), plan["shards"].get("ended", ()))

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
