"""Which Retry blocks each Task of the workflow has.

ASL has no includes, so each Task of ``statemachine/earnings_calls.asl.json`` repeats its blocks; a contract test holds
every copy to this table.
"""

from collections.abc import Mapping

from stockflow_functions.runtime.retries import (
    NO_ROOM,
    NOTIFICATION_FAILED,
    PROVIDER_UNAVAILABLE,
    SERVICE_FAULTS,
    STORAGE_UNAVAILABLE,
    THROTTLED,
    UNEXPECTED_ANSWER,
    WRITE_CONFLICT,
)
from stockflow_functions.runtime.workflow import Retry

TRANSCRIBER_BUSY = Retry(
    "The account's other jobs fill Transcribe, or it is asked too often: a job's place is free again in minutes.",
    ("TranscriberBusy",),
    interval_seconds=30,
    max_attempts=20,
    backoff_rate=1.5,
    max_delay_seconds=300,
)
"""Up to 85 minutes, with FULL jitter half of that on average."""

TONE_UNAVAILABLE = Retry(
    "Comprehend is throttled or down: how much it takes changes from minute to minute.",
    ("ToneUnavailable",),
    interval_seconds=5,
    max_attempts=6,
    backoff_rate=2.0,
    max_delay_seconds=60,
)

_COMMON = (STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS)

POLICY: Mapping[str, tuple[Retry, ...]] = {
    "PlanCalls": _COMMON,
    "StartTranscription": (TRANSCRIBER_BUSY, *_COMMON),
    "LookAtTranscription": (TRANSCRIBER_BUSY, *_COMMON),
    "FetchTranscript": (THROTTLED, PROVIDER_UNAVAILABLE, UNEXPECTED_ANSWER, *_COMMON),
    "ReadTranscript": _COMMON,
    "JudgeTone": (TONE_UNAVAILABLE, *_COMMON),
    "SaveTone": (WRITE_CONFLICT, *_COMMON),
    "NotifyCalls": (NOTIFICATION_FAILED, *_COMMON),
    "NotifyCallsFailure": (NOTIFICATION_FAILED, *_COMMON),
}
