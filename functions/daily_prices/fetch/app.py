"""Fetch: one request to the vendor in its slot; the answer goes to S3 as it came, except for the API key."""

from contextlib import suppress

from stockflow_functions.daily_prices.calls import call_for, not_saved
from stockflow_functions.daily_prices.contracts import Answer, FetchEvent, MovedPriceSlot, PlannedRun, SymbolRecord
from stockflow_functions.daily_prices.fetch.request import ask_for_bars, ask_for_splits, note_refusal
from stockflow_functions.daily_prices.outcome import Failure
from stockflow_functions.daily_prices.slot import FULL, SPLITS
from stockflow_functions.domain.errors import InvalidApiKey, SlotMoved, StockflowError
from stockflow_functions.pacing.asking import in_its_slot
from stockflow_functions.pacing.contracts import PlannedSlot
from stockflow_functions.pacing.request import PacedRequest
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import VENDOR, Services
from stockflow_functions.runtime.state import StateFunction


def fetch(event: FetchEvent, services: Services) -> Answer:
    """One request, in its slot.

    A follow-up request for an answer that is already good never fails the symbol: if it finds no answer, the reason is
    passed on under ``asked``.

    Raises:
        SlotMoved: the request has another slot.
        StockflowError: what the vendor's answer means; see functions/domain/errors.py.
    """
    question = _question_in(event["slot"])
    return _follow_up(event, *question, services) if question else _bars(event, event["run"], services)


def _question_in(slot: PlannedSlot | MovedPriceSlot) -> tuple[str, Answer] | None:
    """What Transform asks, and the answer that raised the question."""
    return (slot["asks"], slot["answer"]) if "answer" in slot else None


def _follow_up(event: FetchEvent, asks: str, before: Answer, services: Services) -> Answer:
    """Asks Transform's question about the answer ``before``: the new answer, or the old one and why there is none."""
    request, answer, why_not, symbol = _request(event), before, "", event["symbol"]
    try:
        if asks == SPLITS:
            in_its_slot(request, services, lambda client: ask_for_splits(client, symbol, services))
        else:
            answer = _bars(event, {**event["run"], "outputsize": FULL}, services)
    except (SlotMoved, InvalidApiKey):
        raise
    except StockflowError as refusal:
        why_not = services.redactor.clean(str(refusal))
        with suppress(StockflowError):
            note_refusal(refusal, asks, symbol, services)
    asked = {**before.get("asked", {}), asks: why_not}
    return {**answer, "attempts": request.made_by_the_end, "asked": asked}


def _bars(event: FetchEvent, run: PlannedRun, services: Services) -> Answer:
    request = _request(event)
    return in_its_slot(
        request,
        services,
        lambda client: ask_for_bars(client, run, request.symbol, request.made_by_the_end, services),
    )


def _request(event: FetchEvent) -> PacedRequest:
    run = event["run"]
    return PacedRequest.of(run, event["symbol"], event["slot"], event["retry_count"], whole=run["outputsize"] == FULL)


def call_of(event: FetchEvent) -> Call:
    """Which call of Fetch it is: retries and moved slots count."""
    return call_for(event["run"], event["symbol"], event["retry_count"] + event["slot"]["moves"])


def _failed(event: FetchEvent, failure: Failure, error: Exception) -> SymbolRecord:
    return not_saved(event["symbol"], failure, _request(event).made_before(error))


handler = StateFunction("Fetch", fetch, call_of, outcome=_failed, clients=("s3", "dynamodb", "secretsmanager", VENDOR))
