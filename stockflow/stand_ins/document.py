"""The transcript that a job writes, in the shape that Amazon Transcribe gives it since 2024.

As AWS writes it: times and confidences are strings, punctuation has no times, and ``audio_segments`` name their items
by number. There are no speakers: no local engine can tell them apart.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stockflow.stand_ins.engines import Word
from stockflow.stand_ins.languages import has_blanks

_SPOKEN = re.compile(r"(?P<word>.*?)(?P<sign>[.,?!。、\uff0c\uff1f\uff01]*)")
Item = dict[str, Any]


class Document:
    """A transcript that grows by segments.

    Args:
        language: its ISO 639 code; some languages have no blanks between words.
    """

    def __init__(self, language: str) -> None:
        self._blank = " " if has_blanks(language) else ""
        self._items: list[Item] = []
        self._segments: list[dict[str, Any]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not self._items

    def add(self, words: Sequence[Word]) -> None:
        """One more segment."""
        items = [{"id": len(self._items) + n, **item} for n, item in enumerate(_items(words))]
        if not items:
            return
        self._items += items
        self._segments.append(
            {
                "id": len(self._segments),
                "transcript": self._text(items),
                "start_time": _time(words[0].start_seconds),
                "end_time": _time(words[-1].end_seconds),
                "items": [item["id"] for item in items],
            }
        )

    def whole(self, job_name: str, account_id: str, found: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The JSON object that is written to the bucket; ``found`` is the job's language, if it was to be identified.

        ``found`` is as GetTranscriptionJob has it: ``LanguageCode`` with its score, or ``LanguageCodes``.
        """
        return {
            "jobName": job_name,
            "accountId": account_id,
            "status": "COMPLETED",
            "results": {
                **_named(found or {}),
                "transcripts": [{"transcript": self._text(self._items)}],
                "items": self._items,
                "audio_segments": self._segments,
            },
        }

    def _text(self, items: Iterable[Item]) -> str:
        parts: list[str] = []
        for item in items:
            if parts and item["type"] == "pronunciation":
                parts.append(self._blank)
            parts.append(item["alternatives"][0]["content"])
        return "".join(parts)


def language_in(transcript: bytes) -> str:
    """The language that was identified, as such a transcript names it; "" if it does not."""
    try:
        found = json.loads(transcript)["results"].get("language_code")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""


def _named(found: Mapping[str, Any]) -> Item:
    code, score = found.get("LanguageCode"), found.get("IdentifiedLanguageScore")
    several = [
        {"language_code": each["LanguageCode"], "duration_in_seconds": str(each["DurationInSeconds"])}
        for each in found.get("LanguageCodes", [])
    ]
    identified = [] if score is None else [{"score": f"{score:.4f}", "code": code}]
    named = {"language_code": code, "language_identification": identified, "language_codes": several}
    return {name: value for name, value in named.items() if value}


def _items(words: Iterable[Word]) -> Iterable[Item]:
    for word in words:
        spoken = _SPOKEN.fullmatch(word.text.strip())
        if spoken is None:
            continue
        if any(character.isalnum() for character in spoken["word"]):
            yield {
                "type": "pronunciation",
                "alternatives": [{"confidence": f"{word.confidence:.3f}", "content": spoken["word"]}],
                "start_time": _time(word.start_seconds),
                "end_time": _time(word.end_seconds),
            }
        if spoken["sign"]:
            yield {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": spoken["sign"][0]}]}


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
