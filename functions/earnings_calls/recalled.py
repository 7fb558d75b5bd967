"""What Amazon Transcribe and Amazon Comprehend answered in a run, made again from its traces: a replay asks neither."""

import gzip
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from stockflow_functions.aws import keys
from stockflow_functions.aws.transcribe import COMPLETED, FAILED, IN_PROGRESS
from stockflow_functions.domain.calls.passages import Passage, from_json
from stockflow_functions.domain.calls.tone import is_scored
from stockflow_functions.runtime.workflow import NotRecalledError, Then

_CODE = re.compile(r"\((\w+)\)")
_REASON = re.compile(r"\(job (?P<name>\S+)\): (?P<reason>.*)", re.DOTALL)
_STRANGER = re.compile(r"The transcription job (?P<name>\S+) is about (?P<media>\S+): ")
_CODES = frozenset({"TranscriberBusy", "ToneUnavailable", "StorageDenied"})
"""Errors whose sentence has the service's own code in it."""
_FOR_ITS_SAKE = frozenset({"AudioRefused", "NoSpeech"})
"""Errors of a job that failed for the recording's sake; their sentence has the job and its reason."""
_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
_NO_REASON = "it gives no reason"


def jobs_started(then: Then) -> Mapping[str, Any]:
    """Transcribe as StartTranscription met it."""
    return {"transcribe": _StartedJobs(then)}


def job_looked_at(then: Then) -> Mapping[str, Any]:
    """Transcribe as LookAtTranscription met it."""
    return {"transcribe": _LookedAtJob(then)}


def scores_given(then: Then) -> Mapping[str, Any]:
    """Comprehend as JudgeTone met it.

    Raises:
        NotRecalledError: it had scored the passages, and the scores are gone.
    """
    if then.answer:
        _judged(then)
    return {"comprehend": _GivenScores(then)}


def nobody_asked(then: Then) -> Mapping[str, Any]:
    """No client: SaveTone asks nobody, but works on what JudgeTone left.

    Raises:
        NotRecalledError: that is gone.
    """
    key = then.payload["judged"]["key"]
    if then.stored(key) is None:
        raise NotRecalledError(
            f"The judged passages of {then.payload['symbol']} are gone, as all of staged/ is after 7 days ({key}): run "
            "the call again with force."
        )
    return {}


class _StartedJobs:
    """Starts the job that was started then; every other name is taken by a job that failed, or by the one adopted."""

    def __init__(self, then: Then) -> None:
        self._then = then
        job, before = then.answer.get("job") or {}, then.payload["job"]
        self._name = str(job.get("name", ""))
        self._started = job.get("tries", 0) > before["tries"]
        self._stranger = _STRANGER.search(then.message) if then.error == "NameTaken" else None
        self._refused = _REASON.search(then.message) if then.error in _FOR_ITS_SAKE else None
        self._media = ""

    def start_transcription_job(self, **request: Any) -> dict[str, Any]:
        _refuse_as(self._then, "StartTranscriptionJob")
        if self._then.error == "AudioRefused" and not self._refused:
            words = self._then.message.partition(": ")[2]
            raise _refusal("BadRequestException", "StartTranscriptionJob", words)
        self._media = request["Media"]["MediaFileUri"]
        if self._started and request["TranscriptionJobName"] == self._name:
            return {}
        if not (self._name or self._stranger or self._refused or self._then.error == "TranscriptionFailed"):
            raise _unknown(self._then, "Amazon Transcribe")
        raise _refusal("ConflictException", "StartTranscriptionJob")

    def get_transcription_job(self, *, TranscriptionJobName: str) -> dict[str, Any]:  # noqa: N803 # boto3's own name
        media, status, reason = self._media, FAILED, ""
        if self._stranger and self._stranger["name"] == TranscriptionJobName:
            media, status = self._stranger["media"], IN_PROGRESS
        elif self._name == TranscriptionJobName:
            status = IN_PROGRESS
        elif self._refused and self._refused["name"] == TranscriptionJobName:
            reason = self._refused["reason"]
        return _job(status, Media={"MediaFileUri": media}, CreationTime=_LONG_AGO, FailureReason=reason)


