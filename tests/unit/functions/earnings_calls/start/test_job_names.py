"""The names of transcription jobs."""

import re

import pytest

from stockflow_functions.earnings_calls.start.job_names import MOST_JOBS, job_names

CALL = {"symbol": "AAPL", "date": "2026-10-29", "label": "", "key": "calls/AAPL/2026-10-29.mp3", "etag": '"1"'}
ALLOWED = re.compile(r"[0-9a-zA-Z._-]{1,200}")


def first(bucket="stockflow", language="", **changes):
    return next(job_names({**CALL, **changes}, bucket, language))


def test_name_says_whose_call_it_is():
    """To those who see it in Transcribe's console."""
    assert re.fullmatch(r"stockflow-AAPL-2026-10-29-[0-9a-f]{12}", first())
    assert first(label="investor-day").startswith("stockflow-AAPL-2026-10-29-investor-day-")


def test_same_recording_and_settings_have_the_same_name():
    """In every process and release, so that a second event, a Retry and a killed function start no second job."""
    assert first() == "stockflow-AAPL-2026-10-29-f1764dfb38d7"


@pytest.mark.parametrize(
    "change", [{"etag": '"2"'}, {"key": "calls/AAPL/2026-10-29.wav"}, {"bucket": "other"}, {"language": "en-US"}]
)
def test_other_recording_or_settings_have_another_name(change):
    """The job of the old one would give its words."""
    assert first(**change) != first()


@pytest.mark.parametrize("symbol", ["^GSPC", "M&M.BSE", "ACWV:BAT", "A" * 30])
def test_name_is_one_that_transcribe_takes(symbol):
    """Whatever the symbol, and with the longest label."""
    assert all(ALLOWED.fullmatch(name) for name in job_names({**CALL, "symbol": symbol, "label": "x" * 40}, "b", ""))


def test_further_names_are_for_jobs_after_a_failed_one():
    """A few, and no more."""
    names = list(job_names(CALL, "stockflow", ""))

    assert names[1:] == [f"{names[0]}-r{number}" for number in range(2, MOST_JOBS + 1)]
