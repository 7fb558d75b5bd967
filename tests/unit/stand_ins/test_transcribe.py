"""Transcription jobs as boto3 sees them."""

import json
from threading import Event

import pytest
from botocore.exceptions import ClientError

from stockflow.embedded.faults import AwsFault
from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO
from tests.helpers.scripted_engines import CallsStage, ScriptedSpeech, ScriptedTone, wav_of

NOWHERE = "s3://calls/calls/A/none.wav"


@pytest.fixture
def audio(stage):
    """The address of a recording of three words."""
    return stage.put_audio(wav_of("Good afternoon, everyone."))


def refusal_of(ask):
    """The code and the sentence with which this is refused."""
    with pytest.raises(ClientError) as refused:
        ask()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_job_writes_the_words_into_the_bucket(stage, audio):
    """What the engine hears is in the object that the request names."""
    stage.start(audio)

    assert stage.ended()["TranscriptionJobStatus"] == "COMPLETED"
    assert stage.transcript()["results"]["transcripts"] == [{"transcript": "Good afternoon, everyone."}]


def test_a_job_that_runs_says_so(stage, speech, audio):
    """Before the engine is done, the start and a look both answer IN_PROGRESS."""
    speech.go_on.clear()

    states = [stage.start(audio)["TranscriptionJobStatus"], stage.get()["TranscriptionJobStatus"]]

    assert states == ["IN_PROGRESS", "IN_PROGRESS"]


def test_a_second_job_waits_for_the_engine(stage, speech, audio):
    """While one job runs, the next is QUEUED, and it is done after it."""
    speech.go_on.clear()
    stage.start(audio, "first")
    waiting = stage.start(audio, "second")["TranscriptionJobStatus"]
    speech.go_on.set()

    assert (waiting, stage.ended("second")["TranscriptionJobStatus"]) == ("QUEUED", "COMPLETED")


def test_an_ended_job_tells_what_it_found(stage, audio):
    """Format, sample rate and the transcript's address are known once it has ended."""
    stage.start(audio)
    job = stage.ended()

    assert (job["MediaFormat"], job["MediaSampleRateHertz"]) == ("wav", 8000)
    assert job["Transcript"]["TranscriptFileUri"] == "https://s3.us-east-1.amazonaws.com/calls/transcriptions/job.json"
    assert job["CreationTime"] <= job["StartTime"] <= job["CompletionTime"]


def test_an_identified_language_comes_with_its_score(stage, audio):
    """Who asks for identification gets a code of Transcribe's and how sure the engine is."""
    stage.start(audio, LanguageCode=None, IdentifyLanguage=True)
    job = stage.ended()

    assert (job["LanguageCode"], job["IdentifiedLanguageScore"]) == ("en-US", pytest.approx(0.99))


def test_several_languages_are_listed(stage, audio):
    """Who asks for several languages gets a list, with the seconds of each."""
    stage.start(audio, LanguageCode=None, IdentifyMultipleLanguages=True)

    assert stage.ended()["LanguageCodes"] == [{"LanguageCode": "en-US", "DurationInSeconds": 1.0}]


def test_a_given_language_is_told_to_the_engine(stage, speech, audio):
    """Of the code, the engine gets the language."""
    stage.start(audio, LanguageCode="ja-JP")
    stage.ended()

    assert speech.asked == ["ja"]


def test_a_key_that_is_no_file_is_a_folder(stage, audio):
    """Without ``.json`` at its end, the key is a folder, in which the object is named as the job."""
    stage.start(audio, OutputKey="transcriptions")
    stage.ended()

    assert stage.transcript()["jobName"] == "job"


@pytest.mark.parametrize(
    "uri", ["https://s3.us-east-1.amazonaws.com/calls/{key}", "https://calls.s3.us-east-1.amazonaws.com/{key}"]
)
def test_audio_may_be_named_by_a_web_address(stage, audio, uri):
    """Both forms of an object's address are understood."""
    stage.start(uri.format(key="calls/A/2026-10-29.wav"))

    assert stage.ended()["TranscriptionJobStatus"] == "COMPLETED"


def test_audio_in_the_folder_is_read_there(tmp_path):
    """Where a file of the same size holds the object, the engine reads that file."""
    body = wav_of("In the folder.")
    (tmp_path / "call.wav").write_bytes(body)
    read = []

    class Reader(ScriptedSpeech):
        def transcribe(self, audio, language):
            read.append(audio)
            return super().transcribe(audio, language)

    with CallsStage(Reader(), ScriptedTone(), lambda bucket, key: tmp_path / "call.wav") as stage:
        stage.start(stage.put_audio(body))
        stage.ended()

    assert read == [tmp_path / "call.wav"]


