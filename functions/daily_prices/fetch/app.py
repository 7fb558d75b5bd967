"""Fetch: one request to the vendor in its slot; the answer goes to S3 as it came, except for the API key."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from aws_lambda_powertools import Logger

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.calls import call_for, not_saved
from stockflow_functions.daily_prices.contracts import Answer, FetchEvent, PlannedRun, SymbolRecord
from stockflow_functions.daily_prices.fetch.request import (
    SMALLEST_GAP,
    ask_for_bars,
    ask_for_splits,
    client_of,
    note_refusal,
)
from stockflow_functions.daily_prices.fetch.slot_gate import SlotGate
from stockflow_functions.daily_prices.fetch.tries import MOST_REQUESTS, requests_before_failure, requests_by_the_end
from stockflow_functions.daily_prices.outcome import Failure
from stockflow_functions.daily_prices.slot import FULL, SPLITS, Slot
from stockflow_functions.domain import errors
from stockflow_functions.domain.budget.arithmetic import Account
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    QuotaExhausted,
    SlotMoved,
    StockflowError,
    Throttled,
)
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import VENDOR, Services
from stockflow_functions.runtime.state import StateFunction
from stockflow_functions.vendors.port import Client

T = TypeVar("T")


def fetch(event: FetchEvent, services: Services) -> Answer:
    """One request, in its slot.

    A follow-up request for an answer that is already good never fails the symbol: if it finds no answer, the reason is
    passed on under ``asked``.

    Raises:
        SlotMoved: the request has another slot.
        StockflowError: what the vendor's answer means; see functions/domain/errors.py.
    """
    slot = Slot.from_event(event["slot"], planned_in=event["run"]["generation"])
    if slot.answer is not None:
        return _follow_up(event, slot, slot.answer, services)
    return _bars(event, event["run"], slot, services)


def _follow_up(event: FetchEvent, slot: Slot, before: Answer, services: Services) -> Answer:
    """Asks Transform's question about the answer ``before``: the new answer, or the old one and why there is none."""
    answer, why_not, symbol = before, "", event["symbol"]
    try:
        if slot.asks == SPLITS:
            _in_its_slot(event, slot, services, lambda client: ask_for_splits(client, symbol, services))
        else:
            answer = _bars(event, {**event["run"], "outputsize": FULL}, slot, services)
    except (SlotMoved, InvalidApiKey):
        raise
    except StockflowError as refusal:
        why_not = services.redactor.clean(str(refusal))
        with suppress(StockflowError):
            note_refusal(refusal, slot.asks, symbol, services)
    asked = {**before.get("asked", {}), slot.asks: why_not}
    return {**answer, "attempts": requests_by_the_end(event), "asked": asked}


def _bars(event: FetchEvent, run: PlannedRun, slot: Slot, services: Services) -> Answer:
    attempts = requests_by_the_end(event)
    return _in_its_slot(
        event, slot, services, lambda client: ask_for_bars(client, run, event["symbol"], attempts, services)
    )


def _in_its_slot(event: FetchEvent, slot: Slot, services: Services, ask: Callable[[Client], T]) -> T:
    """What ``ask`` returns; what a refusal means for all requests is recorded in the budget."""
    execution, symbol, retry_count = event["run"]["execution"], event["symbol"], event["retry_count"]
    if retry_count and slot.tries + retry_count >= MOST_REQUESTS:
        raise _last_error(services.bucket, execution, symbol)
    budget = services.budget
    try:
        client = client_of(services)
    except InvalidApiKey as none:
        _share_refusal(none, budget, Account(), execution, services.logger)
        raise
    spare = services.spare_events(execution, event["run"]["spare_events"])
    gate = SlotGate(budget, services.clock, execution, spare, services.vendor)
    account, asked_ms = gate.acquire(slot, retry_count), services.clock.now_ms()
    client.keep_apart(SMALLEST_GAP * budget.interval_ms(account))
    try:
        return ask(client)
    except StockflowError as refusal:
        _share_refusal(refusal, budget, account, execution, services.logger, asked_ms)
        raise


def _share_refusal(
    refusal: StockflowError,
    budget: BudgetStore,
    account: Account,
    execution: str,
    logger: Logger,
    asked_ms: int = 0,
) -> None:
    """Records in the budget what one refusal means for all; a failing table must not hide the refusal itself."""
    try:
        if isinstance(refusal, Throttled):
            until_ms = budget.back_off(account, asked_ms)
            logger.warning("all requests back off", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, QuotaExhausted):
            until_ms = budget.mark_spent()
            logger.warning("the day's quota is spent", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, InvalidApiKey):
            budget.mark_key_refused(execution)
            budget.release(execution)
    except StockflowError as second:
        logger.warning("the refusal could not be recorded in the budget", extra={"reason": str(second)})


def _last_error(bucket: Bucket, execution: str, symbol: str) -> StockflowError:
    """The error of the symbol's last request, read from its record: the workflow passes a retry none."""
    record = bucket.get_json(keys.symbol_record(execution, symbol)) or {}
    failure = record.get("error") or {}
    kind = getattr(errors, failure.get("type", ""), None)
    if isinstance(kind, type) and issubclass(kind, StockflowError):
        return kind(failure["message"])
    return Throttled(f"{symbol} was asked for {MOST_REQUESTS} times and refused each time.")


def call_of(event: FetchEvent) -> Call:
    """Which call of Fetch it is: retries and moved slots count."""
    return call_for(event["run"], event["symbol"], event["retry_count"] + event["slot"]["moves"])


def _failed(event: FetchEvent, failure: Failure, error: Exception) -> SymbolRecord:
    return not_saved(event["symbol"], failure, requests_before_failure(event, error))


handler = StateFunction("Fetch", fetch, call_of, outcome=_failed, clients=("s3", "dynamodb", "secretsmanager", VENDOR))
