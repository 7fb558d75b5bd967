"""An answer to Alpha Vantage's EARNINGS_CALL_TRANSCRIPT: speakers with names and titles, no times.

``{"symbol", "quarter", "transcript": [{"speaker", "title", "content", "sentiment"}]}``, with the sentiment as a text
(alphavantage.co/documentation). That sentiment is another judge's, and is not read.
"""

from collections.abc import Mapping
from typing import Any

from stockflow_functions.domain.calls.shapes import name_of, objects, text
from stockflow_functions.domain.calls.transcript import ALPHA_VANTAGE, Transcript, Turn
from stockflow_functions.domain.calls.wording import count_words
from stockflow_functions.domain.errors import NotPublishedYet

LANGUAGE = "en-US"
"""Of each of its transcripts seen, if the caller says nothing else."""


def fits(value: Mapping[str, Any]) -> bool:
    """Whether the document is of this shape."""
    return "transcript" in value and "results" not in value


def read(value: dict[str, Any], language: str | None) -> Transcript:
    """The transcript; one without words has none of them.

    Raises:
        BadTranscript: a part is of another type.
        NotPublishedYet: the list is empty, which is how the vendor says that it has none.
    """
    said = objects(value, "transcript")
    if not said:
        raise NotPublishedYet(
            "Alpha Vantage has no transcript of this call: it may come a day or two after the call, or never, as for "
            "most companies outside the United States."
        )
    turns = [(text(each, "content"), name_of(each, "speaker"), name_of(each, "title")) for each in said]
    return Transcript(
        turns=tuple(Turn(words, speaker, title, None, None) for words, speaker, title in turns if words),
        source_shape=ALPHA_VANTAGE,
        language=language or LANGUAGE,
        language_score=None,
        seconds=None,
        words=sum(count_words(words) for words, _, _ in turns),
        confidence_mean=None,
    )
