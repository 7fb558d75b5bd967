"""The local engines there are on this machine."""

from importlib.util import find_spec

from stockflow.errors import Unusable
from stockflow.stand_ins.engines import WRITE_DOWN_AUDIO, SpeechEngine, ToneEngine
from stockflow.stand_ins.vader import Vader
from stockflow.stand_ins.whisper import MODELS, Whisper


def installed_speech_engine() -> SpeechEngine | None:
    """Whisper with its multilingual base model, else with its small English one; None if neither is installed."""
    return next((Whisper(model) for model in MODELS if all(map(find_spec, model.modules))), None)


def speech_engine() -> SpeechEngine:
    """The speech engine that is installed.

    Raises:
        Unusable: none is.
    """
    engine = installed_speech_engine()
    if engine is None:
        raise Unusable(f"{WRITE_DOWN_AUDIO}.")
    return engine


def tone_engine() -> ToneEngine:
    """The tone engine of every installation."""
    return Vader()
