"""Engines of speech and of tone that say what a test says, and audio files that carry their own words."""

import io
import json
import wave
from functools import cache
from threading import Event
from time import sleep

from botocore.config import Config

from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO
from stockflow.stand_ins.engines import Heard, UnreadableAudio, Word
from stockflow.stand_ins.service import StandIns
from stockflow_functions.aws.comprehend import Scores

_HERTZ = 8000
_SECONDS_A_WORD = 0.4


def wav_of(words, seconds=1.0, hertz=_HERTZ):
    """A WAV file in which a :class:`ScriptedSpeech` hears these words, a segment a line; nothing else would.

    Args:
        seconds: the least that it is long.
    """
    samples = words.encode().ljust(int(seconds * hertz), b"\0")
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(1)
        audio.setframerate(hertz)
        audio.writeframes(samples)
    return file.getvalue()


class ScriptedSpeech:
    """Hears the words that :func:`wav_of` put into a file, 0.4 s each.

    Args:
        language: what it finds if it is not told.
        score: how sure it is of that.
        confidence: that of each word.
        failure: raised in place of an answer.

    Attributes:
        go_on: cleared by a test, it holds the engine before its first word.
        asked: the languages that it was told, in order.
    """

    name = "scripted speech"

    def __init__(self, *, language="en", languages=("en", "ja", "fr"), score=0.99, confidence=0.95, failure=None):
        self.go_on = Event()
        self.go_on.set()
        self.asked = []
        self._language = language
        self._languages = languages
        self._score = score
        self._confidence = confidence
        self._failure = failure

    def hears(self, language):
        return language in self._languages

    def transcribe(self, audio, language):
        self.asked.append(language)
        if self._failure:
            raise self._failure
        try:
            with wave.open(str(audio), "rb") as file:
                lines = file.readframes(file.getnframes()).rstrip(b"\0").decode().splitlines()
        except (wave.Error, EOFError) as error:
            raise UnreadableAudio(str(error)) from None
        return Heard(language or self._language, None if language else self._score, self._segments(lines))

    def _segments(self, lines):
        self.go_on.wait()
        start = 0.0
        for line in lines:
            words = []
            for word in line.split():
                words.append(Word(word, start, start + _SECONDS_A_WORD, self._confidence))
                start += _SECONDS_A_WORD
            yield words


class ScriptedTone:
    """Scores a text by the first of the test's phrases that is in it; one without any is neutral.

    Args:
        phrases: a phrase, and how positive (above 0) or negative (below 0) a text with it is, from -1 to 1.
    """

    name = "scripted tone"

    def __init__(self, phrases=None, languages=("en",)):
        self._phrases = phrases or {}
        self._languages = languages

    def scores(self, language):
        return language in self._languages

    def score(self, text, language):
        tone = next((tone for phrase, tone in self._phrases.items() if phrase in text), 0.0)
        return Scores(max(tone, 0.0), max(-tone, 0.0), 1.0 - abs(tone), 0.0)


@cache
def _clients(access_key):
    """A session and clients, made once: each loads the models of its services, which takes a second."""
    session = make_session("us-east-1", access_key)
    once = Config(retries={"total_max_attempts": 1})
    return session, *(session.client(name, config=once) for name in ("s3", "transcribe", "comprehend"))


class CallsStage:
    """moto with the stand-ins in place, a bucket, and clients of each service.

    Args:
        speech: None for no engine at all.
        find: where a file holds an object already.
        bucket: its bucket, and the access key of its session.
    """

    def __init__(self, speech, tone, find=lambda bucket, key: None, bucket="calls"):
        self.bucket = bucket
        session, self.s3, self.transcribe, self.comprehend = _clients(bucket)
        self.stand_ins = StandIns(session, speech, tone, find)

    def __enter__(self):
        MOTO.enter()
        MOTO.stand_ins[self.bucket] = self.stand_ins
        self.s3.create_bucket(Bucket=self.bucket)
        return self

    def __exit__(self, *_):
        self.stand_ins.close()
        MOTO.faults.clear()
        del MOTO.stand_ins[self.bucket]
        MOTO.leave()

    def put_audio(self, body, key="calls/A/2026-10-29.wav"):
        """Stores the audio; gives its address."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def start(self, uri, name="job", **more):
        """Starts a job in English, unless told otherwise; gives the answer's job."""
        request = {
            "TranscriptionJobName": name,
            "LanguageCode": "en-US",
            "Media": {"MediaFileUri": uri},
            "OutputBucketName": self.bucket,
            "OutputKey": f"transcriptions/{name}.json",
            **more,
        }
        request = {key: value for key, value in request.items() if value is not None}
        return self.transcribe.start_transcription_job(**request)["TranscriptionJob"]

    def get(self, name="job"):
        """The job as it stands."""
        return self.transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]

    def ended(self, name="job"):
        """The job, once it has ended."""
        while (job := self.get(name))["TranscriptionJobStatus"] not in {"COMPLETED", "FAILED"}:
            sleep(0.002)
        return job

    def transcript(self, name="job"):
        """What the job wrote."""
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key=f"transcriptions/{name}.json")["Body"].read())
