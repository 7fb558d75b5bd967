"""The tone of a call out of that of its passages. There is no single label for a call: most of any call is neutral."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.sections import PREPARED, QA

MOST_NEGATIVE, MOST_POSITIVE = 5, 2
UNIT_CHARACTERS, LEAST_UNITS = 100, 3
"""What Comprehend bills a document by (aws.amazon.com/comprehend/pricing)."""

Measure = Callable[[Passage], float | None]


@dataclass(frozen=True)
class CallTone:
    """What a call sounds like: each number is a mean over the scored passages, weighted by their characters.

    Attributes:
        tone: positive less negative, -1 to 1; None if no passage has a score.
        tone_prepared: of the prepared remarks alone; None if the questions were not found, or none is scored.
        tone_qa: of the questions and answers alone; None likewise.
        positive, negative, neutral, mixed: 0 to 1; None if no passage has a score.
        passages: how many there are.
        unscored: how many of them have no score; they are in no mean.
        most_negative: of the passages with a score below 0 the five lowest, the lowest first.
        most_positive: of those above 0 the two highest, the highest first.
    """

    tone: float | None
    tone_prepared: float | None
    tone_qa: float | None
    positive: float | None
    negative: float | None
    neutral: float | None
    mixed: float | None
    passages: int
    unscored: int
    most_negative: tuple[Passage, ...]
    most_positive: tuple[Passage, ...]


def tone_of(passages: Sequence[Passage]) -> CallTone:
    """The call's tone; passages that lack one of the four scores count as unscored."""
    scored = [passage for passage in passages if is_scored(passage)]
    return CallTone(
        tone=_mean(scored, score_of),
        tone_prepared=_mean((each for each in scored if each.section == PREPARED), score_of),
        tone_qa=_mean((each for each in scored if each.section == QA), score_of),
        positive=_mean(scored, lambda each: each.positive),
        negative=_mean(scored, lambda each: each.negative),
        neutral=_mean(scored, lambda each: each.neutral),
        mixed=_mean(scored, lambda each: each.mixed),
        passages=len(passages),
        unscored=len(passages) - len(scored),
        most_negative=_lowest(scored, MOST_NEGATIVE, 1),
        most_positive=_lowest(scored, MOST_POSITIVE, -1),
    )


def is_scored(passage: Passage) -> bool:
    """Whether all four scores are there and are numbers."""
    scores = (passage.positive, passage.negative, passage.neutral, passage.mixed)
    return all(score is not None and math.isfinite(score) for score in scores)


def score_of(passage: Passage) -> float | None:
    """Positive less negative, -1 to 1; None for a passage without a score."""
    if not is_scored(passage) or passage.positive is None or passage.negative is None:
        return None
    return passage.positive - passage.negative


def units(passages: Iterable[Passage]) -> int:
    """What Comprehend bills: a unit for every 100 characters begun, three at least for each passage."""
    return sum(max(LEAST_UNITS, math.ceil(len(each.text) / UNIT_CHARACTERS)) for each in passages)


def _mean(passages: Iterable[Passage], measure: Measure) -> float | None:
    weighed = [(len(each.text), measure(each) or 0.0) for each in passages]
    characters = sum(weight for weight, _ in weighed)
    return math.fsum(weight * value for weight, value in weighed) / characters if characters else None


def _lowest(scored: Iterable[Passage], most: int, sign: int) -> tuple[Passage, ...]:
    """Those below zero, lowest first; with ``sign`` -1 those above zero, highest first."""
    signed = sorted(((sign * (score_of(each) or 0.0), each.n, each) for each in scored), key=lambda one: one[:2])
    return tuple(each for value, _, each in signed if value < 0)[:most]
