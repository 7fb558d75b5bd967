"""What a smoke run of earnings calls has to show, and its run without work."""

import json
from datetime import UTC, datetime

import pytest

from stockflow_functions.earnings_calls.plan.request import calls_in, request_of
from stockflow_functions.earnings_calls.smoke import complaints, idle_input

GOOD = {
    "symbol": "EXAMPLE/2026-10-29.mp3",
    "status": "saved",
    "source": "transcribe",
    "passages": 7,
    "unscored": 1,
    "tone": 0.0,
    "engine_speech": "Amazon Transcribe",
    "engine_tone": "Amazon Comprehend",
}
DUE = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def test_a_call_that_was_judged_is_good():
    """A call that is saved, with a tone, even one of 0, and with its engines, has nothing wrong with it."""
    assert complaints(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"status": "unchanged"}, "is unchanged; it should be saved."),
        ({"status": "deferred", "tone": None}, "is deferred; it should be saved."),
        ({"unscored": 7}, "has 7 passages, 7 of them without a tone."),
        ({"passages": 0, "unscored": 0}, "has 0 passages, 0 of them without a tone."),
        ({"tone": None}, "has no tone."),
        ({"engine_tone": ""}, "does not say what judged it."),
        ({"engine_speech": ""}, "does not say what wrote it down."),
    ],
)
def test_what_is_wrong_is_said(wrong, sentence):
    """Each thing that a good version would not leave so is told in a sentence of its own."""
    assert complaints({**GOOD, **wrong}) == [f"EXAMPLE/2026-10-29.mp3 {sentence}"]


def test_a_given_transcript_was_written_down_by_nobody():
    """Only a recording needs an engine of speech."""
    assert complaints({**GOOD, "source": "given", "engine_speech": ""}) == []


def test_a_run_without_work_names_no_call():
    """Its input is one that the workflow takes, and in which there is nothing to do."""
    request = request_of(idle_input(DUE, 5, "EXAMPLE/2026-10-29.json"))

    assert calls_in(request, DUE.date()) == []


def test_no_two_runs_without_work_are_alike():
    """Another number makes another input, by which a run is recognised."""
    inputs = [json.dumps(idle_input(DUE, number, "")) for number in (0, 1, 3_599_999)]

    assert len(set(inputs)) == 3
