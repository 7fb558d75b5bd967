"""A run in one word and in one line."""

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.domain.messages.message import ERROR, INFO, WARNING
from stockflow_functions.domain.words import counted, plain_name


def kind_of(manifest: Manifest, symbols: list[SymbolOutcome]) -> str:
    """``info``, ``warning`` or ``error``."""
    if manifest["outcome"] == "failed":
        return ERROR
    troubled = any(symbol.status in {FAILED, DEFERRED} or oddities(symbol) for symbol in symbols)
    return WARNING if troubled or manifest["warnings"] else INFO


def title_of(manifest: Manifest, symbols: list[SymbolOutcome]) -> str:
    """The message's title: one line of our own words."""
    if manifest["error"]:
        return f"The run failed in {plain_name(manifest['error']['state'])}: {plain_name(manifest['error']['type'])}"
    if manifest["outcome"] == "skipped":
        return "Nothing to fetch"
    failed, deferred = count(symbols, FAILED), count(symbols, DEFERRED)
    odd = sum(bool(oddities(symbol)) for symbol in symbols)
    troubles = [
        f"{failed} of {counted(len(symbols), 'symbol')} failed" if failed else "",
        f"{counted(deferred, 'symbol')} deferred" if deferred else "",
        f"{counted(odd, 'symbol')} to look at" if odd else "",
    ]
    if any(troubles):
        return ", ".join(trouble for trouble in troubles if trouble)
    if manifest["warnings"]:
        return "Prices are up to date, with a warning"
    return f"Prices are up to date: {count(symbols, SAVED)} saved, {count(symbols, UNCHANGED)} unchanged"


def oddities(symbol: SymbolOutcome) -> list[str]:
    """What is odd about a symbol that did not fail; its own warnings say it better than its counts."""
    if symbol.status == FAILED:
        return []
    stale = [f"Stale: the newest bar is from {symbol.last_date or 'no known date'}."] if symbol.stale else []
    rejected = [f"{symbol.rows_rejected:,} rows were set aside."] if symbol.rows_rejected else []
    return list(symbol.warnings) or [*stale, *rejected]


def count(symbols: list[SymbolOutcome], status: str) -> int:
    """How many symbols ended with this status."""
    return sum(symbol.status == status for symbol in symbols)
