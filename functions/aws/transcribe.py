"""Amazon Transcribe's batch jobs, with its errors under the workflow's names."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.errors import AWS_ERRORS, DENIED, AwsError, code_of
from stockflow_functions.domain.errors import (
    AudioRefused,
    StockflowError,
    StorageDenied,
    TranscriberBusy,
)

QUEUED, IN_PROGRESS, COMPLETED, FAILED = "QUEUED", "IN_PROGRESS", "COMPLETED", "FAILED"
MOST_SPEAKERS = 30
"""It tells no more apart: it folds further voices into one (docs.aws.amazon.com/transcribe, diarization)."""

_REACHED = frozenset({"BadRequestException", "ValidationException"})
_BUSY_WORDS = "too many jobs running"
"""Until 2018 Transcribe said so in a BadRequestException (boto/boto3#1633)."""
_NOT_FOUND = ("NotFoundException", "couldn't be found")
"""Its model declares the first, recorded answers have the second, in a BadRequestException."""
_NO_ACCESS = "can't be accessed"


@dataclass(frozen=True)
class JobState:
    """A transcription job as Transcribe describes it.

    Attributes:
        status: QUEUED, IN_PROGRESS, COMPLETED or FAILED.
        media: the S3 URI that it was given.
        created_ms: when it was made, in milliseconds; 0 if it does not say.
        reason: why it failed; "" otherwise.
        output_key: of the transcript in the bucket; "" while there is none.
        language: that of the recording, such as ``en-US``, also where it was identified; "" while it is not known.
    """

    name: str
    status: str
    media: str
    created_ms: int
    reason: str
    output_key: str
    language: str


class Transcriber:
    """Starts and describes jobs.

    Each method raises ``TranscriberBusy`` where Transcribe is throttled, full or down, and ``StorageDenied`` where this
    role may not do it.
    """

    def __init__(self, client: Any, bucket: Bucket) -> None:
        self._client = client
        self._bucket = bucket

    def start(self, name: str, key: str, output_key: str, language: str) -> bool:
        """Starts a job for the recording under the key; returns whether it did: False if a job has that name.

        Args:
            output_key: where the transcript goes, in the same bucket; it ends in ``.json``.
            language: such as ``en-US``; "" to have it identified.

        Raises:
            AudioRefused: Transcribe refuses the recording or the language.
            StorageDenied: also where the caller's role may not read the recording or write the transcript.
        """
        spoken = {"LanguageCode": language} if language else {"IdentifyLanguage": True}
        try:
            self._client.start_transcription_job(
                TranscriptionJobName=name,
                Media={"MediaFileUri": self._uri(key)},
                OutputBucketName=self._bucket.name,
                OutputKey=self._bucket.full_key(output_key),
                Settings={"ShowSpeakerLabels": True, "MaxSpeakerLabels": MOST_SPEAKERS},
                **spoken,
            )
        except AWS_ERRORS as error:
            if code_of(error) == "ConflictException":
                return False
            raise _named(error, "start a transcription job", key) from error
        return True

    def find(self, name: str) -> JobState | None:
        """The job of that name, or None if there is none."""
        try:
            job = self._client.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
        except AWS_ERRORS as error:
            if code_of(error) == _NOT_FOUND[0] or _NOT_FOUND[1] in _words(error):
                return None
            raise _named(error, "look at a transcription job", name) from error
        created = job.get("CreationTime")
        return JobState(
            name=name,
            status=str(job["TranscriptionJobStatus"]),
            media=str(job.get("Media", {}).get("MediaFileUri", "")),
            created_ms=int(created.timestamp() * 1000) if created else 0,
            reason=str(job.get("FailureReason", "")),
            output_key=self._key_of(str(job.get("Transcript", {}).get("TranscriptFileUri", ""))),
            language=str(job.get("LanguageCode", "")),
        )

    def is_about(self, job: JobState, key: str) -> bool:
        """Whether the job is about the recording under the key."""
        return job.media == self._uri(key)

    def _uri(self, key: str) -> str:
        return f"s3://{self._bucket.name}/{self._bucket.full_key(key)}"

    def _key_of(self, uri: str) -> str:
        """``https://s3.us-east-1.amazonaws.com/<bucket>/<key>`` or ``s3://<bucket>/<key>`` to the key."""
        parts = urlsplit(uri)
        path = f"{parts.netloc}{parts.path}" if parts.scheme == "s3" else parts.path.lstrip("/")
        return unquote(path.partition("/")[2]).removeprefix(self._bucket.full_key(""))


def _named(error: AwsError, what: str, place: str) -> StockflowError:
    code, words = code_of(error), _words(error)
    if code in DENIED or _NO_ACCESS in words:
        return StorageDenied(f"This role may not {what} for {place} ({code}): grant it in the role's policy.")
    if code in _REACHED and _BUSY_WORDS not in words:
        return AudioRefused(f"{place} can't be written down: {words[:300] or code}")
    return TranscriberBusy(f"Amazon Transcribe could not {what} for {place} ({code}).")


def _words(error: AwsError) -> str:
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Message", "")) if isinstance(response, dict) else ""
