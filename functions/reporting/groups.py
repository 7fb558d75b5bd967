"""Items in groups: failed ones by what went wrong, odd ones by what is odd, so that a thousand fit into a message."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from stockflow_functions.domain.outcome import FAILED, Failure
from stockflow_functions.reporting.records import Outcome

MOST_NAMED = 10
_FIGURES = re.compile(r"\d[\d.,:-]*")
_UNRECORDED = Failure("Unknown", "There is no record of what went wrong.", "unknown")


@dataclass(frozen=True)
class FailureGroup:
    """Items that failed with the same error in the same state.

    ``named`` are those to be named, ``failure`` is the first one's.
    """

    failure: Failure
    symbols: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def left_out(self) -> int:
        """How many items are not named."""
        return len(self.symbols) - len(self.named)


def group_failures(items: Iterable[Outcome]) -> list[FailureGroup]:
    """The groups, largest first; all together name at most ``MOST_NAMED`` items, shared out evenly."""
    found: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in items:
        if outcome.status == FAILED:
            failure = outcome.error or _UNRECORDED
            found[failure.type, failure.state].append(outcome)
    groups = sorted(found.values(), key=len, reverse=True)
    return [_group(outcomes, share) for outcomes, share in zip(groups, _shares(list(map(len, groups))), strict=True)]


def _group(outcomes: list[Outcome], share: int) -> FailureGroup:
    names = tuple(outcome.symbol for outcome in outcomes)
    return FailureGroup(outcomes[0].error or _UNRECORDED, names, names[:share])


def _shares(sizes: list[int]) -> list[int]:
    """How many of each group to name: one each in turn until ten are given out."""
    shares = [0] * len(sizes)
    left = min(MOST_NAMED, sum(sizes))
    while left:
        for index, size in enumerate(sizes):
            if left and shares[index] < size:
                shares[index] += 1
                left -= 1
    return shares


@dataclass(frozen=True)
class WarningGroup:
    """Items with warnings that differ in figures alone: the first one, its sentence, and how many there are."""

    first: str
    sentence: str
    times: int


def group_warnings(warnings: Iterable[tuple[str, str]]) -> list[WarningGroup]:
    """Groups of items and their warnings, smallest first: what happened to one is news, to all is how the vendor is."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for item, sentence in warnings:
        found[_FIGURES.sub("#", sentence)].append((item, sentence))
    return sorted((WarningGroup(*alike[0], len(alike)) for alike in found.values()), key=lambda group: group.times)
