"""The handler of StartTranscription."""

import pytest

from stockflow.stand_ins.failures import NO_SPEECH
from stockflow_functions.domain.errors import (
    AudioRefused,
    CallReplaced,
    NameTaken,
    NoSpeech,
    StorageDenied,
    StorageUnavailable,
    TranscriberBusy,
    TranscriptionFailed,
)
from stockflow_functions.earnings_calls.start.app import handler, start
from stockflow_functions.earnings_calls.start.job_names import MOST_JOBS, job_names
from tests.helpers.call_line import CallLine
from tests.helpers.transcripts import written_down

NAME = "AAPL/2026-10-29.mp3"
NO_JOB = {"name": "", "wait_seconds": 0, "looks": 0, "tries": 0}


class Starts:
    """StartTranscription of one recording, as a run's events have it."""

    def __init__(self):
        self.line = CallLine()
        self.line.drop(NAME, b"\0recording")
        self.aws, self.transcribe = self.line.aws, self.line.aws.transcribe

    def event(self, job=None, **about):
        return self.line.event(NAME, job=job or NO_JOB, **about)

    def start(self, job=None, **about):
        return start(self.event(job, **about), self.aws.services)["job"]

    def names(self, language=""):
        return list(job_names(self.event()["call"], "stockflow", language))

    def earlier_run(self):
        """Makes what there is older than the runs to come."""
        for job in self.transcribe.jobs.values():
            job["CreationTime"] = job["CreationTime"].replace(year=2025)


@pytest.fixture
def starts():
    return Starts()


def test_job_is_started_for_the_recording(starts):
    """Its language is found out, its voices are told apart, its transcript lies in the bucket."""
    result = start(starts.event(), starts.aws.services)

    (name, *_) = starts.names()
    assert result == {
        "state": "LookAtTranscription",
        "job": {"name": name, "wait_seconds": 20, "looks": 0, "tries": 1},
        "transcript": None,
    }
    assert starts.transcribe.started == [
        {
            "TranscriptionJobName": name,
            "Media": {"MediaFileUri": f"s3://stockflow/calls/{NAME}"},
            "OutputBucketName": "stockflow",
            "OutputKey": f"transcriptions/{name}.json",
            "Settings": {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 30},
            "IdentifyLanguage": True,
        }
    ]


def test_language_that_is_known_is_not_identified(starts):
    """Transcribe takes one of the two."""
    starts.start(language="ja-JP")

    assert starts.transcribe.started[0]["LanguageCode"] == "ja-JP"
    assert "IdentifyLanguage" not in starts.transcribe.started[0]


@pytest.mark.parametrize("status", ["IN_PROGRESS", "COMPLETED"])
def test_job_of_an_earlier_run_is_adopted(starts, status):
    """It costs this run nothing."""
    name = starts.start()["name"]
    if status == "COMPLETED":
        starts.transcribe.complete(name, written_down())
    starts.earlier_run()

    assert starts.start() == {"name": name, "wait_seconds": 20, "looks": 0, "tries": 0}
    assert len(starts.transcribe.started) == 1


def test_job_whose_start_was_not_answered_is_this_runs_own(starts):
    """The function died in between: its Retry finds the job, and counts it."""
    name = starts.start()["name"]

    assert starts.start(retry_count=1) == {"name": name, "wait_seconds": 20, "looks": 0, "tries": 1}
    assert len(starts.transcribe.started) == 1


def test_failed_job_is_followed_by_another(starts):
    """Under the next name, for Transcribe keeps the first for 90 days."""
    first = starts.start()
    starts.transcribe.break_off(first["name"], "Internal failure")

    second = starts.start({**first, "looks": 3})

    assert second == {"name": starts.names()[1], "wait_seconds": 68, "looks": 3, "tries": 2}


