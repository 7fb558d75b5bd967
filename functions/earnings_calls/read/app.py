"""ReadTranscript: from a transcript of any source to passages, which are staged for JudgeTone."""

import gzip
import hashlib
import zlib
from collections.abc import Sequence

from stockflow_functions.aws import keys
from stockflow_functions.domain import quarters
from stockflow_functions.domain.calls.passages import Passage, passages_of
from stockflow_functions.domain.calls.reading import MOST_BYTES, read_transcript
from stockflow_functions.domain.calls.sections import QA
from stockflow_functions.domain.calls.transcript import Transcript
from stockflow_functions.domain.errors import BadTranscript, NotPublishedYet
from stockflow_functions.earnings_calls.calls import call_of, check_etag, check_unreplaced, failed
from stockflow_functions.earnings_calls.contracts import EarningsCall, Passages, ReadEvent
from stockflow_functions.earnings_calls.names import VENDOR, day_of
from stockflow_functions.earnings_calls.outcome import SOURCES
from stockflow_functions.earnings_calls.read.warnings import warnings_of
from stockflow_functions.earnings_calls.staged import stage
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def read(event: ReadEvent, services: Services) -> Passages:
    """Reads the transcript, keeps it as it came, and stages its passages.

    Raises:
        CallReplaced: the object is no longer the one that the run was planned with.
        BadTranscript: it is no transcript, or not the whole of one.
        NoSpeech: nobody speaks in it.
    """
    call, found, run = event["call"], event["transcript"], event["run"]
    body = _body(call, found["key"], services)
    # The vendor's are in English, whatever language the run's recordings are in.
    known = "" if call["door"] == VENDOR else run["language"] or found["language"]
    transcript = _transcript(body, known or None)
    if call["door"] != VENDOR:
        raw = keys.raw_call(call["symbol"], day_of(str(call["date"]), call["label"]), run["execution"])
        services.bucket.put(raw, gzip.compress(body, mtime=0), content_type="application/gzip")
    passages = passages_of(transcript)
    stage(services.bucket, keys.passages(run["execution"], event["symbol"]), passages)
    source_etag = call["etag"] or hashlib.sha256(body).hexdigest()
    return _told(event, source_etag, transcript, passages)


def _told(event: ReadEvent, source_etag: str, transcript: Transcript, passages: Sequence[Passage]) -> Passages:
    call, found = event["call"], event["transcript"]
    qa_found = any(passage.section == QA for passage in passages)
    return {
        "key": keys.passages(event["run"]["execution"], event["symbol"]),
        "fetched_at": found["fetched_at"],
        "attempts": found["attempts"],
        "looks": found["looks"],
        "jobs": found["jobs"],
        "date": call["date"] or quarters.end_of(call["quarter"]).isoformat(),
        "date_known": call["date"] is not None,
        "source": SOURCES[call["door"]],
        "source_etag": source_etag,
        "language": transcript.language,
        "language_score": transcript.language_score,
        "seconds": transcript.seconds,
        "words": transcript.words,
        "speakers": transcript.speakers,
        "passages": len(passages),
        "qa_found": qa_found,
        "confidence_mean": transcript.confidence_mean,
        "warnings": warnings_of(transcript, call, qa_found=qa_found),
    }


def _body(call: EarningsCall, key: str, services: Services) -> bytes:
    """The transcript's bytes, of which no more are read than a transcript may have."""
    if key != call["key"]:
        check_unreplaced(call, services)
    stored = services.bucket.get(key, most_bytes=MOST_BYTES + 1)
    if key == call["key"]:
        check_etag(call, stored.etag if stored else None)
    if stored is None:
        raise BadTranscript(f"The transcript {key} is gone from the bucket: run the call again.")
    if not key.endswith(".gz"):
        return stored.body
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(stored.body, MOST_BYTES + 1)
    except zlib.error:
        raise BadTranscript(f"The stored answer {key} is damaged: run the call again.") from None


def _transcript(body: bytes, language: str | None) -> Transcript:
    try:
        return read_transcript(body, language)
    except NotPublishedYet:
        # FetchTranscript has seen to the vendor's; in an object there is nothing to wait for.
        raise BadTranscript("The transcript is an empty list: drop it again once it has the call's turns.") from None


handler = StateFunction("ReadTranscript", read, call_of, outcome=failed, clients=("s3",))
