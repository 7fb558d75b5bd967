"""StartTranscription: a job of Amazon Transcribe for the recording, or the one that there is already."""

from stockflow_functions.aws import keys
from stockflow_functions.aws.transcribe import COMPLETED, FAILED, JobState, Transcriber
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import NameTaken, TranscriptionFailed
from stockflow_functions.earnings_calls.calls import call_of, check_unreplaced, failed
from stockflow_functions.earnings_calls.contracts import CallProgress, StartEvent, TranscriptionJob
from stockflow_functions.earnings_calls.failed_jobs import check_recording
from stockflow_functions.earnings_calls.look.waiting import wait_seconds
from stockflow_functions.earnings_calls.start.job_names import MOST_JOBS, job_names
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def start(event: StartEvent, services: Services) -> CallProgress:
    """Starts a job, or adopts one of the same recording and settings that has not failed.

    Raises:
        CallReplaced: the recording is no longer the one that the run was planned with.
        NameTaken: a stranger's job has the name.
        TranscriptionFailed: the recording has all the jobs that it may have, and each failed, or is older than the
            forced run.
        AudioRefused, NoSpeech: a job of this recording failed for its sake: another one, unless forced, would too.
        AudioRefused, TranscriberBusy, StorageDenied: as Transcribe does.
    """
    call, run = event["call"], event["run"]
    check_unreplaced(call, services)
    transcriber = Transcriber(services.client("transcribe"), services.bucket)
    key = str(call["key"])
    where = services.bucket.name + services.bucket.full_key("")
    for name in job_names(call, where, run["language"]):
        if transcriber.start(name, key, keys.transcription(name), run["language"]):
            return _waiting(name, event["job"], 1, services)
        found = transcriber.find(name)
        if found and not transcriber.is_about(found, key):
            raise NameTaken(f"The transcription job {name} is about {found.media}: delete it, and run again.")
        if found and found.status == FAILED and not run["force"]:
            check_recording(found, services.settings.speech_engine)
        if found and _is_of_use(found, event, services):
            return _waiting(name, event["job"], int(_is_own(found, event)), services)
    engine = services.settings.speech_engine
    raise TranscriptionFailed(
        f"{engine} has {MOST_JOBS} jobs of {key} already, and none is of use: look at the last one, {name}."
    )


def _is_of_use(found: JobState, event: StartEvent, services: Services) -> bool:
    """Whether the job may still give this run a transcript."""
    if found.status == FAILED or (event["run"]["force"] and not _is_own(found, event)):
        return False
    return found.status != COMPLETED or services.bucket.facts(found.output_key) is not None


def _is_own(found: JobState, event: StartEvent) -> bool:
    """Whether this run made the job: Lambda may have died before it could say so."""
    return found.created_ms >= from_iso(event["run"]["started_at"])


def _waiting(name: str, before: TranscriptionJob, started: int, services: Services) -> CallProgress:
    wait = wait_seconds(before["looks"], services.settings.transcription_look_seconds)
    return {
        "state": "LookAtTranscription",
        "job": {"name": name, "wait_seconds": wait, "looks": before["looks"], "tries": before["tries"] + started},
        "transcript": None,
    }


handler = StateFunction("StartTranscription", start, call_of, outcome=failed, clients=("s3", "transcribe"))
