"""The handler of LookAtTranscription."""

from datetime import UTC, datetime

import pytest

from stockflow.stand_ins.failures import NO_SPEECH
from stockflow_functions.domain.errors import (
    AudioRefused,
    CallReplaced,
    NoSpeech,
    StorageDenied,
    TranscriberBusy,
    TranscriptionFailed,
    TranscriptionStuck,
)
from stockflow_functions.earnings_calls.look.app import handler, look
from stockflow_functions.earnings_calls.look.waiting import LONGEST_MS
from tests.helpers.call_line import NOW, TODAY_MS, CallLine
from tests.helpers.transcripts import written_down

NAME = "AAPL/2026-10-29.mp3"
JOB = {"name": "aapl", "wait_seconds": 20, "looks": 0, "tries": 1}


class Looks:
    """Looks at one job that is under way."""

    def __init__(self):
        self.line = CallLine()
        self.line.drop(NAME, b"\0recording")
        self.aws, self.transcribe = self.line.aws, self.line.aws.transcribe
        self.transcribe.start_transcription_job(
            TranscriptionJobName="aapl",
            Media={"MediaFileUri": f"s3://stockflow/calls/{NAME}"},
            OutputKey="transcriptions/aapl.json",
            IdentifyLanguage=True,
        )

    def event(self, **job):
        return self.line.event(NAME, job={**JOB, **job})

    def look(self, **job):
        return look(self.event(**job), self.aws.services)

    def complete(self):
        self.transcribe.complete("aapl", written_down())
        uri = "https://s3.us-east-1.amazonaws.com/stockflow/transcriptions/aapl.json"
        self.transcribe.jobs["aapl"]["Transcript"] = {"TranscriptFileUri": uri}


@pytest.fixture
def looks():
    return Looks()


def test_job_that_goes_on_is_looked_at_again_later(looks):
    """Later from look to look."""
    assert looks.look(looks=2) == {
        "state": "LookAtTranscription",
        "job": {"name": "aapl", "wait_seconds": 68, "looks": 3, "tries": 1},
        "transcript": None,
    }


def test_job_that_waits_for_others_is_waited_for(looks):
    """QUEUED is no end."""
    looks.transcribe.jobs["aapl"]["TranscriptionJobStatus"] = "QUEUED"

    assert looks.look()["state"] == "LookAtTranscription"


def test_job_that_is_done_leads_to_its_transcript(looks):
    """With what it has cost so far."""
    looks.complete()

    assert looks.look(looks=3) == {
        "state": "ReadTranscript",
        "job": {"name": "aapl", "wait_seconds": 20, "looks": 4, "tries": 1},
        "transcript": {
            "key": "transcriptions/aapl.json",
            "fetched_at": NOW,
            "attempts": 0,
            "looks": 4,
            "jobs": 1,
            "language": "en-US",
        },
    }


@pytest.mark.parametrize(
    "reason",
    [
        "The media format provided does not match the detected media format.",
        "Invalid sample rate for audio file. The sample rate must be between 8,000 and 48,000 hertz.",
        "The input media file length is too small. Minimum audio duration is 0.500000 milliseconds.",
        "Invalid file size: file size too large. The audio is longer than 4 hours.",
        "The data in your input media file isn't valid. Check the media file and try your request again.",
        "Invalid number of channels: number of channels too large.",
    ],
)
def test_recording_that_transcribe_can_not_use_is_not_tried_again(looks, reason):
    """People read Transcribe's own reason, and which job it was."""
    looks.transcribe.break_off("aapl", reason)

    with pytest.raises(AudioRefused) as caught:
        looks.look()
    assert "(job aapl)" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("reason", ["", "Internal failure.", "Internal Failure: the media file's duration"])
def test_fault_of_transcribes_own_is_worth_a_second_job(looks, reason):
    """Once: the workflow goes back to StartTranscription."""
    looks.transcribe.break_off("aapl", reason)

    assert looks.look(looks=1)["state"] == "StartTranscription"
    assert looks.look(looks=1)["job"] == {"name": "aapl", "wait_seconds": 20, "looks": 2, "tries": 1}


def test_music_without_a_word_has_no_language(looks):
    """Transcribe fails such a job; people read that nobody speaks, not that the file is wrong."""
    looks.transcribe.break_off("aapl", NO_SPEECH)

    with pytest.raises(NoSpeech, match=r"\(job aapl\)"):
        looks.look()


@pytest.mark.parametrize("reason", ["Internal failure.", ""])
def test_second_job_that_fails_too_is_the_last(looks, reason):
    """The sentence names it."""
    looks.transcribe.break_off("aapl", reason)

    with pytest.raises(TranscriptionFailed, match=rf"\(job aapl\): {reason or 'it gives no reason'}"):
        looks.look(tries=2)


@pytest.mark.parametrize(
    ("reason", "error"), [("Invalid sample rate.", AudioRefused), ("Internal Failure: no.", TranscriptionFailed)]
)
def test_the_sentence_is_about_the_engine_that_ran_the_job(looks, reason, error):
    """On a laptop that is a local one, and Amazon's service has nothing to do with it."""
    looks.transcribe.break_off("aapl", reason)
    services = looks.aws.services_with(SPEECH_ENGINE="a local engine")

    with pytest.raises(error, match=r"^a local engine "):
        look(looks.event(tries=2), services)


def test_job_that_is_gone_has_failed(looks):
    """Somebody deleted it."""
    with pytest.raises(TranscriptionFailed, match="job other is gone"):
        looks.look(name="other")


@pytest.mark.parametrize(("age_ms", "ends"), [(LONGEST_MS, False), (LONGEST_MS + 1, True)])
def test_job_that_never_ends_is_given_up_after_three_hours(looks, age_ms, ends):
    """By its own age, however often it is looked at; the sentence names it."""
    looks.transcribe.jobs["aapl"]["CreationTime"] = datetime.fromtimestamp((TODAY_MS - age_ms) / 1000, UTC)

    if ends:
        with pytest.raises(TranscriptionStuck, match="job aapl has not ended in 3 hours"):
            looks.look()
    else:
        assert looks.look()["state"] == "LookAtTranscription"


@pytest.mark.parametrize("body", [b"\0another", None])
def test_recording_that_was_replaced_meanwhile_is_not_read(looks, body):
    """Nobody knows which of the two was written down."""
    event = looks.event()
    looks.complete()
    del looks.aws.s3.objects[f"calls/{NAME}"]
    if body:
        looks.line.drop(NAME, body)

    with pytest.raises(CallReplaced):
        look(event, looks.aws.services)


@pytest.mark.parametrize(
    ("code", "error"), [("ThrottlingException", TranscriberBusy), ("AccessDeniedException", StorageDenied)]
)
def test_refusal_has_a_name_that_the_workflow_knows(looks, code, error):
    """The job goes on meanwhile."""
    looks.transcribe.fail(code, "get_transcription_job")

    with pytest.raises(error):
        looks.look()


def test_record_of_a_job_that_failed_counts_this_look_too(looks):
    """It was paid for."""
    looks.transcribe.break_off("aapl", "Invalid sample rate.")
    with pytest.raises(AudioRefused):
        handler.run(looks.event(looks=4), None, looks.aws.services)

    record = looks.line.record(NAME)
    assert (record["looks"], record["transcribed_seconds"]) == (5, 0)
