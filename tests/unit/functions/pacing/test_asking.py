"""One request in its slot, and what its refusal means for the others."""

import json
from dataclasses import replace

import pytest

from stockflow.testing import NOON_MS, FakeAws
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    ProviderUnavailable,
    QuotaExhausted,
    SlotMoved,
    Throttled,
    UnknownSymbol,
)
from stockflow_functions.pacing.asking import in_its_slot
from stockflow_functions.pacing.request import MOST_REQUESTS, PacedRequest
from stockflow_functions.pacing.slot import Slot

RUN = {"execution": "run-1", "generation": 0, "spare_events": 25_000}
RECORD = "runs/run-1/symbols/BRK-B.json"


class Asked:
    """A client, and the one question that is asked through it: the answer, or the refusal."""

    def __init__(self):
        self.times = 0
        self.refusal = None
        self.before = lambda: None

    def keep_apart(self, gap_ms):
        self.gap_ms = gap_ms

    def __call__(self, client):
        assert client is self
        self.times += 1
        self.before()
        if self.refusal:
            raise self.refusal
        return "answer"


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def ask(aws):
    asked = Asked()
    aws.services.vendor = replace(aws.services.vendor, connect=lambda _url, _key, _redactor: asked)
    return asked


@pytest.fixture
def budget(aws):
    return aws.services.budget


def refused(aws, ask, kind, retry_count=0, tries=0):
    with pytest.raises(kind) as caught:
        in_its_slot(PacedRequest(RUN, "BRK-B", Slot(NOON_MS, tries=tries), retry_count), aws.services, ask)
    return caught.value


def test_what_is_asked_in_the_slot_is_returned(aws, ask):
    """Once the slot has come, and not before."""
    request = PacedRequest(RUN, "BRK-B", Slot(NOON_MS + 250), 0)

    assert in_its_slot(request, aws.services, ask) == "answer"
    assert aws.clock.ms == NOON_MS + 250


def test_requests_of_one_process_keep_most_of_the_interval(aws, ask):
    """Eight tenths of the two seconds."""
    in_its_slot(PacedRequest(RUN, "BRK-B", Slot(NOON_MS), 0), aws.services, ask)

    assert ask.gap_ms == 1600


def test_throttling_holds_everybody_off(aws, ask, budget):
    """The refusal itself is what the workflow sees."""
    ask.refusal = Throttled("slow down")

    assert str(refused(aws, ask, Throttled)) == "slow down"
    assert budget.read().hold_until_ms == NOON_MS + 2000


def test_spent_quota_is_learned_once(aws, ask):
    """The next request of any run is not made."""
    ask.refusal = QuotaExhausted("spent")

    refused(aws, ask, QuotaExhausted)
    refused(aws, ask, QuotaExhausted)

    assert ask.times == 1


def test_wrong_key_stops_its_run_and_gives_its_slots_back(aws, ask, budget):
    """One request is made; the requests that are not made are the day's again."""
    budget.reserve(ReservationRequest(25, "run-1"))
    ask.refusal = InvalidApiKey("wrong key")

    refused(aws, ask, InvalidApiKey)
    refused(aws, ask, InvalidApiKey)

    assert ask.times == 1
    assert budget.read().used == {"2026-11-20": 3}


def test_missing_key_gives_the_slots_back_too(aws, budget):
    """A stack without a key yet does not use up the day of the key it will get."""
    budget.reserve(ReservationRequest(25, "run-1"))
    aws.secrets.values.clear()

    refused(aws, Asked(), InvalidApiKey)

    assert budget.read().used == {"2026-11-20": 3}


def test_refusal_that_can_not_be_noted_is_still_the_refusal(aws, ask):
    """A table that fails just then must not hide what the vendor said."""
    ask.refusal = Throttled("slow down")
    ask.before = lambda: aws.dynamodb.fail("ThrottlingException")

    refused(aws, ask, Throttled)
    assert "could not be recorded" in aws.log.getvalue()


def test_refusal_of_one_symbol_is_no_news_for_the_others(aws, ask, budget):
    """An unknown symbol changes nothing in the budget."""
    before = budget.read()
    ask.refusal = UnknownSymbol("unknown")

    refused(aws, ask, UnknownSymbol)

    assert budget.read() == before


def test_retry_has_a_slot_of_its_own(aws, ask, budget):
    """A retry far behind other requests goes back to waiting, and makes no request."""
    budget.reserve(ReservationRequest(20))

    moved = refused(aws, ask, SlotMoved, retry_count=1)

    assert json.loads(str(moved))["not_before"] == "2026-11-20T17:00:40.000Z"
    assert ask.times == 0


def test_requests_for_one_symbol_are_bounded(aws, ask, budget):
    """After five requests the last error stands, whatever kind it was, and no slot is taken for a sixth."""
    before = budget.read()
    aws.s3.objects[RECORD] = json.dumps(
        {"error": {"type": "ProviderUnavailable", "message": "no answer", "state": "Fetch"}}
    ).encode()

    last = refused(aws, ask, ProviderUnavailable, retry_count=2, tries=MOST_REQUESTS - 2)

    assert str(last) == "no answer"
    assert (ask.times, budget.read()) == (0, before)


@pytest.mark.parametrize(
    "record", [b"{}", b'{"error": null}', b'{"error": {"type": "SystemExit", "message": "x", "state": "Fetch"}}']
)
def test_bound_holds_without_a_record_of_the_last_error(aws, ask, record):
    """Then it is taken to be throttling."""
    aws.s3.objects[RECORD] = record

    refused(aws, ask, Throttled, retry_count=MOST_REQUESTS)
    assert ask.times == 0
