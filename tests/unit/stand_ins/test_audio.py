"""What headers say."""

import pytest

from stockflow.stand_ins.audio import duration_seconds, read_header
from tests.helpers.scripted_engines import wav_of


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
        (b"fLaC\0\0\0\x22", "flac"),
        (b"OggS\0\x02", "ogg"),
        (b"#!AMR\n", "amr"),
        (b"\x1a\x45\xdf\xa3\x9f", "webm"),
        (b"\0\0\0\x20ftypM4A ", "m4a"),
        (b"\0\0\0\x20ftypisom", "mp4"),
        (b"ID3\x04\0", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"Good afternoon", None),
        (b"", None),
    ],
)
def test_the_format_is_told_by_the_first_bytes(tmp_path, start, kind):
    """Each of Transcribe's formats has its sign, whatever the file is called."""
    (tmp_path / "call").write_bytes(start)

    assert read_header(tmp_path / "call").format == kind


def test_the_length_is_in_the_header(tmp_path):
    """Seconds and sample rate are known without decoding."""
    (tmp_path / "call.mp3").write_bytes(wav_of("Hi.", seconds=2.5))
    header = read_header(tmp_path / "call.mp3")

    assert (header.seconds, header.sample_rate_hertz) == (2.5, 8000)


@pytest.mark.parametrize("body", [b"Good afternoon", None])
def test_a_length_that_is_not_told_is_unknown(tmp_path, body):
    """A file without a header, or no file, has no length, and that is no error."""
    if body is not None:
        (tmp_path / "call.wav").write_bytes(body)

    assert duration_seconds(tmp_path / "call.wav") is None
