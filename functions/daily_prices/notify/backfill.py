"""Counts a run for the backfill that it is a part of, and says how far that is."""

from dataclasses import dataclass

from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.daily_prices.contracts import BackfillProgress, Manifest
from stockflow_functions.daily_prices.outcome import DEFERRED, SymbolOutcome
from stockflow_functions.domain.backfill.backfill import FOR_GOOD, PAUSED, Backfill
from stockflow_functions.domain.backfill.days import days_for, later_rooms
from stockflow_functions.domain.backfill.noted import LastRun, SymbolEnd
from stockflow_functions.domain.backfill.words import progress_sentence
from stockflow_functions.domain.budget.arithmetic import Terms
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import PremiumRequired
from stockflow_functions.domain.inputs import SCHEDULE


@dataclass(frozen=True)
class BackfillCounter:
    """What counting takes.

    Attributes:
        store: of the dataset's backfills.
        terms: those of the settings.
    """

    store: BackfillStore
    terms: Terms

    def after(self, name: str, manifest: Manifest) -> BackfillProgress:
        """How far the backfill is after the run, which is counted once, however often it is told.

        Raises:
            InvalidInput: there is no such backfill any more.
            StorageUnavailable, StorageDenied: as the bucket does.
        """
        ends = [_end(SymbolOutcome.from_dict(symbol)) for symbol in manifest["symbols"]]
        now_ms, terms = from_iso(manifest["finished_at"]), self.terms
        run = LastRun(manifest["execution"], manifest["finished_at"], 0, 0)
        premium = next((end.failure.message for end in ends if end.failure and _is_premium(end)), "")

        def counted(before: Backfill) -> Backfill:
            if manifest["outcome"] == "skipped":
                return before
            after = before.counted(ends, run, terms.days.label(now_ms))
            return after.paused(_why_paused(premium)) if premium and after != before else after

        return self._progress(self.store.change(name, counted), terms, now_ms)

    def _progress(self, backfill: Backfill, terms: Terms, now_ms: int) -> BackfillProgress:
        days = days_for(backfill.left, 0, later_rooms(terms, backfill.daily, now_ms))
        return {
            "name": backfill.name,
            "status": backfill.status,
            "symbols": backfill.symbols,
            "done": backfill.done,
            "given_up": len(backfill.given_up),
            "left": backfill.left,
            "days_to_go": days,
            "sentence": progress_sentence(backfill, days),
        }


def is_idle(manifest: Manifest) -> bool:
    """Whether a schedule came upon no backfill, or a paused one: nobody need hear of that each day."""
    if "backfill" not in manifest or manifest["outcome"] != "skipped" or manifest["trigger"] != SCHEDULE:
        return False
    progress = manifest["backfill"]
    return progress is None or progress["status"] == PAUSED


def _why_paused(refusal: str) -> str:
    return (
        f"The plan behind the key does not include what it asks for ({refusal.rstrip('.')}). `stockflow backfill "
        "--resume` goes on with another key."
    )


def _end(outcome: SymbolOutcome) -> SymbolEnd:
    """How it ended; a symbol that failed before it was asked for, as where the run broke off, is as it was."""
    error = outcome.error
    if error and not outcome.attempts and error.type not in {*FOR_GOOD, PremiumRequired.__name__}:
        return SymbolEnd(outcome.symbol, DEFERRED)
    return SymbolEnd(outcome.symbol, outcome.status, error)


def _is_premium(end: SymbolEnd) -> bool:
    return end.failure is not None and end.failure.type == PremiumRequired.__name__
