"""The handler of RefreshListings."""

import gzip
from datetime import date

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws.listings import read_listings, write_listings
from stockflow_functions.daily_prices.listings.app import handler, refresh
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    ProviderUnavailable,
    PutOff,
    QuotaExhausted,
    StorageDenied,
    UnexpectedAnswer,
)
from stockflow_functions.vendors.port import RawAnswer
from tests.helpers.written_listings import csv_of, listing, listings

EVENT = {"trigger": "schedule"}
DAY, WEEK_MS = date(2026, 11, 20), 7 * 86_400_000
A, B, GONE = (
    "A,Example,NYSE,Stock,1999-11-18,null,Active",
    "B,Example,NYSE,Stock,2026-11-24,null,Active",
    "GONE,Example,NYSE,Stock,1999-11-01,2024-03-15,Delisted",
)


class FakeLister:
    """Answers with its lists, or raises what it is told to; remembers when it was asked."""

    def __init__(self, clock):
        self.lists = {"active": csv_of(A), "delisted": csv_of(GONE)}
        self.asked, self.refusals, self.clock = [], {}, clock

    def keep_apart(self, gap_ms):
        self.gap_ms = gap_ms

    def listings(self, state, day=None):
        self.asked.append((state, self.clock.now_ms()))
        if state in self.refusals:
            raise self.refusals[state]
        return RawAnswer(self.lists[state].encode(), "")


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_MINUTE="30")


@pytest.fixture
def vendor(monkeypatch, aws):
    fake = FakeLister(aws.clock)
    monkeypatch.setattr("stockflow_functions.pacing.asking.client_of", lambda services: fake)
    return fake


def kept(aws):
    return read_listings(aws.services.bucket).listings


def test_the_listings_are_kept_with_their_day(aws, vendor):
    """Those of now and those of then; the day is New York's."""
    told = refresh(EVENT, aws.services)

    assert [(row.symbol, row.status) for row in kept(aws).rows] == [("A", "active"), ("GONE", "delisted")]
    assert kept(aws).as_of == DAY
    assert told == {
        "as_of": "2026-11-20",
        "listed": 1,
        "ended": 1,
        "came": 1,
        "went": 0,
        "sentence": "Listings of 2026-11-20: 1 listed, 1 ended.",
    }


def test_the_next_week_adds_to_them(aws, vendor):
    """Who came, who went, and who was there before."""
    refresh(EVENT, aws.services)
    aws.clock.sleep(WEEK_MS / 1000)
    vendor.lists = {"active": csv_of(A, B), "delisted": csv_of(GONE)}
    told = refresh(EVENT, aws.services)

    assert [(row.symbol, row.first_seen, row.last_seen) for row in kept(aws).rows] == [
        ("A", DAY, date(2026, 11, 27)),
        ("B", date(2026, 11, 27), date(2026, 11, 27)),
        ("GONE", DAY, date(2026, 11, 27)),
    ]
    assert (told["came"], told["went"]) == (1, 0)


def test_both_answers_are_kept_as_they_came(aws, vendor):
    """Like those of prices."""
    refresh(EVENT, aws.services)
    stored = {key.split("/")[2]: gzip.decompress(aws.s3.objects[key]) for key in aws.s3.objects if "raw/" in key}
    assert stored == {state: text.encode() for state, text in vendor.lists.items()}


def test_the_requests_are_made_in_slots_of_the_budget(aws, vendor):
    """An interval apart, behind those of a run, and the day pays for them."""
    run = aws.services.budget.reserve(ReservationRequest(10, "run-1"))
    refresh(EVENT, aws.services)

    (_, first_ms), (_, second_ms) = vendor.asked
    assert first_ms > run.slots.last_ms
    assert second_ms - first_ms == 2000
    assert sum(aws.services.budget.read().used.values()) == 12


