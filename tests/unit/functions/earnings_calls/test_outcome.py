"""How a call ended."""

import pytest

from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.contracts import CallRecord
from stockflow_functions.earnings_calls.outcome import CallOutcome, not_saved, transcribed_seconds

CALL = {"symbol": "IBM", "date": "2024-04-24", "label": "", "quarter": "", "door": "audio"}


def test_record_has_every_field_of_its_contract():
    """In the contract's order, in which the manifest has them."""
    assert list(CallOutcome("IBM/2024Q1", "saved").as_dict()) == list(CallRecord.__annotations__)


def test_record_is_read_back():
    """As NotifyCalls does."""
    failure = Failure("NoSpeech", "No word was heard.", "ReadTranscript")
    outcome = CallOutcome("IBM/2024Q1", "failed", attempts=1, warnings=("One.",), error=failure)

    assert CallOutcome.from_dict(outcome.as_dict()) == outcome


def test_record_of_another_release_is_read_as_far_as_it_goes():
    """What is unknown is ignored, what is missing has its default."""
    assert CallOutcome.from_dict({"symbol": "IBM/2024Q1", "status": "saved", "mood": 1}) == CallOutcome(
        "IBM/2024Q1", "saved"
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("QuotaExhausted", "deferred"),
        ("PutOff", "deferred"),
        ("NotPublishedYet", "deferred"),
        ("NoTranscript", "failed"),
        ("NoSpeech", "failed"),
    ],
)
def test_call_with_which_nothing_is_wrong_is_deferred(error, status):
    """It goes in a later run."""
    assert not_saved("IBM/2024Q1", Failure(error, "", "FetchTranscript"), CALL, {})["status"] == status


def test_record_of_a_failed_call_has_what_was_known_of_it():
    """Whatever the states before have found out, and paid for."""
    so_far = {"looks": 7, "jobs": 2, "seconds": 60.0, "units": 9, "passages": 3, "date": "2024-03-31", "key": "x"}
    record = not_saved("IBM/2024Q1", Failure("EnginesMixed", "", "SaveTone"), CALL, so_far)

    assert (record["looks"], record["transcribed_seconds"], record["units"]) == (7, 120.0, 9)
    assert (record["passages"], record["call_date"], record["source"]) == (3, "2024-03-31", "transcribe")


@pytest.mark.parametrize(
    ("about", "seconds"),
    [({"jobs": 1, "seconds": 60.0}, 60.0), ({"jobs": 0, "seconds": 60.0}, 0.0), ({"jobs": 1}, 15.0), ({}, 0.0)],
)
def test_only_a_job_of_the_run_is_paid_for(about, seconds):
    """One that there was is another run's; one of unknown length counts as the shortest."""
    assert transcribed_seconds(about) == seconds
