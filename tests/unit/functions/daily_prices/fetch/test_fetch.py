"""The handler of Fetch."""

import gzip
import json
from datetime import date

import pytest

from stockflow.testing import NOON_MS, FakeAws
from stockflow_functions.daily_prices.fetch.app import fetch, handler
from stockflow_functions.daily_prices.slot import FULL, SPLITS
from stockflow_functions.domain.actions.answers import Listed
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import (
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    SlotMoved,
    StorageUnavailable,
    Throttled,
    UnexpectedAnswer,
    UnknownSymbol,
)
from stockflow_functions.domain.prices.known_splits import Split
from stockflow_functions.pacing.request import MOST_REQUESTS
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.vendors.port import RawAnswer

RUN = {
    "execution": "run-1",
    "trigger": "console",
    "series": "daily",
    "outputsize": "compact",
    "generation": 0,
    "spare_events": 25_000,
}
RAW = "raw/daily/BRK-B/run-1.json.gz"
RECORD = "runs/run-1/symbols/BRK-B.json"
ANSWER = {
    "key": RAW,
    "bytes": 3,
    "fetched_at": "2026-11-20T17:00:00.000Z",
    "last_refreshed": "2026-11-19",
    "attempts": 1,
}


class FakeVendor:
    """Answers, or raises what it is told to; remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.refusal = None
        self.unreadable = ()

    def keep_apart(self, gap_ms):
        self.gap_ms = gap_ms

    def bars(self, symbol, series, outputsize):
        self._ask(("bars", symbol, series, outputsize))
        return RawAnswer(b'{"Meta Data": {}}', "2026-11-19")

    def splits(self, symbol):
        self._ask(("splits", symbol))
        return Listed([Split(date(2020, 8, 31), 4.0)], self.unreadable)

    def _ask(self, question):
        self.asked.append(question)
        if self.refusal:
            raise self.refusal


@pytest.fixture
def vendor(monkeypatch):
    fake = FakeVendor()
    monkeypatch.setattr("stockflow_functions.pacing.asking.client_of", lambda services: fake)
    return fake


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def budget(aws):
    return aws.services.budget


def event(retry_count=0, moves=0, tries=0, **question):
    return {
        "run": RUN,
        "symbol": "BRK-B",
        "slot": json.loads(Slot(NOON_MS, moves, tries, carried=question).as_message()),
        "retry_count": retry_count,
    }


def refused(aws, kind, **more):
    with pytest.raises(kind) as caught:
        fetch(event(**more), aws.services)
    return caught.value


def test_answer_is_stored_unchanged_and_pointed_to(aws, vendor):
    """The state carries a pointer and counts, never rows; the object is the vendor's body."""
    result = fetch(event(), aws.services)

    assert gzip.decompress(aws.s3.objects[RAW]) == b'{"Meta Data": {}}'
    assert aws.s3.metadata[RAW]["last-refreshed"] == "2026-11-19"
    assert result == {
        "key": RAW,
        "bytes": 17,
        "fetched_at": "2026-11-20T17:00:00.000Z",
        "last_refreshed": "2026-11-19",
        "attempts": 1,
    }


def test_same_body_is_stored_as_the_same_bytes(aws, vendor):
    """No time gets into the gzip header."""
    fetch(event(), aws.services)
    before = aws.s3.objects[RAW]
    aws.clock.ms += 90_000_000

    fetch({**event(), "slot": {"not_before": "2026-11-21T18:00:00.000Z", "moves": 0}}, aws.services)

    assert aws.s3.objects[RAW] == before


def test_vendor_is_asked_for_what_the_run_asks(aws, vendor):
    """Series and size are the run's."""
    fetch(event(), aws.services)

    assert vendor.asked == [("bars", "BRK-B", "daily", "compact")]


def test_what_the_bound_refuses_is_no_attempt(aws, vendor):
    """A symbol that was asked for five times has five attempts, however often its last error is raised again."""
    vendor.refusal = ProviderUnavailable("no answer")

    for retry_count in range(3):
        with pytest.raises(ProviderUnavailable):
            handler.run(event(retry_count, tries=MOST_REQUESTS - 1), None, aws.services)

    assert len(vendor.asked) == 1
    assert json.loads(aws.s3.objects[RECORD])["attempts"] == MOST_REQUESTS


def test_answer_that_can_not_be_stored_may_heal(aws, vendor):
    """The workflow tries again, and pays for another request."""
    aws.s3.fail("SlowDown")

    refused(aws, StorageUnavailable)


def test_attempts_are_the_requests_that_were_made(aws, vendor):
    """A slot that was only exchanged costs no request; one that was tried before does."""
    assert fetch(event(moves=2), aws.services)["attempts"] == 1
    assert fetch(event(moves=2, tries=2), aws.services)["attempts"] == 3


def test_question_for_splits_is_answered_beside_the_answer(aws, vendor):
    """The answer that raised the question goes on unchanged; the splits are kept for later runs."""
    result = fetch(event(asks=SPLITS, answer=ANSWER, moves=1, tries=1), aws.services)

    assert vendor.asked == [("splits", "BRK-B")]
    assert result == {**ANSWER, "attempts": 2, "asked": {"splits": ""}}
    assert aws.s3.json("splits/BRK-B.json")["splits"] == [{"effective_date": "2020-08-31", "split_factor": 4.0}]
    assert "unreadable" not in aws.s3.json("splits/BRK-B.json")


