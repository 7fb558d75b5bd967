"""LookAtTranscription: one look at a job."""

from stockflow_functions.aws.transcribe import COMPLETED, FAILED, JobState, Transcriber
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import TranscriptionFailed, TranscriptionStuck
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.calls import call_of, check_unreplaced, failed
from stockflow_functions.earnings_calls.contracts import CallProgress, CallRecord, LookEvent, TranscriptionJob
from stockflow_functions.earnings_calls.failed_jobs import check_recording
from stockflow_functions.earnings_calls.look.waiting import LONGEST_MS, wait_seconds
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

MOST_TRIES = 2
"""Jobs that one run starts for a recording."""


def look(event: LookEvent, services: Services) -> CallProgress:
    """Where the iteration goes from here: to the transcript, back to waiting, or to a second job.

    Raises:
        AudioRefused, NoSpeech: the job failed for the recording's sake.
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
        return _after_failure(found, looked, services.settings.speech_engine)
    if found.status == COMPLETED:
        check_unreplaced(event["call"], services)
        return _done(found, looked, to_iso(services.clock.now_ms()))
    _check_age(found, services.clock.now_ms())
    wait = wait_seconds(looked["looks"], services.settings.transcription_look_seconds)
    return {"state": "LookAtTranscription", "job": {**looked, "wait_seconds": wait}, "transcript": None}


def _after_failure(found: JobState, job: TranscriptionJob, engine: str) -> CallProgress:
    check_recording(found, engine)
    if job["tries"] >= MOST_TRIES:
        raise TranscriptionFailed(f"{engine} failed (job {found.name}): {found.reason or 'it gives no reason'}")
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
