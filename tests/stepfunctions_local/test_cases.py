"""Each case of MockConfigFile.json takes its way through the definition to its end.

``make test`` runs them on the embedded engine. With STEPFUNCTIONS_LOCAL_URL set, as ``make test-stepfunctions-local``
sets it, they run on AWS's Step Functions Local instead.
"""

import os

import pytest

from stockflow_functions.daily_prices.retry_policy import SERVICE_FAULTS
from stockflow_functions.domain import errors
from tests.stepfunctions_local.engines import CASES, CONFIG, Embedded, InDocker

BEGIN = ["Plan", "AnythingToFetch?", "EachSymbol", "WaitForSlot", "Fetch"]
MOVED = ["ReadNewSlot", "TakeNewSlot", "WaitForSlot", "Fetch"]
DONE = ["Transform", "Save"]
END_WELL = ["Notify", "Outcome?", "Succeeded"]
END_RED = ["Notify", "Outcome?", "SymbolsFailed"]
END_BROKEN = ["NotifyFailure", "RunFailed"]

EXPECTED = {
    "AllWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "NothingToDo": ("SUCCEEDED", None, ["Plan", "AnythingToFetch?", *END_WELL]),
    "ThrottledThenWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "LostRaceThenWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "SlotMoved": ("SUCCEEDED", None, [*BEGIN, *MOVED, *DONE, *END_WELL]),
    "TransformAsks": ("SUCCEEDED", None, [*BEGIN, "Transform", *MOVED, *DONE, *END_WELL]),
    "LambdaDiesThenWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "LambdaDies": ("FAILED", "SymbolsFailed", [*BEGIN, *DONE, "SymbolFailed", *END_RED]),
    "UnknownSymbol": ("FAILED", "SymbolsFailed", [*BEGIN, "SymbolFailed", *END_RED]),
    "QuotaSpent": ("SUCCEEDED", None, [*BEGIN, "SymbolDeferred", *END_WELL]),
    "KeyRefused": ("FAILED", "InvalidApiKey", [*BEGIN, "KeyRefused", *END_BROKEN]),
    "SaveRefused": ("FAILED", "SymbolsFailed", [*BEGIN, *DONE, "SymbolFailed", *END_RED]),
    "SlackDown": ("FAILED", "NotificationFailed", [*BEGIN, *DONE, "Notify", *END_BROKEN]),
    "InputRefused": ("FAILED", "InvalidInput", ["Plan", *END_BROKEN]),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The engine that runs a case."""
    url = os.environ.get("STEPFUNCTIONS_LOCAL_URL")
    with InDocker(url) if url else Embedded(tmp_path_factory.mktemp("out")) as chosen:
        yield chosen


@pytest.mark.parametrize("case", CASES)
def test_a_case_takes_its_way(case, engine):
    """The execution ends with the status and the error it should, by the states it should."""
    assert engine(case) == EXPECTED[case]


def test_every_case_is_expected_to_end_somehow():
    """No case is without an expectation, and no expectation without a case."""
    assert CASES.keys() == EXPECTED.keys()


def test_no_response_is_left_over():
    """Each mocked response belongs to a case."""
    assert {name for case in CASES.values() for name in case.values()} == CONFIG["MockedResponses"].keys()


def test_thrown_errors_are_ours():
    """A case throws only what the functions raise, or Lambda in their place: so a run can really go."""
    thrown = {
        response["Throw"]["Error"]
        for responses in CONFIG["MockedResponses"].values()
        for response in responses.values()
        if "Throw" in response
    }
    ours = thrown - set(SERVICE_FAULTS.error_equals)
    assert all(issubclass(getattr(errors, name), errors.StockflowError) for name in ours)