def test_a_file_that_is_another_is_not_read(tmp_path):
    """A file of another size than the object's is left alone: the object is what the job is about."""
    (tmp_path / "call.wav").write_bytes(b"half")

    with CallsStage(ScriptedSpeech(), ScriptedTone(), lambda bucket, key: tmp_path / "call.wav") as stage:
        stage.start(stage.put_audio(wav_of("The object.")))
        stage.ended()
        transcript = stage.transcript()

    assert transcript["results"]["transcripts"] == [{"transcript": "The object."}]


def test_a_taken_name_is_refused(stage, audio):
    """A name belongs to one job, also after its end."""
    stage.start(audio)
    stage.ended()

    assert refusal_of(lambda: stage.start(audio)) == (
        "ConflictException",
        "The requested job name already exists. Use a different job name.",
    )


def test_too_many_jobs_are_refused(stage, speech, audio):
    """As many jobs as the quota allows run or wait; one more is refused until one has ended."""
    speech.go_on.clear()
    stage.stand_ins.transcribe.most_at_once = 1
    stage.start(audio, "first")
    refused = refusal_of(lambda: stage.start(audio, "second"))
    speech.go_on.set()
    stage.ended("first")

    assert refused == (
        "LimitExceededException",
        "You have too many jobs running at the same time. Try your request again later.",
    )
    assert stage.start(audio, "second")["TranscriptionJobStatus"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"LanguageCode": None}, "The language code is missing. Either add a language code or turn on language"),
        ({"IdentifyLanguage": True}, "LanguageCode and IdentifyLanguage exclude each other"),
        ({"LanguageCode": "de-DE"}, "scripted speech does not know the language de-DE: hand in its transcript"),
        (
            {"LanguageCode": "xx-XX"},
            "Value 'xx-XX' at 'languageCode' failed to satisfy constraint: Member must satisfy",
        ),
        ({"TranscriptionJobName": "a b"}, "Value 'a b' at 'transcriptionJobName' failed to satisfy constraint"),
        (
            {"TranscriptionJobName": "a" * 201},
            "at 'transcriptionJobName' failed to satisfy constraint: Member must have",
        ),
        ({"OutputKey": "BRK%2FB.json"}, "Value 'BRK%2FB.json' at 'outputKey' failed to satisfy constraint"),
        ({"OutputBucketName": None}, "This stand-in has no bucket of its own"),
        ({"Media": {"MediaFileUri": NOWHERE}}, "The S3 URI that you provided can't be accessed."),
        ({"Media": {"MediaFileUri": "s3://calls"}}, "The S3 URI that you provided can't be accessed."),
    ],
)
def test_a_request_that_can_not_be_met_is_refused(stage, audio, changes, sentence):
    """Each is a BadRequestException, with AWS's words where there are some."""
    code, message = refusal_of(lambda: stage.start(audio, **changes))

    assert (code, sentence in message) == ("BadRequestException", True)


def test_audio_of_more_than_two_gigabytes_is_refused(stage, audio, monkeypatch):
    """The size is looked at before the job is made."""
    monkeypatch.setattr("stockflow.stand_ins.transcribe._LARGEST_BYTES", 100)

    assert refusal_of(lambda: stage.start(audio)) == (
        "BadRequestException",
        "The input file that you specified exceeds the maximum size of 2048.00 Mb.",
    )


def test_without_an_engine_the_sentence_says_what_to_install():
    """A start is refused with the command that installs an engine."""
    with CallsStage(None, ScriptedTone()) as stage:
        audio = stage.put_audio(wav_of("Nobody hears this."))

        assert refusal_of(lambda: stage.start(audio)) == (
            "BadRequestException",
            'To write down audio on this machine: pip install "stockflow[speech]".',
        )


def test_an_unknown_job_is_refused(stage):
    """A look at a job that there is not gets a BadRequestException, as from AWS."""
    assert refusal_of(lambda: stage.get("nothing")) == (
        "BadRequestException",
        "The requested job couldn't be found. Check the job name and try your request again.",
    )


def test_jobs_are_listed_the_newest_first(stage, audio):
    """The list has a line for each job, by state and part of the name if asked."""
    for name in ("a-1", "a-2", "b-1"):
        stage.start(audio, name)
        stage.ended(name)

    found = stage.transcribe.list_transcription_jobs(Status="COMPLETED", JobNameContains="a-")

    assert [job["TranscriptionJobName"] for job in found["TranscriptionJobSummaries"]] == ["a-2", "a-1"]


