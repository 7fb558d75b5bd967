"""A transcript of any known shape out of its bytes."""

import json
from typing import Any

from stockflow_functions.domain.calls import alpha_vantage_shape, transcribe_shape
from stockflow_functions.domain.calls.transcript import Transcript
from stockflow_functions.domain.calls.wording import only_tags
from stockflow_functions.domain.errors import BadTranscript, NoSpeech

MOST_BYTES = 25_000_000
"""Ten hours of Amazon Transcribe's output, which takes 2.4 MB an hour."""
MOST_PARTS = 2_000_000
"""Objects and lists in it: each takes ten times its size in memory."""

MOST_CHARACTERS = 1_000_000
"""Of words, four times those of the longest recording that Transcribe takes; judging them costs a dollar."""


def read_transcript(body: bytes, language: str | None = None) -> Transcript:
    """Reads Amazon Transcribe's output of any year, or an answer of Alpha Vantage's EARNINGS_CALL_TRANSCRIPT.

    ``language`` is what the caller knows, such as ``en-US``; it counts where the transcript itself names none.

    Raises:
        BadTranscript: the bytes are none of the two, are not whole, or are too many.
        NoSpeech: there is no word in it.
        NotPublishedYet: Alpha Vantage's answer has an empty list.
    """
    value = _parsed(body)
    if alpha_vantage_shape.fits(value):
        return _spoken(alpha_vantage_shape.read(value, language))
    if transcribe_shape.fits(value):
        return _spoken(transcribe_shape.read(value, language))
    if transcribe_shape.is_call_analytics(value):
        raise BadTranscript(
            "The file is the output of a Call Analytics job: give the recording itself, or the output of an ordinary "
            "transcription job of it."
        )
    raise BadTranscript(
        "The file has neither Amazon Transcribe's results nor Alpha Vantage's transcript in it: give one of the two as "
        "it came."
    )


def _parsed(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BYTES:
        raise BadTranscript(f"The transcript has {len(body):,} bytes: no more than {MOST_BYTES:,} are read.")
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        raise BadTranscript(
            f"The transcript's JSON has more than {MOST_PARTS:,} objects and lists: no call has so many."
        )
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise BadTranscript(
            f"The transcript's {len(body):,} bytes are not JSON, or not the whole of it: write the file again."
        ) from None
    if not isinstance(value, dict):
        raise BadTranscript("The transcript is not a JSON object: give Amazon Transcribe's output as it came.")
    return value


def _spoken(transcript: Transcript) -> Transcript:
    characters = sum(len(turn.text) for turn in transcript.turns)
    if characters > MOST_CHARACTERS:
        raise BadTranscript(f"The transcript has {characters:,} characters: no call has more than {MOST_CHARACTERS:,}.")
    if all(only_tags(turn.text) for turn in transcript.turns):
        raise NoSpeech("No word was heard in the call: check that the recording has speech in it, and not music alone.")
    return transcript
