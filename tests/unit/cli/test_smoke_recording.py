"""The recording of ``stockflow promote --smoke-audio``: its call, its price, and what is refused."""

import pytest

from stockflow.cli import smoke_recording as module
from stockflow.cli.smoke_recording import smoke_recording
from stockflow.errors import Unusable
from tests.helpers.scripted_engines import wav_of


@pytest.fixture(name="recording")
def a_recording(tmp_path):
    """Writes a recording of so many seconds and gives its path."""

    def write(seconds):
        path = tmp_path / "short.wav"
        path.write_bytes(wav_of("Good afternoon.", seconds=seconds, hertz=1_000))
        return path

    return write


@pytest.mark.parametrize(("seconds", "price"), [(3, "$0.006"), (15, "$0.006"), (60, "$0.024")])
def test_the_price_is_that_of_15_seconds_or_more(recording, seconds, price):
    """Amazon Transcribe is paid by the second, and for 15 of them at least."""
    assert smoke_recording(recording(seconds)).price == price


def test_a_length_that_nobody_knows_costs_at_least_the_least(recording, monkeypatch):
    """Where the header does not tell the length the price is no more than a lower bound, and says so."""
    monkeypatch.setattr(module, "duration_seconds", lambda _: None)

    assert smoke_recording(recording(60)).price == "at least $0.006"


def test_no_two_smoke_runs_are_about_the_same_call(recording):
    """The same recording is another call each time: a job of Transcribe keeps its name, and its object, for 90 days."""
    file = recording(1)

    assert smoke_recording(file).call != smoke_recording(file).call


def test_a_long_recording_is_refused(recording, monkeypatch):
    """A recording that would take minutes to upload is refused, with its size and the largest."""
    monkeypatch.setattr(module, "LARGEST_BYTES", 1_000)

    with pytest.raises(Unusable, match="1,000 are the most here"):
        smoke_recording(recording(60))


def test_what_is_no_recording_is_refused(tmp_path):
    """A transcript is no recording."""
    (tmp_path / "call.json").write_text("{}", encoding="utf-8")

    with pytest.raises(Unusable, match="is a transcript by its name"):
        smoke_recording(tmp_path / "call.json")
