"""What the header of an audio file says: its format, its length, its sample rate. Nothing is decoded."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tinytag import TinyTag, TinyTagException

_MICROSECONDS = 1_000_000
_SIGNS = (
    (0, b"RIFF", "wav"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"#!AMR", "amr"),
    (0, b"\x1a\x45\xdf\xa3", "webm"),
    (4, b"ftypM4A", "m4a"),
    (4, b"ftyp", "mp4"),
    (0, b"ID3", "mp3"),
)
_LONGEST_SIGN_BYTES = 12
_MPEG_SYNC = 0xFFE0  # the first eleven bits of each MPEG frame


@dataclass(frozen=True)
class Header:
    """What a file's beginning says of its audio; None for what it does not say.

    ``format`` is as ``MediaFormat`` of Amazon Transcribe names it.
    """

    format: str | None = None
    seconds: float | None = None
    sample_rate_hertz: int | None = None


def read_header(path: Path) -> Header:
    """The header of an audio file.

    The length of WebM and AMR is known only where ``stockflow[speech]`` is installed.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        kind = _format_of(file.read(_LONGEST_SIGN_BYTES))
    seconds, hertz = _by_tinytag(path) or _by_av(path) or (None, None)
    return Header(kind, seconds, hertz)


def duration_seconds(path: Path) -> float | None:
    """How long the audio of a file is, by its header; None if that does not tell, or there is no such file."""
    try:
        return read_header(path).seconds
    except OSError:
        return None


def _format_of(start: bytes) -> str | None:
    for offset, sign, name in _SIGNS:
        if start[offset:].startswith(sign):
            return name
    is_mpeg = len(start) > 1 and int.from_bytes(start[:2]) & _MPEG_SYNC == _MPEG_SYNC
    return "mp3" if is_mpeg else None


def _by_tinytag(path: Path) -> tuple[float, int | None] | None:
    try:
        with path.open("rb") as file:  # without the name, whose extension may be another's
            tag = TinyTag.get(file_obj=file, tags=False)
    except TinyTagException:
        return None
    return (tag.duration, tag.samplerate) if tag.duration is not None else None


def _by_av(path: Path) -> tuple[float, int | None] | None:
    if not find_spec("av"):
        return None
    import av  # noqa: PLC0415 # of the extra

    try:
        with av.open(str(path)) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None or container.duration is None:
                return None
            return container.duration / _MICROSECONDS, stream.rate
    except av.FFmpegError:
        return None
