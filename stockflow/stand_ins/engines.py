"""What a stand-in asks of a local engine: one for speech, one for tone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stockflow_functions.aws.comprehend import Scores

WRITE_DOWN_AUDIO = 'To write down audio on this machine: pip install "stockflow[speech]"'
NO_SPEECH_ENGINE = "none"
"""What stands in place of a speech engine's name where none is installed."""
VARIABLES = ("SPEECH_ENGINE", "TONE_ENGINE", "TRANSCRIPTION_LOOK_SECONDS")
"""The functions' variables that name the engines, and say how soon a job is looked at."""


class UnreadableAudio(Exception):
    """The file holds no audio that the engine can decode."""


@dataclass(frozen=True)
class Word:
    """One spoken word, with the punctuation that follows it; seconds from the start, confidence from 0 to 1."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float


@dataclass(frozen=True)
class Heard:
    """What a speech engine hears.

    Attributes:
        language: its ISO 639 code, such as ``en``.
        language_score: how sure the engine is of it, from 0 to 1; None if it was told, or can't tell.
        segments: words that belong together. They may come while the engine works, which ends when nobody asks on.
    """

    language: str
    language_score: float | None
    segments: Iterable[Sequence[Word]]


class SpeechEngine(Protocol):
    """Turns recorded speech into words; ``name`` is what the dataset's rows say."""

    @property
    def name(self) -> str:
        """The engine and its model, such as ``faster-whisper tiny.en (local)``."""

    def hears(self, language: str) -> bool:
        """Whether it knows this language (an ISO 639 code)."""

    def transcribe(self, audio: Path, language: str | None) -> Heard:
        """The words of a file; without a language it finds out which it is, if it can.

        Raises:
            UnreadableAudio: it can't be decoded.
        """


class ToneEngine(Protocol):
    """Scores the tone of a text; ``name`` is what the dataset's rows say."""

    @property
    def name(self) -> str:
        """The engine, such as ``VADER 3.3.2 (local lexicon)``."""

    def scores(self, language: str) -> bool:
        """Whether it knows this language (Comprehend's code)."""

    def score(self, text: str, language: str) -> Scores:
        """The scores of one text."""
