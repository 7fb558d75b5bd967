"""The handler of FetchTranscript."""

import gzip
import json
from dataclasses import replace

import pytest

from stockflow.testing import NOON_MS, FakeAws
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import (
    NotPublishedYet,
    NoTranscript,
    QuotaExhausted,
    SlotMoved,
    StorageUnavailable,
    Throttled,
)
from stockflow_functions.earnings_calls.fetch.app import fetch, handler
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.vendors.port import RawAnswer

RUN = {"execution": "run-1", "trigger": "console", "generation": 0, "spare_events": 25_000}
BODY = b'{"symbol": "BRK-B", "quarter": "2026Q3", "transcript": [{}]}'
RAW = "raw/calls/BRK-B/2026Q3/run-1.json.gz"
RECORD = "runs/run-1/symbols/BRK-B%2F2026Q3.json"


class VendorOfTranscripts:
    """Has one transcript, or raises what it is told to; remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.refusal = None
        self.answer = RawAnswer(BODY, "")

    def keep_apart(self, gap_ms):
        """Nobody else asks."""

    def transcript(self, symbol, quarter):
        self.asked.append((symbol, quarter))
        if self.refusal:
            raise self.refusal
        return self.answer


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def vendor(aws):
    fake = VendorOfTranscripts()
    aws.services.vendor = replace(aws.services.vendor, connect=lambda _url, _key, _redactor: fake)
    return fake


def event(retry_count=0, day=None, quarter="2026Q3", **slot):
    place = {"key": None, "etag": None, "bytes": None}
    return {
        "run": RUN,
        "symbol": f"BRK-B/{quarter}",
        "call": {"symbol": "BRK-B", "date": day, "label": "", "quarter": quarter, "door": "vendor", **place},
        "slot": json.loads(Slot(NOON_MS, **slot).as_message()),
        "retry_count": retry_count,
    }


def test_transcript_is_stored_as_it_came_and_pointed_to(aws, vendor):
    """The state carries a pointer and counts; nobody has written anything down for it."""
    result = fetch(event(), aws.services)

    assert gzip.decompress(aws.s3.objects[RAW]) == BODY
    assert result == {
        "state": "ReadTranscript",
        "job": None,
        "transcript": {
            "key": RAW,
            "fetched_at": "2026-11-20T17:00:00.000Z",
            "attempts": 1,
            "looks": 0,
            "jobs": 0,
            "language": "",
        },
    }


def test_vendor_is_asked_for_the_company_and_its_quarter(aws, vendor):
    """Not for the call's name, which may have a date."""
    fetch(event(day="2026-11-19"), aws.services)

    assert vendor.asked == [("BRK-B", "2026Q3")]


def test_attempts_are_the_requests_that_were_made(aws, vendor):
    """A slot that was only exchanged costs none; one that was tried before does."""
    assert fetch(event(moves=2, tries=2), aws.services)["transcript"]["attempts"] == 3


def test_key_that_was_masked_is_told_in_the_log(aws, vendor):
    """With the place of the answer, and without the key."""
    vendor.answer = RawAnswer(BODY, "", masked=True)

    fetch(event(), aws.services)

    assert RAW in aws.log.getvalue()


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2026-11-19", "2026Q3"), ("2026-11-13", "2026Q3"), (None, "2026Q3")],
)
def test_call_of_these_days_waits_for_its_transcript(aws, vendor, day, quarter):
    """A week after the call, or three months after the quarter of one whose date nobody gave."""
    vendor.refusal = NotPublishedYet("not yet")

    with pytest.raises(NotPublishedYet, match="not yet"):
        fetch(event(day=day, quarter=quarter), aws.services)


@pytest.mark.parametrize(("day", "quarter"), [("2026-11-12", "2026Q3"), (None, "2026Q2")])
def test_call_of_long_ago_has_failed(aws, vendor, day, quarter):
    """It would be asked for every day; the sentence says what to do instead."""
    vendor.refusal = NotPublishedYet("not yet")

    with pytest.raises(NoTranscript, match=rf"BRK-B/{quarter}.*check the quarter, or drop .* below calls/\.$"):
        fetch(event(day=day, quarter=quarter), aws.services)


def test_throttling_holds_every_workflow_off(aws, vendor):
    """Both spend one budget."""
    vendor.refusal = Throttled("slow down")

    with pytest.raises(Throttled):
        fetch(event(), aws.services)
    assert aws.services.budget.read().hold_until_ms == NOON_MS + 2000


def test_retry_far_behind_other_requests_goes_back_to_waiting(aws, vendor):
    """Without a request."""
    aws.services.budget.reserve(ReservationRequest(20))

    with pytest.raises(SlotMoved):
        fetch(event(retry_count=1), aws.services)
    assert vendor.asked == []


def test_transcript_that_can_not_be_stored_may_be_asked_for_again(aws, vendor):
    """The workflow tries again."""
    aws.s3.fail("SlowDown")

    with pytest.raises(StorageUnavailable):
        fetch(event(), aws.services)


@pytest.mark.parametrize(
    ("refusal", "status", "attempts"),
    [
        (NotPublishedYet("not yet"), "deferred", 1),
        (QuotaExhausted("spent"), "deferred", 0),
        (Throttled("slow down"), "failed", 1),
    ],
)
def test_call_without_a_transcript_has_a_record(aws, vendor, refusal, status, attempts):
    """Deferred where nothing is wrong with it; only requests that were made are counted."""
    vendor.refusal = refusal

    with pytest.raises(type(refusal)):
        handler.run(event(), None, aws.services)

    record = aws.s3.json(RECORD)
    assert (record["symbol"], record["status"], record["attempts"]) == ("BRK-B/2026Q3", status, attempts)
    assert record["error"]["type"] == type(refusal).__name__
