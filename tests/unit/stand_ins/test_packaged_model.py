"""Models out of packages, without an engine that runs them."""

import hashlib
import sys

import pytest

from stockflow.errors import Unusable
from stockflow.stand_ins.whisper import PackagedModel

WHOLE = b"first half, second half"


@pytest.fixture
def model(tmp_path, monkeypatch):
    """Gives a model in two halves, in a package each; ``sha256`` is what it should have."""
    for name, half in (("model_half_1", WHOLE[:11]), ("model_half_2", WHOLE[11:])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "model.bin").write_bytes(half)
    monkeypatch.syspath_prepend(tmp_path)

    def of(sha256):
        return PackagedModel(
            name="half and half",
            modules=("engine", "model_half_1", "model_half_2"),
            places={"model.bin": (("model_half_1", "model.bin"), ("model_half_2", "model.bin"))},
            sha256=sha256,
            is_english_only=True,
        )

    yield of
    for name in ("model_half_1", "model_half_2"):
        sys.modules.pop(name, None)


def test_a_model_in_parts_is_joined(model):
    """The halves lie in two packages, and are one file."""
    assert model(hashlib.sha256(WHOLE).hexdigest()).read() == {"model.bin": WHOLE}


def test_another_model_is_refused(model):
    """What has not the published hash is not loaded, and the sentence names its packages."""
    with pytest.raises(Unusable, match="model_half_1 and model_half_2 is not Whisper's half and half: install it anew"):
        model("0" * 64).read()
