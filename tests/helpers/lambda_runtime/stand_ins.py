"""Amazon Transcribe and Amazon Comprehend for a function's process: the stand-ins over HTTP, on engines of a test."""

from http import HTTPStatus
from typing import Any, Self

from stockflow.local_servers.server import LocalHandler, LocalServer
from stockflow.stand_ins.engines import SpeechEngine, ToneEngine
from stockflow.stand_ins.service import StandIns


class StandInsOverHttp(LocalServer):
    """Both services at one address on 127.0.0.1, open as a context manager.

    Args:
        session: whose S3 has the recordings and takes the transcripts.
        speech: hears what is said.
        tone: scores it.
    """

    def __init__(self, session: Any, speech: SpeechEngine, tone: ToneEngine) -> None:
        super().__init__(_Handler)
        self.stand_ins = StandIns(session, speech, tone, lambda _bucket, _key: None)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a function's clients here."""
        return {f"AWS_ENDPOINT_URL_{name}": self.base_url for name in ("TRANSCRIBE", "COMPREHEND")}

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def close(self) -> None:
        """Stops listening, and ends the jobs."""
        super().close()
        self.stand_ins.close()


class _Handler(LocalHandler):
    server: StandInsOverHttp

    def do_POST(self) -> None:  # noqa: N802 # the name that http.server calls
        """One operation, which the header X-Amz-Target names: ``Comprehend_20171127.DetectSentiment``."""
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        status, headers, body = self.server.stand_ins.answer(operation, self.body())
        self.answer(HTTPStatus(status), body.encode() if isinstance(body, str) else body, headers)
