"""Transcription jobs in memory, behind the part of boto3's Transcribe client that this project uses."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from stockflow.testing.clock import FakeClock
from stockflow.testing.faults import Faults, client_error
from stockflow.testing.s3 import FakeS3
from stockflow_functions.domain.clock import Clock

Answer = dict[str, Any]
"""What Transcribe answers, in boto3's shape; or a job."""

_NAME = re.compile(r"[0-9a-zA-Z._-]{1,200}")
_OUTPUT_KEY = re.compile(r"[a-zA-Z0-9._!*'()/-]{1,1024}")
_LANGUAGES = ("LanguageCode", "IdentifyLanguage", "IdentifyMultipleLanguages")


class FakeTranscribe(Faults):
    """Jobs that go on until a test ends them; it hears nothing, so the test says what was said.

    Its patterns are those of Transcribe's API model, and its answers and refusals those that AWS gave.

    >>> s3 = FakeS3()
    >>> s3.place("calls/AAPL/2026-10-29.mp3", b"...")
    >>> transcribe = FakeTranscribe(s3)
    >>> job = transcribe.start_transcription_job(
    ...     TranscriptionJobName="aapl",
    ...     Media={"MediaFileUri": "s3://test-bucket/calls/AAPL/2026-10-29.mp3"},
    ...     OutputBucketName="test-bucket",
    ...     OutputKey="transcriptions/aapl.json",
    ...     IdentifyLanguage=True,
    ... )
    >>> transcribe.complete("aapl", {"status": "COMPLETED"})
    >>> transcribe.get_transcription_job(TranscriptionJobName="aapl")["TranscriptionJob"]["TranscriptionJobStatus"]
    'COMPLETED'
    >>> s3.json("transcriptions/aapl.json")
    {'status': 'COMPLETED'}

    Args:
        s3: where recordings are read and transcripts are written.
        clock: when a job was made.

    Attributes:
        jobs: those there are, by name, as they are described; may be changed.
        started: the requests that started one, in order.
    """

    def __init__(self, s3: FakeS3, clock: Clock | None = None) -> None:
        super().__init__()
        self._s3 = s3
        self._clock = clock or FakeClock()
        self.jobs: dict[str, Answer] = {}
        self.started: list[Answer] = []

    def start_transcription_job(self, **request: Any) -> Answer:
        self._called("start_transcription_job")
        name = request["TranscriptionJobName"]
        _check(request)
        if name in self.jobs:
            raise _refused("ConflictException", "The requested job name already exists. Use a different job name.")
        if _key_of(request["Media"]["MediaFileUri"]) not in self._s3.objects:
            raise _refused("BadRequestException", "The S3 URI that you provided can't be accessed.")
        self.started.append(request)
        self.jobs[name] = {
            "TranscriptionJobName": name,
            "TranscriptionJobStatus": "IN_PROGRESS",
            "Media": request["Media"],
            "CreationTime": datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC),
        }
        return {"TranscriptionJob": dict(self.jobs[name])}

    def get_transcription_job(self, TranscriptionJobName: str) -> Answer:
        self._called("get_transcription_job")
        if TranscriptionJobName not in self.jobs:
            sentence = "The requested job couldn't be found. Check the job name and try your request again."
            raise client_error("BadRequestException", "GetTranscriptionJob", sentence)
        return {"TranscriptionJob": dict(self.jobs[TranscriptionJobName])}

    def complete(self, name: str, transcript: Mapping[str, Any] | bytes, language: str = "en-US") -> None:
        """The job has ended well: its transcript is in the bucket, as JSON or as these bytes.

        ``language`` is what it has identified, if it was to.
        """
        request = next(each for each in self.started if each["TranscriptionJobName"] == name)
        key, spoken = request["OutputKey"], request.get("LanguageCode", language)
        self._s3.place(key, transcript if isinstance(transcript, bytes) else json.dumps(transcript).encode())
        uri = f"https://s3.us-east-1.amazonaws.com/test-bucket/{key}"
        done = {"TranscriptionJobStatus": "COMPLETED", "LanguageCode": spoken}
        self.jobs[name] |= {**done, "Transcript": {"TranscriptFileUri": uri}}

    def break_off(self, name: str, reason: str = "") -> None:
        """The job has failed, for this ``FailureReason`` if there is one."""
        self.jobs[name] |= {"TranscriptionJobStatus": "FAILED", **({"FailureReason": reason} if reason else {})}


def _check(request: Mapping[str, Any]) -> None:
    for field, pattern in (("TranscriptionJobName", _NAME), ("OutputKey", _OUTPUT_KEY)):
        if not pattern.fullmatch(request[field]):
            raise _refused("BadRequestException", f"{field} failed to satisfy constraint: {pattern.pattern}")
    if sum(bool(request.get(name)) for name in _LANGUAGES) != 1:
        sentence = "The language code is missing. Either add a language code or turn on language identification."
        raise _refused("BadRequestException", sentence)


def _refused(code: str, sentence: str) -> ClientError:
    return client_error(code, "StartTranscriptionJob", sentence)


def _key_of(uri: str) -> str:
    return uri.removeprefix("s3://").partition("/")[2]
