"""Transcription jobs: what is known of each, and the thread that runs them one after another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock, Thread
from threading import enumerate as threads
from typing import Any

from stockflow.stand_ins.objects import Media

QUEUED, IN_PROGRESS, COMPLETED, FAILED = "QUEUED", "IN_PROGRESS", "COMPLETED", "FAILED"
ENDS = frozenset({COMPLETED, FAILED})
_LEFT = "transcription job that nobody waits for"
_ECHOED = ("Media", "LanguageOptions", "IdentifyLanguage", "IdentifyMultipleLanguages")


@dataclass
class TranscriptionJob:
    """One job: what was asked for, and what came of it; times in seconds since 1970."""

    request: dict[str, Any]
    media: Media
    created: float
    status: str = QUEUED
    found: dict[str, Any] = field(default_factory=dict)
    """Further members of the answer, by their names in it."""

    @property
    def name(self) -> str:
        """Its name, which no other job has."""
        return str(self.request["TranscriptionJobName"])

    @property
    def output(self) -> tuple[str, str]:
        """Bucket and key of its transcript: the key as it stands if it is a file's, else of a folder."""
        key = str(self.request.get("OutputKey", ""))
        if not key.endswith(".json"):
            key = f"{key.rstrip('/')}/{self.name}.json".lstrip("/")
        return str(self.request["OutputBucketName"]), key

    def started(self) -> dict[str, Any]:
        """The job as StartTranscriptionJob tells it."""
        known = {name: self.request[name] for name in ("LanguageCode", *_ECHOED) if name in self.request}
        return {
            "TranscriptionJobName": self.name,
            "TranscriptionJobStatus": self.status,
            "CreationTime": self.created,
            **known,
            **self.found,
        }

    def told(self) -> dict[str, Any]:
        """The job as GetTranscriptionJob tells it."""
        settings = {"ChannelIdentification": False, "ShowAlternatives": False, **self.request.get("Settings", {})}
        return {"Settings": settings, "Transcript": {}, **self.started()}

    def summary(self) -> dict[str, Any]:
        """The job as ListTranscriptionJobs tells it."""
        left_out = ("Media", "MediaFormat", "MediaSampleRateHertz", "Transcript", "LanguageOptions")
        kept = {name: value for name, value in self.started().items() if name not in left_out}
        return {"OutputLocationType": "CUSTOMER_BUCKET", **kept}


def is_any_left() -> bool:
    """Whether a job still works though its queue was closed: an engine's own code can't be stopped."""
    return any(thread.name == _LEFT for thread in threads())


class JobQueue:
    """A thread that works at one job after another, in the order they came; it ends with the process at the latest."""

    def __init__(self) -> None:
        self.closing = Event()
        """Set when nobody waits for a job any more; a job looks at it from time to time."""
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()

    def add(self, work: Callable[[], None]) -> None:
        """Does this after what was added before."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="transcription jobs", daemon=True)
                self._thread.start()
        self._waiting.put(work)

    def close(self, wait_seconds: float) -> None:
        """Ends the thread, as soon as the job under way lets it; what still waits is left."""
        self.closing.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.name = _LEFT
            self._thread.join(wait_seconds)

    def _work(self) -> None:
        while (work := self._waiting.get()) is not None and not self.closing.is_set():
            work()
