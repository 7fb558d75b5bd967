"""What Plan says."""

import pytest

from stockflow.testing import NOON_MS
from stockflow_functions.domain.budget.arithmetic import Slots
from stockflow_functions.pacing.sentence import (
    counted,
    overruled_sentence,
    quota_sentence,
    slots_sentence,
    spoken,
)
from tests.helpers.terms import terms


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (50, "0.05 s"),
        (2000, "2 s"),
        (8572, "8.572 s"),
        (12_000, "12 s"),
        (500_250, "8 min 20 s"),
        (3_600_000, "1 h"),
        (86_399_999, "23 h 59 min 59 s"),
    ],
)
def test_times_are_said_as_people_say_them(milliseconds, words):
    """Short ones exactly, long ones to the second."""
    assert spoken(milliseconds) == words


def test_one_is_not_many():
    """1 request, 2 requests."""
    assert [counted(number, "request") for number in (0, 1, 2)] == ["0 requests", "1 request", "2 requests"]


def test_run_of_its_own_hears_its_times():
    """From when to when, and how fast."""
    sentence = slots_sentence(Slots(NOON_MS, 2000, 3), NOON_MS, "Alpha Vantage")

    assert sentence == "3 requests from 2026-11-20T17:00:00.000Z to 2026-11-20T17:00:04.000Z, one every 2 s."


def test_run_behind_another_hears_when_its_first_slot_is():
    """Two symbols behind five hundred."""
    sentence = slots_sentence(Slots(NOON_MS + 1_000_000, 2000, 2), NOON_MS, "Alpha Vantage")

    assert sentence.endswith("; the first is in 16 min 40 s, behind those of other runs.")


def test_run_in_a_hold_off_hears_why_it_waits():
    """The vendor asked for it, not other runs."""
    sentence = slots_sentence(Slots(NOON_MS + 4000, 2000, 1), NOON_MS, "Alpha Vantage", held=True)

    assert sentence.endswith("; the first is in 4 s, because Alpha Vantage asked for a slower pace.")


def test_single_request_has_no_pace():
    """One request is at one time."""
    assert slots_sentence(Slots(NOON_MS, 2000, 1), NOON_MS, "Alpha Vantage") == "1 request at 2026-11-20T17:00:00.000Z."


@pytest.mark.parametrize(
    ("limit", "left", "deferred", "spent", "sentence"),
    [
        (25, 22, 0, False, "The day's 25 requests pay for 22 more before R."),
        (
            25,
            0,
            5,
            False,
            "5 symbols left for the next scheduled run: the day's 25 requests (REQUESTS_PER_DAY) pay for no more before R.",  # noqa: E501
        ),
        (
            0,
            None,
            1,
            True,
            "1 symbol left for the next scheduled run: Alpha Vantage said that the day's requests are spent, until R.",
        ),
        (0, None, 7, False, "7 symbols left for the next scheduled run: one run takes no more."),
        (0, None, 0, False, ""),
    ],
)
def test_quota_is_said_with_its_reset(limit, left, deferred, spent, sentence):
    """What is left, or what waits and why."""
    requests = {"day_limit": limit, "day_left": left, "day_resets_at": "R"}

    assert quota_sentence(requests, deferred, "Alpha Vantage", spent=spent) == sentence


def test_stricter_run_is_named_by_its_settings():
    """Both settings, and the terms that hold."""
    overruled = terms(12_000, 25)
    overruled = type(overruled)(12_000, 25, 1, overruled.days, ("REQUESTS_PER_MINUTE", "REQUESTS_PER_DAY"))

    assert overruled_sentence(overruled) == (
        "Another run under way has a stricter REQUESTS_PER_MINUTE and REQUESTS_PER_DAY, which holds for both: "
        "one request every 12 s and 25 requests a day."
    )
    assert not overruled_sentence(terms())
