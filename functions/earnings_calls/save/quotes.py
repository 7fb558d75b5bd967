"""The passages that a call's record quotes. Pure."""

from collections.abc import Iterable

from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tone import score_of
from stockflow_functions.earnings_calls.contracts import QuotedPassage

LONGEST_QUOTE = 300


def quotes_of(passages: Iterable[Passage]) -> tuple[QuotedPassage, ...]:
    """The passages with their tone, their text cut to what a message has room for."""
    return tuple(
        {
            "n": each.n,
            "section": each.section,
            "speaker": each.speaker,
            "start_seconds": each.start_seconds,
            "end_seconds": each.end_seconds,
            "text": each.text if len(each.text) <= LONGEST_QUOTE else f"{each.text[: LONGEST_QUOTE - 1]}…",
            "tone": round(score, 4),
        }
        for each in passages
        if (score := score_of(each)) is not None
    )
