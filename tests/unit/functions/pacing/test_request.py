"""How many requests are made for one symbol."""

import pytest

from stockflow.testing import NOON_MS
from stockflow_functions.domain.errors import InvalidApiKey, ProviderUnavailable, PutOff, QuotaExhausted
from stockflow_functions.pacing.request import PacedRequest
from stockflow_functions.pacing.slot import Slot

RUN = {"execution": "run-1", "generation": 7, "spare_events": 0}


def request_after(tries=0, retry_count=0):
    return PacedRequest(RUN, "IBM", Slot(NOON_MS, tries=tries), retry_count)


@pytest.mark.parametrize(
    ("tries", "retry_count", "made"), [(0, 0, 1), (2, 0, 3), (2, 1, 4), (3, 2, 5), (5, 0, 6), (5, 3, 6)]
)
def test_requests_are_counted_over_retries_and_slots(tries, retry_count, made):
    """Those before the slot, and those in it; what the bound refuses is none, but a slot's first one is always made."""
    assert request_after(tries, retry_count).made_by_the_end == made


@pytest.mark.parametrize(
    ("tries", "retry_count", "too_many"), [(9, 0, False), (0, 4, False), (0, 5, True), (4, 1, True)]
)
def test_only_a_retry_can_be_one_too_many(tries, retry_count, too_many):
    """Five requests are made for a symbol, or one in each slot that it gets."""
    assert request_after(tries, retry_count).one_too_many is too_many


@pytest.mark.parametrize("kind", [QuotaExhausted, PutOff, InvalidApiKey])
def test_request_that_was_not_made_does_not_count(kind):
    """Another one has learned that it would be refused."""
    assert request_after(tries=1).made_before(kind("known already")) == 1


def test_request_that_the_vendor_did_not_answer_counts():
    """It may have arrived."""
    assert request_after(tries=1).made_before(ProviderUnavailable("no answer")) == 2


def test_request_that_the_vendor_refused_counts():
    """A refusal with the vendor's own words was an answer."""
    refusal = InvalidApiKey("wrong key")
    refusal.vendor_text = "the parameter apikey is invalid or missing"

    assert request_after(tries=1).made_before(refusal) == 2


def test_slot_of_the_plan_is_of_the_runs_generation():
    """As the event has it, it does not say so itself."""
    request = PacedRequest.of(RUN, "IBM", {"not_before": "2026-11-20T17:00:00.250Z", "moves": 0}, 1)

    assert request == PacedRequest(RUN, "IBM", Slot(NOON_MS + 250, generation=7), 1)
