"""What a run that has ended knows of its symbols for the next ones. Pure."""

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import DEFERRED, SAVED, UNCHANGED
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.freshness import Known


def known_after(manifest: Manifest) -> dict[str, Known]:
    """Of each symbol that the run asked for, by symbol.

    One that was deferred keeps its age, even if a request was refused. One that failed has had its turn: if it fails
    every day, it must not go before all others every day.
    """
    at_ms, full = from_iso(manifest["started_at"]), manifest.get("outputsize") == "full"
    known: dict[str, Known] = {}
    for symbol in manifest["symbols"]:
        if symbol["attempts"] == 0 or symbol["status"] == DEFERRED:
            continue
        answered = symbol["status"] in {SAVED, UNCHANGED}
        known[symbol["symbol"]] = (
            Known(at_ms, symbol["last_date"], symbol["first_date"], full) if answered else Known(at_ms)
        )
    return known
