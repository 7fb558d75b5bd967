"""What stands from run to run, such as a stale symbol, is told once; the manifest says it each time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.told import untold
from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.domain.inputs import SCHEDULE
from stockflow_functions.domain.prices.finding import Found
from stockflow_functions.domain.prices.rules import GAP, OTHER_BASIS, OTHER_COMPANY, REJECTING, STALE
from stockflow_functions.reporting.parts import left_alone

TOLD_BEFORE = frozenset[tuple[str, str]]
"""Symbols, each with a check that has found the same in it before, and whose finding people were told."""
_FINDINGS = ".findings"
_IN_WORDS = {
    STALE: "stale",
    GAP: "with a gap",
    OTHER_BASIS: "on another basis",
    OTHER_COMPANY: "perhaps of another company",
    **dict.fromkeys(sorted(REJECTING), "with bars set aside"),
}
"""The checks whose findings stand. A bar that is set aside comes in each answer that still reaches back to it."""


def told_before(bucket: Bucket, manifest: Manifest) -> TOLD_BEFORE:
    """What a scheduled run need not tell again.

    It is the same as long as its day is: the newest bar of a stale symbol, the last bar before a gap, the newest bar
    that was set aside; and as long as no more bars are set aside. A person who starts a run is told all.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    return _told_before(bucket, manifest, keep=False)


def keep_told(bucket: Bucket, manifest: Manifest) -> None:
    """Keeps that people have been told what stands, once they have.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    _told_before(bucket, manifest, keep=True)


def _told_before(bucket: Bucket, manifest: Manifest, *, keep: bool) -> TOLD_BEFORE:
    if manifest["trigger"] != SCHEDULE or left_alone(manifest):
        return frozenset()
    standing = _standing(manifest)
    events = {name: date.fromisoformat(one["newest"]) for name, (_, one) in standing.items()}
    sizes = {name: one["bars"] for name, ((_, check), one) in standing.items() if check in REJECTING}
    news = untold(bucket, manifest["series"], events, manifest["execution"], _FINDINGS, sizes, keep=keep)
    return frozenset(about for name, (about, _) in standing.items() if name not in news)


def news_of(symbols: Iterable[SymbolOutcome], before: TOLD_BEFORE) -> list[SymbolOutcome]:
    """The symbols as the message is to show them: without what was told before."""
    checks: dict[str, set[str]] = {}
    for symbol, check in before:
        checks.setdefault(symbol, set()).add(check)
    return [_without(one, checks[one.symbol]) if one.symbol in checks else one for one in symbols]


def still_so(before: TOLD_BEFORE) -> str:
    """``Still so, told before: 3 stale, 1 with a gap``; "" for nothing."""
    counts = Counter(words for _, words in {(symbol, _IN_WORDS[check]) for symbol, check in before})
    kinds = ", ".join(f"{counts[words]:,} {words}" for words in dict.fromkeys(_IN_WORDS.values()) if counts[words])
    return f"Still so, told before: {kinds}" if kinds else ""


def _standing(manifest: Manifest) -> Mapping[str, tuple[tuple[str, str], Found]]:
    """What may stand, with its symbol and check, by the name that it is told under."""
    return {
        f"{symbol['symbol']} {check}": ((symbol["symbol"], check), one)
        for symbol in manifest["symbols"]
        for check, one in symbol.get("found", {}).items()
        if check in _IN_WORDS and "newest" in one
    }


def _without(outcome: SymbolOutcome, checks: set[str]) -> SymbolOutcome:
    """Without the warnings that are about these checks alone: one may be about several."""
    told = {one.get("warning") for check, one in outcome.found.items() if check in checks}
    news = {one.get("warning") for check, one in outcome.found.items() if check not in checks}
    kept = (text for place, text in enumerate(outcome.warnings) if place not in told - news)
    return replace(outcome, warnings=tuple(kept))
