"""A run in one line."""

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import CHECKED, FAILED, FRESH, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.domain.words import counted
from stockflow_functions.reporting.parts import failed_title, troubles


def title_of(manifest: Manifest, symbols: list[SymbolOutcome]) -> str:
    """The message's title: one line of our own words."""
    if manifest["error"]:
        return failed_title(manifest["error"])
    if manifest["outcome"] == "skipped":
        return "Nothing to fetch"
    odd = sum(bool(oddities(symbol)) for symbol in symbols)
    return troubles([symbol.status for symbol in symbols], odd, "symbol") or _all_well(manifest, symbols)


def _all_well(manifest: Manifest, symbols: list[SymbolOutcome]) -> str:
    fresh, checked = count(symbols, FRESH), count(symbols, CHECKED)
    if checked:
        return f"Prices are checked: {counted(checked, 'symbol')} would have been saved"
    if manifest["warnings"]:
        return "Prices are up to date, with a warning"
    asked = f"{count(symbols, SAVED):,} saved, {count(symbols, UNCHANGED):,} unchanged"
    if fresh == len(symbols):
        return f"Prices are up to date already: {fresh:,} fresh"
    return f"Prices are up to date: {asked}, {fresh:,} fresh" if fresh else f"Prices are up to date: {asked}"


def oddities(symbol: SymbolOutcome) -> list[str]:
    """What is odd about a symbol that did not fail; its own warnings say it better than its counts."""
    if symbol.status == FAILED:
        return []
    if any("warning" in one for one in symbol.found.values()):  # what is left of them is news
        return list(symbol.warnings)
    stale = [f"Stale: the newest bar is from {symbol.last_date or 'no known date'}."] if symbol.stale else []
    rejected = [f"{symbol.rows_rejected:,} rows were set aside."] if symbol.rows_rejected else []
    return list(symbol.warnings) or [*stale, *rejected]


def count(symbols: list[SymbolOutcome], status: str) -> int:
    """How many symbols ended with this status."""
    return sum(symbol.status == status for symbol in symbols)
