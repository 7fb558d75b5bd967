"""A transcript in passages: short enough to be judged whole, long enough to be quoted."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from stockflow_functions.domain.calls.joining import joined
from stockflow_functions.domain.calls.sections import PREPARED, QA, first_of_questions
from stockflow_functions.domain.calls.sentences import Span, pieces
from stockflow_functions.domain.calls.transcript import Transcript, Turn

MOST_CHARACTERS = 500
"""Comprehend takes 5,000 bytes, and its own model said until 2023 that it reads the first 500 characters of them
(botocore's comprehend model, DetectSentiment). 500 characters are at most 2,000 bytes."""


@dataclass(frozen=True)
class Passage:
    """A part of one speaker's turn.

    Attributes:
        n: its place in the call, from 1.
        section: ``prepared`` or ``qa``; None if the call's questions were not found.
        speaker: as in its turn.
        start_seconds: when its first word begins; None where the source has no times.
        end_seconds: when its last word ends; likewise.
        text: at most 500 characters.
        positive, negative, neutral, mixed: what the judge of tone gave, 0 to 1 each; None while it gave nothing.
    """

    n: int
    section: str | None
    speaker: str | None
    start_seconds: float | None
    end_seconds: float | None
    text: str
    positive: float | None = None
    negative: float | None = None
    neutral: float | None = None
    mixed: float | None = None


def passages_of(transcript: Transcript) -> list[Passage]:
    """The whole call in passages that end with a sentence, a speaker and a section: each word is in exactly one.

    Times are those of the words where the transcript has them, else they are interpolated by characters between the
    beginning and the end of the turn. Neighbouring turns whose speaker is not known are one run of speech.
    """
    found = [
        (section, turn, span)
        for section, turn in _runs(transcript.turns)
        for span in pieces(turn.text, MOST_CHARACTERS)
    ]
    return [
        Passage(number, section, turn.speaker, *_times(turn, span), turn.text[slice(*span)])
        for number, (section, turn, span) in enumerate(found, 1)
    ]


def to_json(passages: Sequence[Passage]) -> bytes:
    """For the files between two states."""
    return json.dumps([asdict(each) for each in passages], ensure_ascii=False, separators=(",", ":")).encode()


def from_json(body: bytes) -> list[Passage]:
    """The reverse of :func:`to_json`.

    Raises:
        ValueError, TypeError: the bytes are something else.
    """
    return [Passage(**each) for each in json.loads(body)]


def _runs(turns: Sequence[Turn]) -> Iterator[tuple[str | None, Turn]]:
    """Each turn with its section; those without a speaker joined."""
    first = first_of_questions(turns)

    def run(numbered: tuple[int, Turn]) -> tuple[str | None, int]:
        number, turn = numbered
        section = None if first is None else QA if number >= first else PREPARED
        return section, number if turn.speaker or turn.title else -1

    for (section, _), group in groupby(enumerate(turns), key=run):
        yield section, joined([turn for _, turn in group])


def _times(turn: Turn, span: Span) -> tuple[float | None, float | None]:
    start, end = (bisect_left(turn.word_times, place, key=lambda word: word.at) for place in span)
    words = turn.word_times[start:end]
    if words:
        return words[0].start_seconds, max(words[0].start_seconds, words[-1].end_seconds)
    if turn.start_seconds is None or turn.end_seconds is None:
        return None, None
    seconds = (turn.end_seconds - turn.start_seconds) / len(turn.text)
    first, last = (round(turn.start_seconds + seconds * place, 3) for place in span)
    return first, last
