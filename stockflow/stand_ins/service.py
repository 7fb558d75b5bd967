"""Both stand-ins behind one door: a request goes to the one that its host names."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from stockflow.stand_ins.answers import Refused, Response, answered
from stockflow.stand_ins.comprehend import Comprehend
from stockflow.stand_ins.engines import SpeechEngine, ToneEngine
from stockflow.stand_ins.objects import Finder, Objects
from stockflow.stand_ins.transcribe import Transcribe

SERVICES = frozenset({"transcribe", "comprehend"})
"""The services that are answered here, as their hosts begin."""


class StandIns:
    """Amazon Transcribe and Amazon Comprehend of one embedded AWS.

    Args:
        session: the boto3 session of its functions, for S3 and for the services' models.
        speech: hears what is said in the audio; None where no engine is installed, so that no job can be started.
        tone: scores what was said.
        find: the file that holds an object already, or None.
    """

    def __init__(self, session: Any, speech: SpeechEngine | None, tone: ToneEngine, find: Finder) -> None:
        shapes = {service: _shapes(session, service) for service in SERVICES}
        self.transcribe = Transcribe(speech, Objects(session.client("s3"), find), shapes["transcribe"])
        comprehend = Comprehend(tone, shapes["comprehend"])
        self._operations: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "StartTranscriptionJob": self.transcribe.start_transcription_job,
            "GetTranscriptionJob": self.transcribe.get_transcription_job,
            "ListTranscriptionJobs": self.transcribe.list_transcription_jobs,
            "DetectSentiment": comprehend.detect_sentiment,
            "BatchDetectSentiment": comprehend.batch_detect_sentiment,
        }

    def answer(self, operation: str, body: str | bytes) -> Response:
        """The answer to one request."""
        return answered(lambda: self._operation(operation)(json.loads(body or "{}")))

    def close(self) -> None:
        """Ends the jobs."""
        self.transcribe.close()

    def _operation(self, name: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        if name not in self._operations:
            raise Refused("UnknownOperationException", f"No stand-in on this machine has {name}.")
        return self._operations[name]


def _shapes(session: Any, service: str) -> Callable[[str], Any]:
    """What an operation's input is made of, by the service's model; read when first asked for."""
    model = cache(lambda: session.client(service).meta.service_model)
    return lambda operation: model().operation_model(operation).input_shape
