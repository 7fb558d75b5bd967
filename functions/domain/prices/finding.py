"""What a check found, as it travels: the sentence among a symbol's warnings, the rest in ``found``, by check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict

from stockflow_functions.domain.prices.sentences import LONGEST, bounded, cut


@dataclass(frozen=True)
class Finding:
    """What one check found in one answer, or in the table that it went into.

    Attributes:
        check: the rule's name, see docs/data.md; "" for a sentence that no rule stands behind.
        sentence: for people; "" if there is none. Several findings may share one.
        bars: how many bars, sessions or weeks it is about.
        newest: the newest of them. Of what stands day after day, such as `stale`, the day by which it is the same.
    """

    check: str
    sentence: str
    bars: int = 0
    newest: date | None = None


class Found(TypedDict):
    """What one check found in a symbol.

    bars: how many bars, sessions or weeks it is about.
    newest: the date of the newest one; of `stale` the newest bar, of `gap` the last bar before it; absent if unknown.
    warning: the place in `warnings` of the sentence about it, from 0; absent if it has none there.
    """

    bars: int
    newest: NotRequired[str]
    warning: NotRequired[int]


def summed_up(findings: Iterable[Finding]) -> tuple[list[str], dict[str, Found]]:
    """The warnings of a symbol, few and short, and what was found, by check."""
    findings = list(findings)
    warnings = bounded(one.sentence for one in findings if one.sentence)
    found: dict[str, Found] = {}
    for one in findings:
        if one.check:
            found[one.check] = _joined(found.get(one.check), _record(one, warnings))
    return warnings, found


def findings_of(warnings: Sequence[str], found: Mapping[str, Found]) -> list[Finding]:
    """The reverse of :func:`summed_up`, as far as it is kept: the findings in the order of the warnings."""
    findings = []
    for place, warning in enumerate(warnings):
        checks = [check for check, one in found.items() if one.get("warning") == place]
        findings += [_finding(check, warning, found[check]) for check in checks] or [Finding("", warning)]
    said = range(len(warnings))
    return findings + [_finding(check, "", one) for check, one in found.items() if one.get("warning") not in said]


def without_places(found: Mapping[str, Found]) -> dict[str, Found]:
    """The same where the warnings are not at hand."""
    return {check: _without_place(one) for check, one in found.items()}


def _record(one: Finding, warnings: Sequence[str]) -> Found:
    record: Found = {"bars": one.bars}
    if one.newest is not None:
        record["newest"] = one.newest.isoformat()
    shown = cut(one.sentence, LONGEST)
    if shown in warnings:
        record["warning"] = warnings.index(shown)
    return record


def _joined(before: Found | None, new: Found) -> Found:
    """Two findings of one check, such as the gaps on either side: all their bars, the first sentence."""
    if before is None:
        return new
    joined: Found = {**new, **before, "bars": before["bars"] + new["bars"]}
    days = [one["newest"] for one in (before, new) if "newest" in one]
    return {**joined, "newest": max(days)} if days else joined


def _finding(check: str, sentence: str, one: Found) -> Finding:
    newest = one.get("newest")
    return Finding(check, sentence, one["bars"], date.fromisoformat(newest) if newest else None)


def _without_place(one: Found) -> Found:
    kept = one.copy()
    kept.pop("warning", None)
    return kept
