"""ReadTranscript: from a transcript of any source to passages, which are staged for JudgeTone."""

import gzip
import hashlib
import zlib

from stockflow_functions.aws import keys
from stockflow_functions.domain import quarters
from stockflow_functions.domain.calls.passages import passages_of, to_json
from stockflow_functions.domain.calls.reading import MOST_BYTES, read_transcript
from stockflow_functions.domain.calls.sections import QA
from stockflow_functions.domain.calls.transcript import Transcript
from stockflow_functions.domain.errors import BadTranscript, CallReplaced
from stockflow_functions.earnings_calls.calls import call_of, check_unreplaced, failed_by
from stockflow_functions.earnings_calls.contracts import EarningsCall, Passages, ReadEvent
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from stockflow_functions.earnings_calls.read.warnings import ENGLISH, warnings_of
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

SOURCES = {AUDIO: "transcribe", TRANSCRIPT: "given", VENDOR: "alpha-vantage"}
"""What rows call the source of a call that came in by a door."""


def read(event: ReadEvent, services: Services) -> Passages:
    """Reads the transcript, keeps it as it came, and stages its passages.

    Raises:
        CallReplaced: the object is no longer the one that the run was planned with.
        BadTranscript: it is no transcript, or not the whole of one.
        NoSpeech: nobody speaks in it.
    """
    call, found, execution = event["call"], event["transcript"], event["run"]["execution"]
    check_unreplaced(call, services)
    body = _body(found["key"], services)
    transcript = read_transcript(body, event["run"]["language"] or None)
    if call["door"] != VENDOR:
        raw = keys.raw_call(call["symbol"], str(call["date"]), execution)
        services.bucket.put(raw, gzip.compress(body, mtime=0), content_type="application/gzip")
    passages = passages_of(transcript)
    key = keys.passages(execution, event["symbol"])
    services.bucket.put(key, gzip.compress(to_json(passages), mtime=0), content_type="application/gzip")
    qa_found = any(passage.section == QA for passage in passages)
    return {
        "key": key,
        "fetched_at": found["fetched_at"],
        "attempts": found["attempts"],
        "looks": found["looks"],
        "jobs": found["jobs"],
        "date": call["date"] or quarters.end_of(call["quarter"]).isoformat(),
        "date_known": call["date"] is not None,
        "source": SOURCES[call["door"]],
        "source_etag": call["etag"] or hashlib.sha256(body).hexdigest(),
        "language": _language(transcript, call),
        "language_score": transcript.language_score,
        "seconds": transcript.seconds,
        "words": transcript.words,
        "speakers": transcript.speakers,
        "passages": len(passages),
        "qa_found": qa_found,
        "confidence_mean": transcript.confidence_mean,
        "warnings": warnings_of(transcript, call, qa_found=qa_found),
    }


def _body(key: str, services: Services) -> bytes:
    """The transcript's bytes, of which no more are read than a transcript may have."""
    stored = services.bucket.get(key, most_bytes=MOST_BYTES + 1)
    if stored is None:
        raise CallReplaced(f"The transcript {key} is gone: run the call again.")
    if not key.endswith(".gz"):
        return stored.body
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(stored.body, MOST_BYTES + 1)
    except zlib.error:
        raise BadTranscript(f"The stored answer {key} is damaged: run the call again.") from None


def _language(transcript: Transcript, call: EarningsCall) -> str | None:
    """The vendor's transcripts are in English, which they do not say."""
    return transcript.language or (ENGLISH if call["door"] == VENDOR else None)


handler = StateFunction(
    "ReadTranscript", read, call_of, outcome=failed_by(lambda event: event["transcript"]["attempts"]), clients=("s3",)
)
