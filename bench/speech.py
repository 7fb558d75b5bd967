"""How well and how fast the local speech engines hear, and what they take on the disk.

The word error rate is the share of words that are wrong, missing or made up, after case, hyphens and punctuation are
set aside; numbers in digits count as wrong where the text has them in words. The recordings lie beside the checkout:
a reader's voice, and a synthetic voice that reads an invented call. Run it in .venv-speech, which ``make test-speech``
installs.
"""

import re
import resource
import sys
import time
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from stockflow.stand_ins.audio import duration_seconds
from stockflow.stand_ins.whisper import MODELS, PackagedModel, Whisper

AUDIO = Path(__file__).resolve().parents[2] / "shared/calls/audio"
RECORDINGS = {"a reader": ("librivox.wav", "librivox.txt"), "a synthetic voice": ("para16.wav", "para.txt")}
ENGINE = ("faster-whisper", "ctranslate2", "av", "onnxruntime", "tokenizers", "huggingface-hub", "hf-xet")
MEGABYTE = 1_000_000


def plain(text: str) -> str:
    """The words alone."""
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text.lower()).split())


def installed_mb(names: tuple[str, ...]) -> float:
    """What these distributions take on the disk."""
    files = [file for name in names for file in distribution(name).files or []]
    paths = [Path(str(file.locate())) for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file()) / MEGABYTE


def measure(model: PackagedModel) -> None:
    """Prints a line for each recording."""
    import jiwer  # noqa: PLC0415 # of the same installation as the engine

    engine = Whisper(model)
    for name, (audio, text) in RECORDINGS.items():
        list(engine.transcribe(AUDIO / audio, "en").segments)  # loads the model
        began = time.monotonic()
        heard = [word.text for segment in engine.transcribe(AUDIO / audio, "en").segments for word in segment]
        seconds = time.monotonic() - began
        wrong = jiwer.wer(plain((AUDIO / text).read_text(encoding="utf-8")), plain(" ".join(heard)))
        a_minute = seconds / (duration_seconds(AUDIO / audio) or 1) * 60
        print(f"{engine.name}, {name}: {wrong:.1%} of words wrong, {a_minute:.1f} s for a minute of audio")


def main() -> None:
    """Prints what each installed model hears, and what is missing."""
    models = [model for model in MODELS if all(map(find_spec, model.modules))]
    if not models or not AUDIO.is_dir():
        print("No speech engine or no recordings: make test-speech, then .venv-speech/bin/python bench/speech.py")
        return
    for model in models:
        measure(model)
        packages = tuple(module.replace("_", "-") for module in model.modules[1:])
        print(f"{model.name}: {installed_mb(packages):.0f} MB for the model")
    print(f"the engine of both: {installed_mb(ENGINE):.0f} MB, beside what stockflow needs anyway")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    print(f"peak memory, with all of them loaded: {peak / 1000:.1f} GB")


if __name__ == "__main__":
    main()
