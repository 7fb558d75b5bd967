"""The plan of a run: its items, and its sentence. Pure."""

from collections import Counter
from collections.abc import Sequence

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import ObjectFacts
from stockflow_functions.domain.budget.arithmetic import Reservation
from stockflow_functions.domain.words import counted
from stockflow_functions.earnings_calls.contracts import CallItem, CallProgress, FoundTranscript, TranscriptionJob
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR, CallName
from stockflow_functions.pacing import planning

FIRST_STATES = {AUDIO: "StartTranscription", TRANSCRIPT: "ReadTranscript", VENDOR: "FetchTranscript"}
"""The first Task of each door."""
_WHAT = {AUDIO: "to be written down", TRANSCRIPT: "with a transcript", VENDOR: "to be asked for"}


def item_of(call: CallName, facts: ObjectFacts | None, not_before: str) -> CallItem:
    """The item of the Map; ``facts`` are those of the call's object, if it has one."""
    key = None if call.door == VENDOR else keys.call_object(call.name)
    return {
        "symbol": call.name,
        "call": {
            "symbol": call.symbol,
            "date": call.date,
            "label": call.label,
            "quarter": call.quarter,
            "door": call.door,
            "key": key,
            "etag": facts.etag if facts else None,
            "bytes": facts.bytes if facts else None,
        },
        "not_before": not_before,
        "progress": _first(call, key, not_before),
    }


def _first(call: CallName, key: str | None, now: str) -> CallProgress:
    job: TranscriptionJob = {"name": "", "wait_seconds": 0, "looks": 0, "tries": 0}
    found: FoundTranscript = {"key": key or "", "fetched_at": now, "attempts": 0, "looks": 0, "jobs": 0, "language": ""}
    return {
        "state": FIRST_STATES[call.door],
        "job": job if call.door == AUDIO else None,
        "transcript": found if call.door == TRANSCRIPT else None,
    }


def sentence_of(
    work: Sequence[CallName],
    known: Sequence[str],
    deferred: Sequence[str],
    reservation: Reservation | None,
    now_ms: int,
    vendor: str,
) -> str:
    """The plan in one line; ``vendor`` is the vendor's title."""
    doors = Counter(call.door for call in work)
    parts = [f"{counted(doors[door], 'call')} {words}" for door, words in _WHAT.items() if doors[door]]
    if known:
        parts.append(f"{counted(len(known), 'call')} in the dataset already")
    said = f"{', '.join(parts) or 'No call'}."
    return f"{said} {planning.sentence_of(reservation, len(deferred), now_ms, vendor, 'call')}" if reservation else said