class _LookedAtJob:
    """The job in the state in which it was found then."""

    def __init__(self, then: Then) -> None:
        self._then = then

    def get_transcription_job(self, **_: Any) -> dict[str, Any]:
        then = self._then
        _refuse_as(then, "GetTranscriptionJob")
        if then.answer:
            return _found(then.answer)
        if then.error == "TranscriptionStuck":
            return _job(IN_PROGRESS, CreationTime=_LONG_AGO)
        reason = _REASON.search(then.message)
        if reason:
            return _job(FAILED, FailureReason="" if reason["reason"] == _NO_REASON else reason["reason"])
        if then.error == "TranscriptionFailed":
            raise _refusal("NotFoundException", "GetTranscriptionJob")
        raise _unknown(then, "Amazon Transcribe")


class _GivenScores:
    """Gives each passage the scores that it was given then, by its text."""

    def __init__(self, then: Then) -> None:
        self._then = then
        self._passages: dict[str, Passage] | None = None

    def batch_detect_sentiment(self, *, TextList: Sequence[str], LanguageCode: str) -> dict[str, Any]:  # noqa: N803, ARG002 # boto3's own names
        found = [self._scores(text, "BatchDetectSentiment") for text in TextList]
        scored = [{"Index": index, "SentimentScore": scores} for index, scores in enumerate(found) if scores]
        return {"ResultList": scored, "ErrorList": []}

    def detect_sentiment(self, *, Text: str, LanguageCode: str) -> dict[str, Any]:  # noqa: N803, ARG002 # as above
        scores = self._scores(Text, "DetectSentiment")
        if scores is None:
            raise _refusal("InvalidRequestException", "DetectSentiment")
        return {"SentimentScore": scores}

    def _scores(self, text: str, operation: str) -> dict[str, float | None] | None:
        _refuse_as(self._then, operation)
        if self._then.answer.get("units") == 0:
            raise _refusal("UnsupportedLanguageException", operation)
        if self._passages is None:
            self._passages = {passage.text: passage for passage in _judged(self._then)}
        passage = self._passages.get(text)
        if passage is None:
            raise NotRecalledError(
                f"A passage of {self._then.payload['symbol']} is another one now than in the run, so what Amazon "
                "Comprehend would say of it is not known: add --live to ask it."
            )
        if not is_scored(passage):
            return None
        return {name.title(): getattr(passage, name) for name in ("positive", "negative", "neutral", "mixed")}


def _judged(then: Then) -> list[Passage]:
    """The passages with their scores, as JudgeTone stored them."""
    name = then.payload["symbol"]
    key = keys.judged_passages(then.payload["run"]["execution"], name)
    body = then.stored(key) if then.answer else None
    if body is None:
        raise NotRecalledError(
            f"The scores of {name}'s passages are not kept: {key} is gone, as all of staged/ is after 7 days on AWS, "
            "or was never written. Add --live to judge the call anew, which Comprehend charges for where it ran on AWS."
        )
    return from_json(gzip.decompress(body))


def _found(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The job by where the iteration went from there."""
    if answer["state"] == "ReadTranscript":
        transcript = answer["transcript"]
        place = {"TranscriptFileUri": f"s3://bucket/{transcript['key']}"}
        return _job(COMPLETED, Transcript=place, LanguageCode=transcript.get("language", ""))
    return _job(FAILED if answer["state"] == "StartTranscription" else IN_PROGRESS)


def _job(status: str, **more: Any) -> dict[str, Any]:
    return {"TranscriptionJob": {"TranscriptionJobStatus": status, **more}}


def _refuse_as(then: Then, operation: str) -> None:
    """Raises the refusal again whose code is in the sentence."""
    code = _CODE.search(then.message) if then.error in _CODES else None
    if code:
        raise _refusal(code[1], operation, "can't be accessed" if then.error == "StorageDenied" else "")


def _unknown(then: Then, service: str) -> NotRecalledError:
    what = f"it failed with {then.error} then" if then.error else "it did not finish then"
    return NotRecalledError(
        f"What {service} would answer for {then.payload['symbol']} is not known, for {what}: add --live to ask it."
    )


def _refusal(code: str, operation: str, words: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, operation)