@pytest.mark.parametrize(("reason", "error"), [("Invalid sample rate.", AudioRefused), (NO_SPEECH, NoSpeech)])
def test_recording_that_a_job_could_not_use_has_no_other_job(starts, reason, error):
    """A second event for it costs nothing, and tells the first job's reason; only force starts another."""
    name = starts.start()["name"]
    starts.transcribe.break_off(name, reason)
    starts.earlier_run()

    with pytest.raises(error, match=rf"\(job {name}\): {reason[:20]}"):
        starts.start()
    assert len(starts.transcribe.started) == 1
    assert starts.start(force=True)["name"] == starts.names()[1]


def test_job_whose_transcript_has_expired_is_followed_by_another(starts):
    """There is nothing left to read."""
    name = starts.start()["name"]
    starts.transcribe.complete(name, written_down())
    del starts.aws.s3.objects[f"transcriptions/{name}.json"]

    assert starts.start()["name"] == starts.names()[1]


def test_force_starts_another_job(starts):
    """But not beside this run's own, should its start be repeated."""
    starts.start()
    starts.earlier_run()

    assert starts.start(force=True)["name"] == starts.start(force=True, retry_count=1)["name"] == starts.names()[1]
    assert len(starts.transcribe.started) == 2


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED", "COMPLETED"])
def test_name_of_a_strangers_job_is_taken(starts, status):
    """Whatever became of it: a job of that name that is not ours may give a stranger's words."""
    name = starts.start()["name"]
    starts.transcribe.jobs[name] |= {
        "Media": {"MediaFileUri": "s3://other/a.mp3"},
        "TranscriptionJobStatus": status,
    }

    with pytest.raises(NameTaken, match=rf"{name} is about s3://other/a\.mp3: delete it"):
        starts.start()


def test_recording_all_of_whose_jobs_failed_is_given_up(starts):
    """The names are few."""
    for _ in range(MOST_JOBS):
        starts.transcribe.break_off(starts.start()["name"])

    with pytest.raises(TranscriptionFailed, match=r"look at the last one, .*-r9\.$"):
        starts.start()


@pytest.mark.parametrize(("body", "said"), [(b"\0another", "was replaced"), (None, "is gone")])
def test_recording_that_is_no_longer_the_planned_one_is_not_written_down(starts, body, said):
    """A run of the newer one judges that; nothing is paid for."""
    event = starts.event()
    del starts.aws.s3.objects[f"calls/{NAME}"]
    if body:
        starts.line.drop(NAME, body)

    with pytest.raises(CallReplaced, match=said):
        start(event, starts.aws.services)
    assert starts.transcribe.started == []


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("LimitExceededException", TranscriberBusy),
        ("ThrottlingException", TranscriberBusy),
        ("InternalFailureException", TranscriberBusy),
        ("AccessDeniedException", StorageDenied),
        ("BadRequestException", AudioRefused),
    ],
)
def test_refusal_has_a_name_that_the_workflow_knows(starts, code, error):
    """Some are tried again, some are not."""
    starts.transcribe.fail(code, "start_transcription_job")

    with pytest.raises(error):
        starts.start()


def test_bucket_that_is_down_is_tried_again(starts):
    """Before anything is paid for."""
    event = starts.event()
    starts.aws.s3.fail("SlowDown")

    with pytest.raises(StorageUnavailable):
        start(event, starts.aws.services)


def test_recording_without_a_job_has_a_record(starts):
    """That says which call it was, and what was tried for it."""
    starts.transcribe.fail("BadRequestException", "start_transcription_job")
    with pytest.raises(AudioRefused):
        handler.run(starts.event({**NO_JOB, "looks": 2, "tries": 1}), None, starts.aws.services)

    record = starts.line.record(NAME)
    about = {name: record[name] for name in ("symbol", "status", "company", "call_date", "source", "looks")}
    assert about == {
        "symbol": NAME,
        "status": "failed",
        "company": "AAPL",
        "call_date": "2026-10-29",
        "source": "transcribe",
        "looks": 2,
    }
    assert (record["error"]["type"], record["error"]["state"]) == ("AudioRefused", "StartTranscription")
