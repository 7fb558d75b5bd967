"""What a run that has ended knows of its symbols for the next ones. Pure."""

from collections.abc import Iterable

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import DEFERRED, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.freshness import Known


def known_after(manifest: Manifest) -> dict[str, Known]:
    """Of each symbol that the run asked for, by symbol."""
    outcomes = (SymbolOutcome.from_dict(record) for record in manifest["symbols"])
    return known_of(outcomes, from_iso(manifest["started_at"]), full=manifest.get("outputsize") == "full")


def known_of(outcomes: Iterable[SymbolOutcome], at_ms: int, *, full: bool) -> dict[str, Known]:
    """Likewise, from how the symbols of a run ended that began at this moment; ``full`` with outputsize full.

    A symbol that was deferred keeps its age, even if a request was refused. One that failed has had its turn: if it
    fails every day, it must not go before all others every day.
    """
    known: dict[str, Known] = {}
    for outcome in outcomes:
        if outcome.attempts and outcome.status in {SAVED, UNCHANGED}:
            known[outcome.symbol] = Known(at_ms, outcome.last_date, outcome.first_date, full)
        elif outcome.attempts and outcome.status != DEFERRED:
            known[outcome.symbol] = Known(at_ms)
    return known
