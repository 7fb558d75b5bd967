"""The workflow input."""

from datetime import date

import pytest

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.earnings_calls.names import MOST_CALLS
from stockflow_functions.earnings_calls.plan.request import calls_in, request_of

TODAY = date(2026, 11, 20)
DROPPED = {"bucket": "stockflow", "key": "calls/AAPL/2026-10-29.mp3", "etag": "1"}


def calls(workflow_input, deferred=()):
    return [call.name for call in calls_in(request_of(workflow_input), TODAY, deferred)]


def refusal(workflow_input):
    with pytest.raises(InvalidInput) as caught:
        calls(workflow_input)
    return str(caught.value)


def test_defaults_are_those_of_somebody_at_the_console():
    """The language is found out, and nothing is done twice."""
    request = request_of({"symbols": "MSFT"})

    assert (request.language, request.force, request.trigger, request.dropped_in) == ("", False, "console", "")


def test_language_of_the_settings_is_the_default():
    """The input's own comes first."""
    assert request_of({}, "ja-JP").language == "ja-JP"
    assert request_of({"language": "en-US"}, "ja-JP").language == "en-US"


def test_calls_may_be_a_text():
    """With commas, as people type them."""
    assert calls({"symbols": "MSFT, IBM/2024Q1"}) == ["MSFT/2026Q3", "IBM/2024Q1"]


def test_dropped_object_is_a_call():
    """What S3's event says of it more than bucket and key is of no use."""
    request = request_of({"object": DROPPED, "trigger": "inbox"})

    assert request.dropped_in == "stockflow"
    assert [call.name for call in calls_in(request, TODAY)] == ["AAPL/2026-10-29.mp3"]


@pytest.mark.parametrize(
    ("workflow_input", "said"),
    [
        ([], "write an object"),
        ({"call": "AAPL"}, "'call', which is unknown"),
        ({"symbols": 1}, "write a list"),
        ({"symbols": ["MSFT"], "object": DROPPED}, "both symbols and object"),
        ({"symbols": "MSFT", "language": "english"}, "write one such as en-US"),
        ({"symbols": "MSFT", "language": 1}, "write one such as en-US"),
        ({"symbols": "MSFT", "force": "yes"}, "write true or false"),
        ({"symbols": "MSFT", "trigger": "cron"}, "write schedule or"),
        ({"object": {}}, "object is {}"),
        ({"object": {**DROPPED, "bucket": "A"}}, "object.bucket"),
        ({"object": {**DROPPED, "key": ""}}, "object.key"),
        ({}, "There are no calls"),
    ],
)
def test_input_that_can_not_be_used_is_answered_with_what_to_write(workflow_input, said):
    """One sentence, whatever it is."""
    assert said in refusal(workflow_input)


@pytest.mark.parametrize("key", ["calls/IBM/2024Q1", "calls/IBM", "calls/IBM/2024Q1@2024-04-24"])
def test_dropped_object_without_an_extension_asks_the_vendor_for_nothing(key):
    """It only looks like the name of one of the vendor's transcripts."""
    assert "has no extension" in refusal({"object": {**DROPPED, "key": key}})


def test_sentence_about_a_dropped_object_names_its_key():
    """Not a list that nobody wrote."""
    assert "(object.key)" in refusal({"object": {**DROPPED, "key": "calls/AAPL/call.mp3"}})


def test_deferred_calls_go_first():
    """They have waited longest."""
    assert calls({"symbols": "MSFT"}, ["IBM/2026Q2"]) == ["IBM/2026Q2", "MSFT/2026Q3"]


def test_more_deferred_calls_than_a_run_takes_wait_on():
    """A scheduled run never fails for them."""
    waiting = [f"S{number}/2026Q2" for number in range(80)]

    assert calls({"symbols": "MSFT"}, waiting) == [*waiting[: MOST_CALLS - 1], "MSFT/2026Q3"]


def test_scheduled_run_may_have_nothing_to_do():
    """It then only takes up what others left."""
    assert calls({"trigger": "schedule"}) == []
