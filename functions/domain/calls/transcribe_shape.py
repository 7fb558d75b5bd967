"""Amazon Transcribe's output, of any year: docs.aws.amazon.com/transcribe/latest/dg/how-input.html and recordings.

Times and confidences are texts. A mark of punctuation is an item of its own, without times. Who spoke is told in one
of four ways: by a label in each item (since 2024), by ``audio_segments`` with the ids of their items (since 2024), by
``speaker_labels`` with the times of their items, or by ``channel_labels`` with the items themselves. Items come in the
order in which they are read, one channel's utterance after the other's.

No recorded output in a language without blanks was found: that words of Japanese, Chinese or Thai are joined without
one is built from the rules of those scripts.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import fsum
from typing import Any, NamedTuple

from stockflow_functions.domain.calls.joining import blank_between
from stockflow_functions.domain.calls.sentences import ends_sentence, sentences
from stockflow_functions.domain.calls.shapes import name_of, number, objects, text
from stockflow_functions.domain.calls.transcript import TRANSCRIBE, Transcript, Turn, WordTime
from stockflow_functions.domain.calls.wording import count_words
from stockflow_functions.domain.errors import BadTranscript

LONG_PAUSE_SECONDS = 2.0
"""Where speakers are not told apart, a turn ends with a sentence or before such a pause."""
_LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
_OPENING = frozenset("¿¡([{«“‘「『（")


class Word(NamedTuple):
    """A word with the punctuation that goes with it."""

    text: str
    speaker: str | None
    start_seconds: float | None
    end_seconds: float | None
    confidence: float | None


def fits(value: Mapping[str, Any]) -> bool:
    """Whether the document is of this shape."""
    return isinstance(value.get("results"), dict)


def is_call_analytics(value: Mapping[str, Any]) -> bool:
    """Whether it is what a Call Analytics job writes, which is another shape."""
    return isinstance(value.get("Transcript"), list)


def read(value: dict[str, Any], language: str | None) -> Transcript:
    """The transcript; one without words has none of them.

    Raises:
        BadTranscript: the job that wrote it did not end well, or a part is of another type.
    """
    status = text(value, "status")
    if status not in {"", "COMPLETED"}:
        raise BadTranscript(f"The transcript is of a job that is {status[:20]}: give that of a job that is COMPLETED.")
    results = value["results"]
    words = _words(results) or _segments(results) or _sentences(results)
    found, score = _language(results)
    ends = [word.end_seconds for word in words if word.end_seconds is not None]
    sure = [word.confidence for word in words if word.confidence is not None]
    return Transcript(
        turns=tuple(_turn(group) for group in _grouped(words)),
        source_shape=TRANSCRIBE,
        language=found or language,
        language_score=score,
        seconds=max(ends, default=None),
        words=sum(count_words(word.text) for word in words),
        confidence_mean=fsum(sure) / len(sure) if sure else None,
    )


def _words(results: dict[str, Any]) -> list[Word]:
    """Each word with the marks behind it, and with an opening mark in front of it."""
    labels = _labels(results)
    words: list[Word] = []
    opening = ""
    for item in objects(results, "items"):
        content, confidence = _heard(item)
        if not content:
            continue
        if text(item, "type") != "punctuation":
            words.append(_word(item, opening + content, confidence, labels))
            opening = ""
        elif content in _OPENING or opening or not words:
            opening += content
        else:
            words[-1] = words[-1]._replace(text=words[-1].text + content)
    if opening and words:
        words[-1] = words[-1]._replace(text=words[-1].text + opening)
    return words


def _heard(item: dict[str, Any]) -> tuple[str, float | None]:
    """What the item most likely is; where other readings are given, they come behind it."""
    alternatives = objects(item, "alternatives")
    if not alternatives:
        raise BadTranscript("The transcript has an item without alternatives: write the whole file again as it came.")
    return text(alternatives[0], "content"), number(alternatives[0].get("confidence"), most=1.0)


def _word(item: dict[str, Any], content: str, confidence: float | None, labels: dict[object, str]) -> Word:
    speaker = _label(item) or labels.get(str(item.get("id"))) or labels.get(_time_key(item))
    return Word(content, speaker, *_span(item), confidence)


def _label(holder: dict[str, Any]) -> str | None:
    return name_of(holder, "speaker_label", "channel_label")


def _time_key(item: dict[str, Any]) -> tuple[str, str]:
    return str(item.get("start_time")), str(item.get("end_time"))


def _span(holder: dict[str, Any]) -> tuple[float | None, float | None]:
    start, end = number(holder.get("start_time")), number(holder.get("end_time"))
    return (None, None) if start is None or end is None else (start, max(start, end))


def _labels(results: dict[str, Any]) -> dict[object, str]:
    """Who says an item, by its id and by its times, from wherever the output of a year has it."""
    labels: dict[object, str] = {}
    for segment in objects(results, "audio_segments"):
        label, ids = _label(segment), segment.get("items")
        if label and isinstance(ids, list):
            labels |= {str(number): label for number in ids}
    holders = [*_inside(results, "speaker_labels", "segments"), *_inside(results, "channel_labels", "channels")]
    for holder in holders:
        if label := _label(holder):
            labels |= {_time_key(item): label for item in objects(holder, "items") if "start_time" in item}
    return labels


def _inside(results: dict[str, Any], name: str, inner: str) -> list[dict[str, Any]]:
    holder = results.get(name)
    return objects(holder, inner) if isinstance(holder, dict) else []


def _segments(results: dict[str, Any]) -> list[Word]:
    """What an output without items has: its segments as if each were a word."""
    found = [(text(each, "transcript"), each) for each in objects(results, "audio_segments")]
    return [Word(words, _label(each), *_span(each), None) for words, each in found if words]


def _sentences(results: dict[str, Any]) -> list[Word]:
    """What an output with nothing but its text has."""
    texts = [text(each, "transcript") for each in objects(results, "transcripts")[:1]]
    return [Word(whole[start:end], None, None, None, None) for whole in texts for start, end in sentences(whole)]


def _grouped(words: Sequence[Word]) -> list[list[Word]]:
    """The words of each turn."""
    groups = [[word] for word in words[:1]]
    for before, word in pairwise(words):
        if _begins_turn(before, word):
            groups.append([])
        groups[-1].append(word)
    return groups


def _begins_turn(before: Word, word: Word) -> bool:
    if word.speaker or before.speaker:
        return word.speaker != before.speaker
    if before.end_seconds is not None and word.start_seconds is not None:
        paused = word.start_seconds - before.end_seconds >= LONG_PAUSE_SECONDS
        return paused or ends_sentence(before.text)
    return ends_sentence(before.text)


def _turn(words: Sequence[Word]) -> Turn:
    parts, times, length = [words[0].text], _word_time(words[0], 0), len(words[0].text)
    for before, word in pairwise(words):
        blank = blank_between(before.text, word.text)
        times += _word_time(word, length + len(blank))
        parts += [blank, word.text]
        length += len(blank) + len(word.text)
    start = min((time.start_seconds for time in times), default=None)
    end = max((time.end_seconds for time in times), default=None)
    return Turn("".join(parts), words[0].speaker, None, start, end, tuple(times))


def _word_time(word: Word, at: int) -> list[WordTime]:
    if word.start_seconds is None or word.end_seconds is None:
        return []
    return [WordTime(at, word.start_seconds, word.end_seconds)]


def _language(results: dict[str, Any]) -> tuple[str | None, float | None]:
    """The language that the output names, of several the one spoken longest; and its score, if it was identified."""
    codes = sorted(
        objects(results, "language_codes"), key=lambda each: -(number(each.get("duration_in_seconds")) or 0.0)
    )
    named = [text(results, "language_code"), *(text(each, "language_code") for each in codes)]
    language = next((code for code in named if _LANGUAGE.fullmatch(code)), None)
    scores = [number(each.get("score"), 1.0) for each in objects(results, "language_identification")
              if language and each.get("code") == language]  # fmt: skip
    return language, next(iter(scores), None)