@pytest.mark.parametrize("left", [0, 1])
def test_a_day_that_can_not_pay_for_both_makes_none(aws, vendor, left):
    """Half an answer is of no use."""
    aws.services.budget.reserve(ReservationRequest(25 - left, "run-1"))
    with pytest.raises(QuotaExhausted, match="do not leave the 2 that a refresh of listings takes"):
        refresh(EVENT, aws.services)
    assert vendor.asked == []


def test_slots_far_ahead_are_not_waited_for(aws, vendor):
    """A large run has them; nothing is reserved."""
    busy = aws.services_with(REQUESTS_PER_DAY="0")
    last_ms = busy.budget.reserve(ReservationRequest(400, "run-1")).slots.last_ms
    with pytest.raises(PutOff, match="more than 10 minutes ahead"):
        refresh(EVENT, busy)
    assert busy.budget.read().last_slot_ms == last_ms


@pytest.mark.parametrize(
    "refusal", [ProviderUnavailable("No answer."), QuotaExhausted("Spent."), InvalidApiKey("No key.")]
)
@pytest.mark.parametrize("state", ["active", "delisted"])
def test_a_refusal_leaves_the_listings_as_they_are(aws, vendor, refusal, state):
    """And says which those are."""
    refresh(EVENT, aws.services)
    before = aws.s3.objects["listings.parquet"]
    aws.clock.sleep(WEEK_MS / 1000)
    vendor.refusals = {state: refusal}

    with pytest.raises(type(refusal), match="The listings of 2026-11-20 stay as they are"):
        refresh(EVENT, aws.services)
    assert aws.s3.objects["listings.parquet"] == before


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (csv_of(), "listing is empty"),
        ("A,Example\r\n", "does not begin with symbol,name"),
        (csv_of(GONE.replace("Delisted", "Active")), None),
    ],
)
def test_an_answer_that_can_not_be_believed_leaves_them_too(aws, vendor, answer, said):
    """Empty, or no listing; one that lacks a row of one is believed only if that was a tenth at most."""
    vendor.lists["active"] = csv_of(A, B)
    refresh(EVENT, aws.services)
    before = aws.s3.objects["listings.parquet"]
    aws.clock.sleep(WEEK_MS / 1000)
    vendor.lists["active"] = answer

    with pytest.raises(UnexpectedAnswer, match=said or "1 symbols that are active, and that of 2026-11-20 had 2"):
        refresh(EVENT, aws.services)
    assert aws.s3.objects["listings.parquet"] == before


def test_a_first_refusal_says_that_there_are_none(aws, vendor):
    """Nothing stays."""
    vendor.refusals = {"active": ProviderUnavailable("No answer.")}
    with pytest.raises(ProviderUnavailable, match="There are no listings yet"):
        refresh(EVENT, aws.services)


def test_damaged_listings_are_not_overwritten(aws, vendor):
    """They may be a newer release's, or worth mending; no request is made for them."""
    aws.services.bucket.put("listings.parquet", b"no table")
    with pytest.raises(StorageDenied, match="is no table of listings"):
        refresh(EVENT, aws.services)
    assert vendor.asked == []


def test_a_lost_race_is_run_again_without_a_request(aws, vendor):
    """Somebody else refreshed them between the read and the write."""
    refresh(EVENT, aws.services)
    asked = vendor.listings

    def and_others_write(state):
        stored = read_listings(aws.services.bucket)
        if state == "active":
            others = listings(*stored.listings.rows, listing("OLD", ends="2001-01-02"), as_of=DAY)
            write_listings(aws.services.bucket, others, stored)
        return asked(state)

    vendor.listings = and_others_write
    refresh(EVENT, aws.services)
    assert ([row.symbol for row in kept(aws).rows], len(vendor.asked)) == (["A", "GONE", "OLD"], 4)


def test_the_handler_leaves_no_record_of_a_run(aws, vendor):
    """It belongs to none, also where it fails."""
    vendor.refusals = {"active": ProviderUnavailable("No answer.")}
    with pytest.raises(ProviderUnavailable):
        handler.run(EVENT, None, aws.services)
    assert [key for key in aws.s3.objects if key.startswith("runs/")] == []
