"""FetchTranscript: one request to the vendor in its slot; the answer goes to S3 as it came, except for the API key."""

import gzip
from datetime import date, timedelta

from stockflow_functions.aws import keys
from stockflow_functions.domain import quarters
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import NotPublishedYet, NoTranscript
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.earnings_calls.contracts import (
    CallProgress,
    CallRecord,
    EarningsCall,
    FetchTranscriptEvent,
    FoundTranscript,
)
from stockflow_functions.earnings_calls.outcome import not_saved
from stockflow_functions.pacing.asking import in_its_slot
from stockflow_functions.pacing.request import PacedRequest
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import VENDOR, Services
from stockflow_functions.runtime.state import StateFunction
from stockflow_functions.vendors.port import Client

PATIENCE = timedelta(days=7)
"""After the call; the vendor has its transcript a day or two later, or never."""
PATIENCE_WITHOUT_DATE = timedelta(days=90)
"""After the quarter, where the call's date is not known: companies report within that."""


def fetch(event: FetchTranscriptEvent, services: Services) -> CallProgress:
    """One request, in its slot.

    Raises:
        NotPublishedYet: the vendor has no transcript yet.
        NoTranscript: it has none, though it should have one by now.
        SlotMoved: the request has another slot.
        StockflowError: what the vendor's answer means; see functions/domain/errors.py.
    """
    request = _request(event)
    try:
        found = in_its_slot(request, services, lambda client: _ask(client, event, request.made_by_the_end, services))
    except NotPublishedYet:
        if _is_late(event["call"], services.clock.now_ms()):
            raise NoTranscript(
                f"{services.vendor.title} has no transcript of {event['symbol']}, though it should by now: check the "
                "quarter, or drop the call's recording or transcript below calls/."
            ) from None
        raise
    return {"state": "ReadTranscript", "job": None, "transcript": found}


def _request(event: FetchTranscriptEvent) -> PacedRequest:
    run = event["run"]
    return PacedRequest.of(run, event["symbol"], event["slot"], event["retry_count"])


def _ask(client: Client, event: FetchTranscriptEvent, attempts: int, services: Services) -> FoundTranscript:
    call = event["call"]
    answer = client.transcript(call["symbol"], call["quarter"])
    fetched_at = to_iso(services.clock.now_ms())
    key = keys.raw_call(call["symbol"], call["quarter"], event["run"]["execution"])
    if answer.masked:
        services.logger.warning("the answer repeats the API key, which is masked in raw/", extra={"answer": key})
    body = gzip.compress(answer.body, mtime=0)
    services.bucket.put(key, body, content_type="application/gzip", metadata={"fetched-at": fetched_at})
    return {"key": key, "fetched_at": fetched_at, "attempts": attempts, "looks": 0, "jobs": 0, "language": ""}


def _is_late(call: EarningsCall, now_ms: int) -> bool:
    today = date.fromisoformat(to_iso(now_ms)[:10])
    if call["date"] is None:
        return today > quarters.end_of(call["quarter"]) + PATIENCE_WITHOUT_DATE
    return today > date.fromisoformat(call["date"]) + PATIENCE


def call_of(event: FetchTranscriptEvent) -> Call:
    """Which call of FetchTranscript it is: retries and moved slots count."""
    repeated = event["retry_count"] + event["slot"]["moves"]
    return Call(event["run"]["execution"], event["run"]["trigger"], event["symbol"], repeated + 1)


def _failed(event: FetchTranscriptEvent, failure: Failure, error: Exception) -> CallRecord:
    made = _request(event).made_before(error)
    return not_saved(event["symbol"], failure, event["call"], {"attempts": made})


handler = StateFunction(
    "FetchTranscript", fetch, call_of, outcome=_failed, clients=("s3", "dynamodb", "secretsmanager", VENDOR)
)
