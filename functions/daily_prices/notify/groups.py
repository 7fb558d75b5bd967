"""Symbols in groups: failed ones by what went wrong, odd ones by what is odd, so that a thousand fit into a message."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from stockflow_functions.daily_prices.notify.headline import oddities
from stockflow_functions.daily_prices.outcome import FAILED, Failure, SymbolOutcome

MOST_NAMED = 10
_FIGURES = re.compile(r"\d[\d.,:-]*")
_UNRECORDED = Failure("Unknown", "There is no record of what went wrong.", "unknown")


@dataclass(frozen=True)
class FailureGroup:
    """Symbols that failed with the same error in the same state.

    ``named`` are those to be named, ``failure`` is the first one's.
    """

    failure: Failure
    symbols: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def left_out(self) -> int:
        """How many symbols are not named."""
        return len(self.symbols) - len(self.named)


def group_failures(symbols: Iterable[SymbolOutcome]) -> list[FailureGroup]:
    """The groups, largest first; all together name at most ``MOST_NAMED`` symbols, shared out evenly."""
    found: dict[tuple[str, str], list[SymbolOutcome]] = defaultdict(list)
    for outcome in symbols:
        if outcome.status == FAILED:
            failure = outcome.error or _UNRECORDED
            found[failure.type, failure.state].append(outcome)
    groups = sorted(found.values(), key=len, reverse=True)
    return [_group(outcomes, share) for outcomes, share in zip(groups, _shares(list(map(len, groups))), strict=True)]


def _group(outcomes: list[SymbolOutcome], share: int) -> FailureGroup:
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
    """Symbols with warnings that differ in figures alone: the first one, its sentence, and how many there are."""

    first: str
    sentence: str
    times: int


def group_warnings(symbols: Iterable[SymbolOutcome]) -> list[WarningGroup]:
    """The groups, smallest first: what happened to one symbol is news, what happened to all is how the vendor is."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for outcome in symbols:
        for sentence in oddities(outcome):
            found[_FIGURES.sub("#", sentence)].append((outcome.symbol, sentence))
    return sorted((WarningGroup(*alike[0], len(alike)) for alike in found.values()), key=lambda group: group.times)
