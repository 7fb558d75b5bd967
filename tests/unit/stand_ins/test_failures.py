"""Jobs that fail: what of the audio makes them, and in which words."""

import pytest

from tests.helpers.scripted_engines import wav_of

INVALID = "The data in your input media file isn't valid. Check the media file and try your request again."


@pytest.mark.parametrize(
    ("body", "changes", "reason"),
    [
        (b"no audio at all", {}, INVALID),
        (b"RIFF....WAVEjunk", {}, INVALID),
        (wav_of("Hi.", seconds=0.2), {}, "The input media file length is too small. Minimum audio duration is 0.5"),
        (wav_of("Hi.", seconds=14_401, hertz=1), {}, "Invalid file size: file size too large."),
        (wav_of("Hi.", hertz=4000), {}, "Invalid sample rate for audio file."),
        (wav_of("Hi."), {"MediaFormat": "mp3"}, "The media format provided does not match the detected media format."),
        (wav_of("Hi."), {"MediaSampleRateHertz": 16000}, "The sample rate provided does not match the detected"),
        (wav_of(""), {"LanguageCode": None, "IdentifyLanguage": True}, "Your audio file must have a speech segment"),
    ],
)
def test_audio_that_can_not_be_written_down_fails_the_job(stage, body, changes, reason):
    """The job is FAILED, and its FailureReason is the one that AWS gives."""
    stage.start(stage.put_audio(body), **changes)
    job = stage.ended()

    assert (job["TranscriptionJobStatus"], job["FailureReason"][: len(reason)]) == ("FAILED", reason)


def test_silence_gives_a_transcript_without_words(stage):
    """Where nobody speaks, a job whose language is given completes with no items."""
    stage.start(stage.put_audio(wav_of("")))

    assert stage.ended()["TranscriptionJobStatus"] == "COMPLETED"
    assert stage.transcript()["results"] == {"transcripts": [{"transcript": ""}], "items": [], "audio_segments": []}
