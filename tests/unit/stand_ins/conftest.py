"""The stand-ins over scripted engines, in moto."""

import pytest

from stockflow.embedded.shared_moto import MOTO
from tests.helpers.scripted_engines import CallsStage, ScriptedSpeech, ScriptedTone


@pytest.fixture(scope="module", autouse=True)
def moto():
    """moto for the whole module: it takes a while to start."""
    MOTO.enter()
    yield
    MOTO.leave()


@pytest.fixture
def speech():
    """An engine that hears what is written into the file."""
    return ScriptedSpeech()


@pytest.fixture
def stage(speech):
    """moto with a Transcribe that hears by the script, and a Comprehend that knows one good and one bad word."""
    with CallsStage(speech, ScriptedTone({"record": 0.75, "loss": -0.75})) as stage:
        yield stage
        speech.go_on.set()
