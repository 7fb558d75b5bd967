"""Engines of speech and of tone that say what a test says, and audio files that carry their own words."""

import io
import wave
from threading import Event

from stockflow.stand_ins.engines import Heard, Scores, UnreadableAudio, Word

_HERTZ = 8000
_SECONDS_A_WORD = 0.4


def wav_of(words, seconds=1.0, hertz=_HERTZ):
    """A WAV file in which a :class:`ScriptedSpeech` hears these words, a segment a line; nothing else would.

    Args:
        seconds: the least that it is long.
    """
    samples = words.encode().ljust(int(seconds * hertz), b"\0")
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(1)
        audio.setframerate(hertz)
        audio.writeframes(samples)
    return file.getvalue()


class ScriptedSpeech:
    """Hears the words that :func:`wav_of` put into a file, 0.4 s each.

    Args:
        language: what it finds if it is not told.
        score: how sure it is of that.
        confidence: that of each word.
        failure: raised in place of an answer.

    Attributes:
        go_on: cleared by a test, it holds the engine before its first word.
        asked: the languages that it was told, in order.
    """

    name = "scripted speech"

    def __init__(self, *, language="en", languages=("en", "ja", "fr"), score=0.99, confidence=0.95, failure=None):
        self.go_on = Event()
        self.go_on.set()
        self.asked = []
        self._language = language
        self._languages = languages
        self._score = score
        self._confidence = confidence
        self._failure = failure

    def hears(self, language):
        return language in self._languages

    def transcribe(self, audio, language):
        self.asked.append(language)
        if self._failure:
            raise self._failure
        try:
            with wave.open(str(audio), "rb") as file:
                lines = file.readframes(file.getnframes()).rstrip(b"\0").decode().splitlines()
        except (wave.Error, EOFError) as error:
            raise UnreadableAudio(str(error)) from None
        return Heard(language or self._language, None if language else self._score, self._segments(lines))

    def _segments(self, lines):
        self.go_on.wait()
        start = 0.0
        for line in lines:
            words = []
            for word in line.split():
                words.append(Word(word, start, start + _SECONDS_A_WORD, self._confidence))
                start += _SECONDS_A_WORD
            yield words


class ScriptedTone:
    """Scores a text by the first of the test's phrases that is in it; one without any is neutral.

    Args:
        phrases: a phrase, and how positive (above 0) or negative (below 0) a text with it is, from -1 to 1.
    """

    name = "scripted tone"

    def __init__(self, phrases=None, languages=("en",)):
        self._phrases = phrases or {}
        self._languages = languages

    def scores(self, language):
        return language in self._languages

    def score(self, text, language):
        tone = next((tone for phrase, tone in self._phrases.items() if phrase in text), 0.0)
        return Scores(max(tone, 0.0), max(-tone, 0.0), 1.0 - abs(tone), 0.0)
