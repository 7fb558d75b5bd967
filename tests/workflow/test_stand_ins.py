"""The stand-ins of a whole embedded AWS: its settings, its folder, its end."""

import json
from time import sleep

import pyarrow
import pytest
from pyarrow import parquet

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.origin import REAL
from stockflow.errors import Unusable
from tests.helpers.scripted_engines import ScriptedSpeech, ScriptedTone, wav_of


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    """An embedded AWS with scripted engines."""
    with EmbeddedAws(tmp_path_factory.mktemp("out"), speech=ScriptedSpeech(), tone=ScriptedTone()) as aws:
        yield aws


def test_the_settings_name_the_engines(aws):
    """Rows will say what really heard and scored, and a job is looked at each second."""
    settings = aws.settings

    assert (settings.speech_engine, settings.tone_engine, settings.transcription_look_seconds) == (
        "scripted speech",
        "scripted tone",
        1,
    )


def test_the_transcript_is_in_the_folder(aws):
    """What the job writes is mirrored as every object is."""
    client = aws.services.client("transcribe")
    aws.services.bucket.put("calls/A/2026-10-29.wav", wav_of("Good afternoon."))
    client.start_transcription_job(
        TranscriptionJobName="job",
        LanguageCode="en-US",
        Media={"MediaFileUri": f"s3://{aws.settings.bucket}/calls/A/2026-10-29.wav"},
        OutputBucketName=aws.settings.bucket,
        OutputKey="transcriptions/job.json",
    )
    while client.get_transcription_job(TranscriptionJobName="job")["TranscriptionJob"]["TranscriptionJobStatus"] in {
        "QUEUED",
        "IN_PROGRESS",
    }:
        sleep(0.002)

    written = json.loads((aws.output_dir / "transcriptions/job.json").read_bytes())
    assert written["results"]["transcripts"] == [{"transcript": "Good afternoon."}]


def test_a_folder_is_held_to_what_a_run_adds_to_it(tmp_path):
    """Amazon's tone keeps a local engine out, but no prices; real prices keep invented ones out, but no calls."""
    own, prices = tmp_path / "tone", tmp_path / "prices/daily"
    own.mkdir()
    parquet.write_table(pyarrow.table({"engine_tone": ["Amazon Comprehend"]}), own / "A.parquet")

    with EmbeddedAws(tmp_path) as aws:
        aws.check_folder("daily-prices")
        with pytest.raises(Unusable, match="holds tone from Amazon Comprehend"):
            aws.start({"symbols": ["AAPL/2026-07-30.json"]}, workflow="earnings-calls")

        (own / "A.parquet").unlink()
        prices.mkdir(parents=True)
        (prices / "A.parquet").touch()
        (tmp_path / ".stockflow/origin").write_text(REAL)
        aws.check_folder("earnings-calls")
        with pytest.raises(Unusable, match="holds real prices"):
            aws.start()
