"""The local engine on recorded speech; skipped where it is not installed: ``make test-speech`` installs it."""

import re
import wave
from importlib.util import find_spec

import pytest

from stockflow.stand_ins.audio import duration_seconds, read_header
from stockflow.stand_ins.engines import UnreadableAudio
from stockflow.stand_ins.whisper import BASE, MODELS, TINY, Whisper


def needs(model):
    """Skips where the packages of a model are not installed."""
    reason = f"Whisper's {model.name} is not installed: make test-speech"
    return pytest.mark.skipif(not all(map(find_spec, model.modules)), reason=reason)


needs_tiny, needs_base = needs(TINY), needs(BASE)
HERTZ = 16_000


@pytest.fixture(scope="module", params=[pytest.param(model, id=model.name, marks=needs(model)) for model in MODELS])
def whisper(request):
    """The engine with one model, which takes a second to load."""
    return Whisper(request.param)


@pytest.fixture(scope="module")
def librivox(shared):
    """25 seconds of a reader's voice, and what is read."""
    folder = shared / "calls/audio"
    return folder / "librivox.wav", words_of((folder / "librivox.txt").read_text(encoding="utf-8"))


def words_of(text):
    return re.sub(r"[^a-z' ]", "", text.lower().replace("-", " ")).split()


def heard_words(heard):
    return [word for segment in heard.segments for word in segment]


def test_a_voice_is_written_down(whisper, librivox):
    """Nine of ten words of the reader's are there, in order of their times."""
    audio, said = librivox
    words = heard_words(whisper.transcribe(audio, "en"))
    found = set(words_of(" ".join(word.text for word in words)))

    assert len([word for word in said if word in found]) >= 0.9 * len(said)
    assert [word.start_seconds for word in words] == sorted(word.start_seconds for word in words)
    assert all(0 <= word.confidence <= 1 and word.end_seconds <= duration_seconds(audio) for word in words)


def test_a_word_with_a_hyphen_is_one(whisper, librivox):
    """What the model hears as two pieces of a word is joined, so that no blank gets into it."""
    words = [word.text for word in heard_words(whisper.transcribe(librivox[0], "en"))]

    assert [word for word in words if word.startswith("-")] == []
    assert "ill-disposed" in {word.strip(".,") for word in words}


def test_english_is_found_out(whisper, librivox):
    """Without a language, English is found; only the model of many languages says how sure it is."""
    heard = whisper.transcribe(librivox[0], None)

    assert (heard.language, heard.language_score is None) == ("en", whisper.name == "faster-whisper tiny.en (local)")


def test_silence_has_no_words(whisper, tmp_path):
    """Where nobody speaks, nothing is made up."""
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HERTZ)
        file.writeframes(b"\0\0" * HERTZ * 5)

    assert heard_words(whisper.transcribe(tmp_path / "silence.wav", None)) == []


def test_a_file_without_audio_is_unreadable(whisper, tmp_path):
    """What can't be decoded is told apart from what the engine gets wrong."""
    (tmp_path / "call.wav").write_bytes(b"no audio at all")

    with pytest.raises(UnreadableAudio):
        whisper.transcribe(tmp_path / "call.wav", "en")


def encode(audio, path, codec, hertz):
    """Writes the audio in another format."""
    import av  # noqa: PLC0415 # of the extra

    with av.open(str(audio)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=hertz, layout="mono")
        stream.bit_rate = 12_200 if codec.endswith("amrnb") else 64_000
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=hertz, frame_size=stream.frame_size)
        for frame in [*source.decode(audio=0), None]:
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))


@needs_tiny
@pytest.mark.parametrize(
    ("kind", "codec", "hertz"),
    [
        ("mp3", "libmp3lame", 44_100),
        ("mp4", "aac", 44_100),
        ("m4a", "aac", 44_100),
        ("flac", "flac", 44_100),
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("amr", "libopencore_amrnb", 8_000),
    ],
)
def test_each_format_of_transcribes_is_heard(librivox, tmp_path, kind, codec, hertz):
    """No other program is needed to decode any of the formats, and each tells its length without being decoded."""
    audio, said = librivox
    call = tmp_path / f"call.{kind}"
    encode(audio, call, codec, hertz)
    found = set(words_of(" ".join(word.text for word in heard_words(Whisper(TINY).transcribe(call, "en")))))

    assert len([word for word in said if word in found]) >= 0.8 * len(said)
    assert (read_header(call).format, duration_seconds(call)) == (kind, pytest.approx(24.7, abs=1))


@pytest.mark.parametrize(("model", "language", "known"), [(TINY, "en", True), (TINY, "ja", False)])
def test_the_small_model_knows_english_alone(model, language, known):
    """Any other language is not heard by it."""
    assert Whisper(model).hears(language) is known


@needs_base
@pytest.mark.parametrize(("language", "known"), [("ja", True), ("ab", False)])
def test_the_large_model_knows_what_whisper_was_trained_on(language, known):
    """Languages of Transcribe's that Whisper never heard are not known either."""
    assert Whisper(BASE).hears(language) is known
