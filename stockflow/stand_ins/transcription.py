"""One job's work: the header is checked, the engine hears the words, the transcript is written."""

import json
from pathlib import Path
from threading import Event
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID

from stockflow.stand_ins.audio import Header, read_header
from stockflow.stand_ins.document import Document
from stockflow.stand_ins.engines import Heard, SpeechEngine, UnreadableAudio
from stockflow.stand_ins.failures import INVALID, NO_SPEECH, JobFailed, check_header
from stockflow.stand_ins.jobs import COMPLETED, FAILED, TranscriptionJob
from stockflow.stand_ins.languages import code_for, language_of
from stockflow.stand_ins.objects import Objects


class Transcription:
    """The work of one job.

    Args:
        closing: set when nobody waits for it any more.
        codes: the language codes that Amazon Transcribe knows.
    """

    def __init__(
        self, job: TranscriptionJob, engine: SpeechEngine, objects: Objects, closing: Event, codes: tuple[str, ...]
    ) -> None:
        self._job = job
        self._engine = engine
        self._objects = objects
        self._closing = closing
        self._codes = codes

    def outcome(self) -> dict[str, Any]:
        """The members that it adds to the job's answer, its state among them."""
        try:
            with self._objects.file(self._job.media) as audio:
                return {"TranscriptionJobStatus": COMPLETED, **self._completed(audio)}
        except JobFailed as failed:
            reason = str(failed)
        except UnreadableAudio:
            reason = INVALID
        except (BotoCoreError, ClientError, OSError) as error:
            reason = f"Internal Failure: {error}"
        except Exception as error:  # noqa: BLE001 # an engine is foreign code, and the job must say what became of it
            reason = f"Internal Failure: {self._engine.name}: {type(error).__name__}: {error}"
        return {"TranscriptionJobStatus": FAILED, "FailureReason": reason}

    def _completed(self, audio: Path) -> dict[str, Any]:
        header = read_header(audio)
        check_header(header, self._job.request)
        code = self._job.request.get("LanguageCode", "")
        heard = self._engine.transcribe(audio, language_of(code) or None)
        document = self._document(heard)
        if not code and document.is_empty:
            raise JobFailed(NO_SPEECH)
        found = {} if code else self._language(heard, header)
        whole = document.whole(self._job.name, DEFAULT_ACCOUNT_ID, found)
        address = self._objects.write(*self._job.output, json.dumps(whole, ensure_ascii=False).encode())
        return {
            "MediaFormat": self._job.request.get("MediaFormat") or header.format,
            **({"MediaSampleRateHertz": header.sample_rate_hertz} if header.sample_rate_hertz else {}),
            "Transcript": {"TranscriptFileUri": address},
            **found,
        }

    def _document(self, heard: Heard) -> Document:
        document = Document(heard.language)
        for words in heard.segments:
            if self._closing.is_set():
                raise JobFailed("Internal Failure: the process ended.")
            document.add(words)
        return document

    def _language(self, heard: Heard, header: Header) -> dict[str, Any]:
        """The language that was found, with a score if the engine gives one."""
        code = code_for(heard.language, self._job.request.get("LanguageOptions", []), self._codes)
        if self._job.request.get("IdentifyMultipleLanguages"):
            return {"LanguageCodes": [{"LanguageCode": code, "DurationInSeconds": header.seconds or 0.0}]}
        score = {} if heard.language_score is None else {"IdentifiedLanguageScore": heard.language_score}
        return {"LanguageCode": code, **score}