def test_splits_that_can_not_be_read_are_counted_beside_the_others(aws, vendor):
    """Whoever reads the file does not take it for all there are."""
    vendor.unreadable = ["{}", "3"]
    fetch(event(asks=SPLITS, answer=ANSWER), aws.services)
    found = aws.s3.json("splits/BRK-B.json")
    assert (len(found["splits"]), found["unreadable"]) == (1, 2)


def test_question_for_the_whole_history_replaces_the_answer(aws, vendor):
    """The new body takes the place of the one that could not be judged."""
    result = fetch(event(asks=FULL, answer={**ANSWER, "asked": {"splits": ""}}, moves=1), aws.services)

    assert vendor.asked == [("bars", "BRK-B", "daily", "full")]
    assert (result["bytes"], result["asked"]) == (17, {"splits": "", "full": ""})


@pytest.mark.parametrize("refusal", [Throttled("slow down"), QuotaExhausted("slow down"), UnknownSymbol("slow down")])
def test_question_without_an_answer_fails_nobody(aws, vendor, refusal):
    """The good answer goes on, with the reason why the question stays open."""
    vendor.refusal = refusal

    assert fetch(event(asks=SPLITS, answer=ANSWER), aws.services)["asked"] == {"splits": "slow down"}


@pytest.mark.parametrize(("outputsize", "asked"), [("full", 1), ("compact", 2)])
def test_a_plan_without_whole_histories_is_asked_for_one(aws, vendor, outputsize, asked):
    """What is refused to a plan is refused of every symbol; any other refusal may be the symbol's own."""
    vendor.refusal = PremiumRequired("not in your plan")
    run = {**RUN, "outputsize": outputsize}

    for symbol in ("BRK-B", "IBM"):
        with pytest.raises(PremiumRequired):
            fetch({**event(), "run": run, "symbol": symbol}, aws.services)

    assert len(vendor.asked) == asked


def test_a_plan_without_whole_histories_keeps_the_rest_of_its_day(aws, vendor, budget):
    """The slots of the others are given back; those of the next seconds may be under way already."""
    budget.reserve(ReservationRequest(25, "run-1"))
    vendor.refusal = PremiumRequired("not in your plan")

    with pytest.raises(PremiumRequired):
        fetch({**event(), "run": {**RUN, "outputsize": "full"}}, aws.services)

    assert budget.read().used == {"2026-11-20": 3}


@pytest.mark.parametrize("refusal", [UnknownSymbol, PremiumRequired, UnexpectedAnswer])
def test_question_that_the_vendor_refuses_is_remembered(aws, vendor, refusal):
    """The next run would be refused too, and pay for it; what was known of splits is left alone."""
    vendor.refusal = refusal("no such thing")
    aws.s3.objects["splits/BRK-B.json"] = b"{}"
    fetch(event(asks=SPLITS, answer=ANSWER), aws.services)

    assert aws.s3.json("splits/refused/BRK-B.json") == {
        "symbol": "BRK-B",
        "asked_at": "2026-11-20T17:00:00.000Z",
        "error": refusal.__name__,
        "message": "no such thing",
    }
    assert aws.s3.json("splits/BRK-B.json") == {}


@pytest.mark.parametrize(
    ("asks", "refusal"),
    [(SPLITS, Throttled("no")), (SPLITS, ProviderUnavailable("no")), (FULL, PremiumRequired("no"))],
)
def test_other_refusals_of_a_question_are_forgotten(aws, vendor, asks, refusal):
    """They say nothing about the splits; tomorrow's answer may be another."""
    vendor.refusal = refusal
    fetch(event(asks=asks, answer=ANSWER), aws.services)

    assert "splits/refused/BRK-B.json" not in aws.s3.objects


def test_refusal_that_can_not_be_noted_fails_nobody(aws, vendor):
    """It costs a request more in the next run."""
    vendor.refusal = UnknownSymbol("no such thing")
    aws.s3.fail("SlowDown")

    assert fetch(event(asks=SPLITS, answer=ANSWER), aws.services)["asked"] == {"splits": "no such thing"}


def test_question_may_have_to_wait_as_any_request(aws, vendor, budget):
    """A back-off moves it; the question stays in its slot."""
    budget.reserve(ReservationRequest(20))
    budget.back_off(budget.read(), NOON_MS)

    moved = Slot.from_event(json.loads(str(refused(aws, SlotMoved, asks=SPLITS, answer=ANSWER))))

    assert moved.carried == {"asks": SPLITS, "answer": ANSWER}


def test_handler_records_the_failure_without_the_key(aws, vendor):
    """Neither the symbol's record nor the log carries the key."""
    aws.services.redactor.learn("SECRETKEY1234567")
    vendor.refusal = UnknownSymbol("asked with SECRETKEY1234567")

    with pytest.raises(UnknownSymbol, match="redacted"):
        handler.run(event(), None, aws.services)

    assert aws.s3.json(RECORD)["error"]["type"] == "UnknownSymbol"
    assert "SECRETKEY1234567" not in aws.log.getvalue() + aws.s3.objects[RECORD].decode()