def test_an_unreadable_bucket_refuses_the_start(stage, audio):
    """The service reads with the caller's rights: where S3 denies, the start is refused."""
    MOTO.faults.add(AwsFault("s3", "AccessDenied", operation="HEAD"))

    assert refusal_of(lambda: stage.start(audio))[0] == "BadRequestException"


def test_faults_meet_the_service(stage, audio):
    """A fault of Transcribe's gives its code, as any other service's does."""
    MOTO.faults.add(AwsFault("transcribe", "ThrottlingException", operation="GetTranscriptionJob"))
    stage.start(audio)

    assert refusal_of(stage.get)[0] == "ThrottlingException"


def test_a_transcript_that_can_not_be_written_fails_the_job(stage, audio):
    """The job says that S3 refused, and does not hang."""
    MOTO.faults.add(AwsFault("s3", "AccessDenied", operation="PUT", key_contains="transcriptions/"))
    stage.start(audio)
    job = stage.ended()

    assert (job["TranscriptionJobStatus"], "AccessDenied" in job["FailureReason"]) == ("FAILED", True)


def test_an_engine_that_breaks_fails_the_job():
    """An error of the engine's own is the job's reason, with the engine's name."""
    with CallsStage(ScriptedSpeech(failure=RuntimeError("out of memory")), ScriptedTone()) as stage:
        stage.start(stage.put_audio(wav_of("Hello.")))
        job = stage.ended()

    assert job["FailureReason"] == "Internal Failure: scripted speech: RuntimeError: out of memory"


def test_the_end_of_the_process_ends_a_job_without_a_transcript():
    """Once closed, the engine is asked for no further segment, and nothing is written."""
    heard, closed = Event(), Event()

    class Slow(ScriptedSpeech):
        def _segments(self, lines):
            for segment in super()._segments(lines):
                heard.set()
                closed.wait()
                yield segment

    with CallsStage(Slow(), ScriptedTone()) as stage:
        stage.start(stage.put_audio(wav_of("One.\nTwo.\nThree.")), "left")
        heard.wait()
        stage.stand_ins.transcribe._queue.closing.set()
        closed.set()
        stage.stand_ins.close()
        listed = stage.s3.list_objects_v2(Bucket=stage.bucket, Prefix="transcriptions/left")

    assert listed["KeyCount"] == 0


def test_each_embedded_aws_asks_its_own_engine(stage):
    """Of two in one process, the older one's clients go on asking the older one's engine."""
    with CallsStage(ScriptedSpeech(), ScriptedTone({"record": -0.9}), bucket="newer"):
        asked = stage.comprehend.detect_sentiment(Text="a record", LanguageCode="en")["Sentiment"]

    assert asked == "POSITIVE"


def test_a_stranger_asks_the_newest_engine(stage):
    """A client with other credentials, as the workflow engine's own, gets an answer from the newest."""
    stranger = make_session("us-east-1", "stranger").client("comprehend")

    with CallsStage(ScriptedSpeech(), ScriptedTone({"record": -0.9}), bucket="newer"):
        asked = stranger.detect_sentiment(Text="a record", LanguageCode="en")["Sentiment"]

    assert asked == "NEGATIVE"


def test_a_transcript_is_json_in_utf_8(stage):
    """Japanese is written as it is, not escaped."""
    stage.start(stage.put_audio(wav_of("売上高 は 増加。")), LanguageCode="ja-JP")
    stage.ended()
    body = stage.s3.get_object(Bucket=stage.bucket, Key="transcriptions/job.json")["Body"].read()

    assert json.loads(body)["results"]["transcripts"][0]["transcript"] == "売上高は増加。"
    assert "売上高".encode() in body


def test_a_job_of_an_earlier_process_is_still_there(stage, audio):
    """Its transcript is, so its name is taken, and whoever looks finds it completed; no other name is."""
    stage.start(audio, "before", LanguageCode=None, IdentifyLanguage=True)
    stage.ended("before")
    later = CallsStage(ScriptedSpeech(), ScriptedTone(), bucket=stage.bucket)
    later.stand_ins.transcribe.know({(stage.bucket, "transcriptions/before.json"): 1_700_000_000.0})
    MOTO.stand_ins[stage.bucket] = later.stand_ins

    code, _ = refusal_of(lambda: stage.start(audio, "before", LanguageCode=None, IdentifyLanguage=True))

    found = stage.get("before")
    assert (code, found["TranscriptionJobStatus"], found["LanguageCode"]) == ("ConflictException", "COMPLETED", "en-US")
    assert found["CreationTime"].timestamp() == 1_700_000_000.0
    assert found["Transcript"]["TranscriptFileUri"].endswith("/calls/transcriptions/before.json")
    assert stage.start(audio, "another")["TranscriptionJobStatus"] == "IN_PROGRESS"
