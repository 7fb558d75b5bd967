"""In place of Amazon Transcribe: transcription jobs over a local engine, with its names, states and refusals."""

from collections.abc import Callable, Mapping
from functools import partial
from threading import RLock
from time import time
from typing import Any

from stockflow.stand_ins.answers import Refused
from stockflow.stand_ins.constraints import broken_constraints
from stockflow.stand_ins.document import language_in
from stockflow.stand_ins.engines import WRITE_DOWN_AUDIO, SpeechEngine
from stockflow.stand_ins.jobs import COMPLETED, ENDS, IN_PROGRESS, QUEUED, JobQueue, TranscriptionJob
from stockflow.stand_ins.languages import language_of
from stockflow.stand_ins.objects import Objects
from stockflow.stand_ins.transcription import Transcription

MOST_AT_ONCE = 100
"""Jobs that may run at the same time (docs.aws.amazon.com/transcribe, "Guidelines and quotas"; it can be raised)."""
_LARGEST_BYTES = 2048 * 1024 * 1024
_LANGUAGES = ("LanguageCode", "IdentifyLanguage", "IdentifyMultipleLanguages")
_CLOSING_SECONDS = 5
_TOO_LARGE = "The input file that you specified exceeds the maximum size of 2048.00 Mb."
_TOO_MANY = "You have too many jobs running at the same time. Try your request again later."
_NO_LANGUAGE = "The language code is missing. Either add a language code or turn on language identification."


class Transcribe:
    """StartTranscriptionJob, GetTranscriptionJob and ListTranscriptionJobs over a local engine; thread-safe.

    The engine takes one job after another; those that wait for it are ``QUEUED``. Refusals have AWS's words where those
    are on record: the answers that LocalStack recorded on AWS (tests/aws/services/transcribe), and threads of users.

    Args:
        engine: hears the words; None if there is none, so that every start is refused.
        objects: where audio is read and transcripts are written.
        input_shape: botocore's shape of an operation's input.
        now: the time in seconds since 1970.
    """

    def __init__(
        self,
        engine: SpeechEngine | None,
        objects: Objects,
        input_shape: Callable[[str], Any],
        now: Callable[[], float] = time,
    ) -> None:
        self.most_at_once = MOST_AT_ONCE
        self._engine = engine
        self._objects = objects
        self._input_shape = input_shape
        self._now = now
        self._jobs: dict[str, TranscriptionJob] = {}
        self._lock = RLock()
        self._former: dict[tuple[str, str], float] = {}
        self._queue = JobQueue()

    def start_transcription_job(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Starts a job, and returns before it has done anything.

        Raises:
            Refused: it can't be started; the sentence says why.
        """
        self._check("StartTranscriptionJob", request)
        if "OutputBucketName" not in request:
            raise Refused("BadRequestException", "This stand-in has no bucket of its own: name an OutputBucketName.")
        engine = self._engine_for(request)
        media = self._objects.media(request["Media"].get("MediaFileUri", ""))
        if media.size_bytes > _LARGEST_BYTES:
            raise Refused("BadRequestException", _TOO_LARGE)
        with self._lock:
            job = TranscriptionJob(dict(request), media, self._now())
            self._recall(job)
            running = self._check_place_for(job.name)
            self._jobs[job.name] = job
            if not running:
                self._begin(job)
            answer = job.started()
        self._queue.add(partial(self._run, job, engine))
        return {"TranscriptionJob": answer}

    def get_transcription_job(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The job as it stands.

        Raises:
            Refused: there is none of this name.
        """
        with self._lock:
            job = self._jobs.get(request.get("TranscriptionJobName", ""))
            if job is None:
                # The model declares NotFoundException for this too; AWS answered so.
                raise Refused(
                    "BadRequestException",
                    "The requested job couldn't be found. Check the job name and try your request again.",
                )
            return {"TranscriptionJob": job.told()}

    def list_transcription_jobs(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The jobs, the newest first, in one page."""
        self._check("ListTranscriptionJobs", request)
        with self._lock:
            found = [
                job.summary()
                for job in reversed(self._jobs.values())
                if request.get("Status") in {None, job.status} and request.get("JobNameContains", "") in job.name
            ]
        return {"TranscriptionJobSummaries": found}

    def know(self, transcripts: Mapping[tuple[str, str], float]) -> None:
        """Takes these for transcripts of jobs of an earlier process: on AWS a job outlives who asked for it by 90 days.

        Args:
            transcripts: bucket and key of each, and when it was written, in seconds since 1970.
        """
        self._former = dict(transcripts)

    def close(self) -> None:
        """Ends the thread; a job under way ends without a transcript."""
        self._queue.close(_CLOSING_SECONDS)

    def _check(self, operation: str, request: Mapping[str, Any]) -> None:
        if problem := broken_constraints(self._input_shape(operation), request):
            raise Refused("BadRequestException", problem)

    def _recall(self, job: TranscriptionJob) -> None:
        """Makes it a job that has ended if a process before this one has its transcript."""
        if job.output not in self._former or job.name in self._jobs:
            return
        job.created, job.status = self._former[job.output], COMPLETED
        language = language_in(self._objects.read(*job.output))
        job.found |= {
            "Transcript": {"TranscriptFileUri": self._objects.address_of(*job.output)},
            **({"LanguageCode": language} if language else {}),
        }
        self._jobs[job.name] = job

    def _check_place_for(self, name: str) -> int:
        """How many jobs run, if one of this name may be started too."""
        if name in self._jobs:
            raise Refused("ConflictException", "The requested job name already exists. Use a different job name.")
        running = sum(job.status not in ENDS for job in self._jobs.values())
        if running >= self.most_at_once:
            raise Refused("LimitExceededException", _TOO_MANY)
        return running

    def _engine_for(self, request: Mapping[str, Any]) -> SpeechEngine:
        """The engine, if it knows the language that the request names."""
        if self._engine is None:
            raise Refused("BadRequestException", f"{WRITE_DOWN_AUDIO}.")
        given = [name for name in _LANGUAGES if request.get(name)]
        if not given:
            raise Refused("BadRequestException", _NO_LANGUAGE)
        if len(given) > 1:
            raise Refused("BadRequestException", f"{' and '.join(given)} exclude each other: write one of them.")
        code = request.get("LanguageCode", "")
        if code and not self._engine.hears(language_of(code)):
            sentence = f"{self._engine.name} does not know the language {code}: hand in its transcript instead."
            raise Refused("BadRequestException", sentence)
        return self._engine

    def _begin(self, job: TranscriptionJob) -> None:
        if job.status == QUEUED:
            job.status = IN_PROGRESS
            job.found["StartTime"] = self._now()

    def _run(self, job: TranscriptionJob, engine: SpeechEngine) -> None:
        with self._lock:
            self._begin(job)
        codes = tuple(self._input_shape("StartTranscriptionJob").members["LanguageCode"].enum)
        outcome = Transcription(job, engine, self._objects, self._queue.closing, codes).outcome()
        with self._lock:
            job.status = outcome.pop("TranscriptionJobStatus")
            job.found |= {**outcome, "CompletionTime": self._now()}
