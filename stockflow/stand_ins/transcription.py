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
from stockflow.stand_ins.jobs import COMPLETED, FAILED, Job, transcript_uri
from stockflow.stand_ins.objects import Objects

SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 4 * 3600
_LOWEST_HERTZ, _HIGHEST_HERTZ = 8000, 48000
_INVALID = "The data in your input media file isn't valid. Check the media file and try your request again."
_TOO_SHORT = (
    "The input media file length is too small. Minimum audio duration is 0.500000 milliseconds. "
    "Check the length of the file and try your request again."
)
_TOO_LONG = "Invalid file size: file size too large. The audio is longer than 4 hours."
_OTHER_FORMAT = "The media format provided does not match the detected media format."
_RATE = "Invalid sample rate for audio file. The sample rate must be between 8,000 and 48,000 hertz."
_OTHER_RATE = "The sample rate provided does not match the detected sample rate."
_ALIKE = frozenset({"mp4", "m4a"})
_DIALECTS = {"en": "en-US", "es": "es-US", "fr": "fr-FR", "de": "de-DE", "pt": "pt-BR", "zh": "zh-CN", "ar": "ar-SA"}
"""The code of a language that has several, since no engine tells one from the other."""


class _Failed(Exception):
    """The job fails; the sentence is its ``FailureReason``."""


class Transcription:
    """The work of one job.

    Args:
        closing: set when nobody waits for it any more.
        codes: the language codes that Amazon Transcribe knows.
    """

    def __init__(
        self, job: Job, engine: SpeechEngine, objects: Objects, closing: Event, codes: tuple[str, ...]
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
        except _Failed as failed:
            reason = str(failed)
        except UnreadableAudio:
            reason = _INVALID
        except (BotoCoreError, ClientError, OSError) as error:
            reason = f"Internal Failure: {error}"
        except Exception as error:  # noqa: BLE001 # an engine is foreign code, and the job must say what became of it
            reason = f"Internal Failure: {self._engine.name}: {type(error).__name__}: {error}"
        return {"TranscriptionJobStatus": FAILED, "FailureReason": reason}

    def _completed(self, audio: Path) -> dict[str, Any]:
        header = read_header(audio)
        self._check(header)
        code = self._job.request.get("LanguageCode", "")
        heard = self._engine.transcribe(audio, code.partition("-")[0] or None)
        bucket, key = self._job.output
        self._objects.write(bucket, key, self._document(heard))
        return {
            "MediaFormat": self._job.request.get("MediaFormat") or header.format,
            **({"MediaSampleRateHertz": header.sample_rate_hertz} if header.sample_rate_hertz else {}),
            "Transcript": {"TranscriptFileUri": transcript_uri(bucket, key)},
            **({} if code else self._language(heard, header)),
        }

    def _check(self, header: Header) -> None:
        asked = self._job.request
        given, rate = asked.get("MediaFormat"), asked.get("MediaSampleRateHertz")
        if header.format is None:
            raise _Failed(_INVALID)
        if given and given != header.format and not {given, header.format} <= _ALIKE:
            raise _Failed(_OTHER_FORMAT)
        if header.seconds is not None and header.seconds < SHORTEST_SECONDS:
            raise _Failed(_TOO_SHORT)
        if header.seconds is not None and header.seconds > LONGEST_SECONDS:
            raise _Failed(_TOO_LONG)
        if header.sample_rate_hertz and not _LOWEST_HERTZ <= header.sample_rate_hertz <= _HIGHEST_HERTZ:
            raise _Failed(_RATE)
        if rate and header.sample_rate_hertz and rate != header.sample_rate_hertz:
            raise _Failed(_OTHER_RATE)

    def _document(self, heard: Heard) -> bytes:
        document = Document(heard.language)
        for words in heard.segments:
            if self._closing.is_set():
                raise _Failed("Internal Failure: the process ended.")
            document.add(words)
        return json.dumps(document.whole(self._job.name, DEFAULT_ACCOUNT_ID), ensure_ascii=False).encode()

    def _language(self, heard: Heard, header: Header) -> dict[str, Any]:
        """The language that was found, with a score if the engine gives one."""
        options = self._job.request.get("LanguageOptions", [])
        codes = [code for code in (*options, *self._codes) if code.partition("-")[0] == heard.language]
        preferred = _DIALECTS.get(heard.language)
        code = preferred if preferred and preferred in (options or codes) else next(iter(codes), heard.language)
        if self._job.request.get("IdentifyMultipleLanguages"):
            return {"LanguageCodes": [{"LanguageCode": code, "DurationInSeconds": header.seconds or 0.0}]}
        score = {} if heard.language_score is None else {"IdentifiedLanguageScore": heard.language_score}
        return {"LanguageCode": code, **score}
