"""Transcription jobs: what is asked of Transcribe, and its refusals under the workflow's names."""

import pytest
from botocore.exceptions import EndpointConnectionError

from stockflow.testing import NOON_MS, FakeAws, client_error
from stockflow_functions.aws.transcribe import COMPLETED, FAILED, IN_PROGRESS, Transcriber
from stockflow_functions.domain.errors import AudioRefused, StorageDenied, TranscriberBusy

KEY, OUTPUT = "calls/AAPL/2026-10-29.mp3", "transcriptions/aapl.json"
# Recorded answers of AWS (localstack, tests/aws/services/transcribe), and threads of users.
TOO_MANY = "You have too many jobs running at the same time. Try your request again later."
NO_ACCESS = "The S3 URI that you provided can't be accessed. Make sure that you have read permission and try again."


@pytest.fixture
def aws():
    aws = FakeAws()
    aws.s3.place(KEY, b"ID3")
    return aws


@pytest.fixture
def transcriber(aws):
    return Transcriber(aws.transcribe, aws.services.bucket)


def begin(transcriber, name="aapl", language=""):
    return transcriber.start(name, KEY, OUTPUT, language)


def refused(aws, code, sentence=""):
    """From now on Transcribe refuses everything so."""
    aws.transcribe.fail(client_error(code, "AnyOperation", sentence))


def test_a_job_is_asked_for_with_its_recording_its_output_and_its_speakers(aws, transcriber):
    """In the functions' own bucket, by keys that Transcribe takes."""
    assert begin(transcriber)

    (request,) = aws.transcribe.started
    bucket = aws.services.settings.bucket
    assert request["Media"] == {"MediaFileUri": f"s3://{bucket}/{KEY}"}
    assert (request["OutputBucketName"], request["OutputKey"]) == (bucket, OUTPUT)
    assert request["Settings"] == {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 30}


@pytest.mark.parametrize(
    ("language", "asked"), [("ja-JP", {"LanguageCode": "ja-JP"}), ("", {"IdentifyLanguage": True})]
)
def test_a_language_is_named_or_identified(language, asked, aws, transcriber):
    """Never both, which Transcribe refuses."""
    begin(transcriber, language=language)

    (request,) = aws.transcribe.started
    assert {name: value for name, value in request.items() if "Language" in name} == asked


def test_a_smoke_runs_job_reads_and_writes_below_its_prefix(aws):
    """Its bucket is the part of the real one below scratch/."""
    aws.s3.place(f"scratch/run/{KEY}", b"ID3")
    transcriber = Transcriber(aws.transcribe, aws.services.bucket.below("scratch/run/"))

    begin(transcriber)
    aws.transcribe.complete("aapl", b"{}")

    assert f"scratch/run/{OUTPUT}" in aws.s3.objects
    assert transcriber.find("aapl").output_key == OUTPUT
    assert transcriber.is_about(transcriber.find("aapl"), KEY)


def test_a_name_that_is_taken_starts_nothing(aws, transcriber):
    """The caller looks whose job it is."""
    begin(transcriber)

    assert not begin(transcriber)
    assert len(aws.transcribe.started) == 1


def test_a_job_under_way_is_described(aws, transcriber):
    """When it was made, and of what."""
    begin(transcriber)

    found = transcriber.find("aapl")

    assert (found.status, found.created_ms, found.output_key, found.reason) == (IN_PROGRESS, NOON_MS, "", "")
    assert transcriber.is_about(found, KEY)
    assert not transcriber.is_about(found, "calls/AAPL/2026-07-30.mp3")


def test_a_job_that_ended_well_says_where_its_transcript_is(aws, transcriber):
    """By the key in the bucket, whatever address Transcribe gives."""
    begin(transcriber)
    aws.transcribe.complete("aapl", b"{}")

    found = transcriber.find("aapl")

    assert (found.status, found.output_key) == (COMPLETED, OUTPUT)


@pytest.mark.parametrize(
    "uri",
    [
        "https://s3.us-east-1.amazonaws.com/stockflow/transcriptions/a%28b.json",
        "https://s3.amazonaws.com/stockflow/transcriptions/a(b.json",
        "s3://stockflow/transcriptions/a(b.json",
    ],
)
def test_the_address_of_a_transcript_may_have_any_of_its_forms(uri, aws, transcriber):
    """With the region or without, percent-encoded, or S3's own."""
    begin(transcriber)
    aws.transcribe.jobs["aapl"]["Transcript"] = {"TranscriptFileUri": uri}

    assert transcriber.find("aapl").output_key == "transcriptions/a(b.json"


def test_a_job_that_failed_says_why(aws, transcriber):
    """In Transcribe's own words."""
    begin(transcriber)
    aws.transcribe.break_off("aapl", "The sample rate isn't valid.")

    found = transcriber.find("aapl")

    assert (found.status, found.reason) == (FAILED, "The sample rate isn't valid.")


@pytest.mark.parametrize(
    "refusal",
    [("NotFoundException", ""), ("BadRequestException", "The requested job couldn't be found. Check the job name.")],
    ids=["as its model says", "as it answers"],
)
def test_a_job_that_is_gone_is_none(refusal, aws, transcriber):
    """Transcribe forgets a job after 90 days."""
    refused(aws, *refusal)

    assert transcriber.find("aapl") is None


@pytest.mark.parametrize(
    "refusal",
    [
        ("LimitExceededException", TOO_MANY),
        ("BadRequestException", TOO_MANY),
        ("ThrottlingException", "Rate exceeded"),
        ("InternalFailureException", ""),
        ("ServiceUnavailable", ""),
    ],
)
def test_a_lack_of_room_is_worth_waiting_for(refusal, aws, transcriber):
    """Whatever name it has: other jobs, too many questions, or a fault of Transcribe's own."""
    refused(aws, *refusal)

    for call in (lambda: begin(transcriber), lambda: transcriber.find("aapl")):
        with pytest.raises(TranscriberBusy, match=refusal[0]):
            call()


def test_a_fault_on_the_way_is_worth_waiting_for(aws, transcriber):
    """Transcribe was not reached."""
    aws.transcribe.fail(EndpointConnectionError(endpoint_url="https://transcribe"))

    with pytest.raises(TranscriberBusy, match="EndpointConnectionError"):
        begin(transcriber)


@pytest.mark.parametrize("code", ["BadRequestException", "ValidationException"])
def test_what_transcribe_can_not_use_is_refused_in_its_words(code, aws, transcriber):
    """A second try would be refused again."""
    refused(aws, code, "The input file that you specified exceeds the maximum size of 2048.00 Mb.")

    with pytest.raises(AudioRefused, match=r"calls/AAPL/2026-10-29\.mp3 can't be written down: .*2048"):
        begin(transcriber)


@pytest.mark.parametrize("refusal", [("AccessDeniedException", ""), ("BadRequestException", NO_ACCESS)])
def test_a_missing_permission_is_named(refusal, aws, transcriber):
    """To call Transcribe, or to read the recording, which Transcribe does with the caller's rights."""
    refused(aws, *refusal)

    with pytest.raises(StorageDenied, match="grant it"):
        begin(transcriber)
