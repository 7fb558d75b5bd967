"""LookAtTranscription: one look at a job."""

import re

from stockflow_functions.aws.transcribe import COMPLETED, FAILED, JobState, Transcriber
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import AudioRefused, NoSpeech, TranscriptionFailed, TranscriptionStuck
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.calls import call_of, check_unreplaced, failed
from stockflow_functions.earnings_calls.contracts import CallProgress, CallRecord, LookEvent, TranscriptionJob
from stockflow_functions.earnings_calls.look.waiting import LONGEST_MS, wait_seconds
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

MOST_TRIES = 2
"""Jobs that one run starts for a recording."""
# "The media format that you specified isn't valid", "... is too small", "... exceeds ...": FailureReason in the API
# model of GetTranscriptionJob, and in reports of users.
_OF_THE_RECORDING = re.compile(
    r"(?!internal)[^:]*"
    r"(media format|sample rate|file size|too (small|large|short|long)|duration|channels|language|exceeds|media file)",
    re.IGNORECASE,
)


_TOO_LITTLE_SPEECH = re.compile(r"speech segment|automatic language identification", re.IGNORECASE)
"""What users have read in the FailureReason of a job that was to find out its language."""


def look(event: LookEvent, services: Services) -> CallProgress:
    """Where the iteration goes from here: to the transcript, back to waiting, or to a second job.

    Raises:
        AudioRefused: Transcribe can't use the recording.
        NoSpeech: too little is said in it for the language to be found out.
        TranscriptionFailed: the job is gone, or failed by a fault of Transcribe's, and so did another one.
        TranscriptionStuck: it has been under way for three hours.
        CallReplaced: the recording is no longer the one that the run was planned with.
        TranscriberBusy, StorageDenied: as Transcribe does.
    """
    job = event["job"]
    found = Transcriber(services.client("transcribe"), services.bucket).find(job["name"])
    if found is None:
        raise TranscriptionFailed(f"The transcription job {job['name']} is gone: run the call again.")
    looked: TranscriptionJob = {**job, "looks": job["looks"] + 1}
    if found.status == FAILED:
        return _after_failure(found, looked)
    if found.status == COMPLETED:
        check_unreplaced(event["call"], services)
        return _done(found, looked, to_iso(services.clock.now_ms()))
    _check_age(found, services.clock.now_ms())
    wait = wait_seconds(looked["looks"], services.settings.transcription_look_seconds)
    return {"state": "LookAtTranscription", "job": {**looked, "wait_seconds": wait}, "transcript": None}


def _after_failure(found: JobState, job: TranscriptionJob) -> CallProgress:
    if _TOO_LITTLE_SPEECH.search(found.reason):
        raise NoSpeech(
            f"Too little is said to find out its language, which the input can name (job {found.name}): {found.reason}"
        )
    if _OF_THE_RECORDING.match(found.reason):
        raise AudioRefused(f"Amazon Transcribe can't use the recording (job {found.name}): {found.reason}")
    if job["tries"] >= MOST_TRIES:
        raise TranscriptionFailed(
            f"Amazon Transcribe failed (job {found.name}): {found.reason or 'it gives no reason'}"
        )
    return {"state": "StartTranscription", "job": job, "transcript": None}


def _done(found: JobState, job: TranscriptionJob, now: str) -> CallProgress:
    return {
        "state": "ReadTranscript",
        "job": job,
        "transcript": {
            "key": found.output_key,
            "fetched_at": now,
            "attempts": 0,
            "looks": job["looks"],
            "jobs": job["tries"],
            "language": found.language,
        },
    }


def _check_age(found: JobState, now_ms: int) -> None:
    if found.created_ms and now_ms - found.created_ms > LONGEST_MS:
        hours = LONGEST_MS // 3_600_000
        raise TranscriptionStuck(
            f"The transcription job {found.name} has not ended in {hours} hours: look at it in Amazon Transcribe's "
            "console; a later run takes its transcript if it ends after all."
        )


def _failed(event: LookEvent, failure: Failure, error: Exception) -> CallRecord:
    job = event["job"]
    return failed({**event, "job": {**job, "looks": job["looks"] + 1}}, failure, error)


handler = StateFunction("LookAtTranscription", look, call_of, outcome=_failed, clients=("s3", "transcribe"))
