"""A call as it was written down: who said what, and when, whatever the source was."""

from dataclasses import dataclass
from typing import NamedTuple

TRANSCRIBE, ALPHA_VANTAGE = "transcribe", "alpha-vantage"


class WordTime(NamedTuple):
    """When a word was said: ``at`` is the place of its first character in the text of its turn."""

    at: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class Turn:
    """What one speaker said without another between; where speakers are not known, a sentence.

    Attributes:
        text: one line, never empty.
        speaker: a name, or a label such as ``spk_0``; None if the source does not say.
        title: what the speaker is to the company; None if the source does not say.
        start_seconds: from the beginning of the recording; None where the source has no times.
        end_seconds: likewise.
        word_times: of the words that have times, in the order of the text.
    """

    text: str
    speaker: str | None
    title: str | None
    start_seconds: float | None
    end_seconds: float | None
    word_times: tuple[WordTime, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """A whole call.

    Attributes:
        turns: in the order in which they were said, at least one.
        source_shape: ``transcribe`` or ``alpha-vantage``.
        language: such as ``en-US``; None if neither the transcript nor the caller says.
        language_score: how sure the recogniser was of the language, 0 to 1; None where it did not identify it.
        seconds: where the last word ends; None where there are no times.
        words: how many there are; in a language without blanks, how many the recogniser made of it.
        confidence_mean: of the words, 0 to 1; None where there is none.
    """

    turns: tuple[Turn, ...]
    source_shape: str
    language: str | None
    language_score: float | None
    seconds: float | None
    words: int
    confidence_mean: float | None

    @property
    def speakers(self) -> int:
        """How many different speakers are told apart; 0 if none is."""
        return len({turn.speaker for turn in self.turns} - {None})
