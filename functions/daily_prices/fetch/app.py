"""Fetch: one request to the vendor in its slot; the answer goes to S3 as it came, but for the API key."""

from contextlib import suppress
from typing import Any

from stockflow_functions.aws import keys
from stockflow_functions.aws.state_table.history import SpareEvents
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.fetch.request import SMALLEST_GAP, ask_vendor, client_of, note_refusal
from stockflow_functions.daily_prices.fetch.slot import Slot
from stockflow_functions.daily_prices.fetch.turn import Turns
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
from stockflow_functions.runtime.services import VENDOR, Services
from stockflow_functions.runtime.state import MOST_REQUESTS, Event, StateFunction, requests_of


def fetch(event: Event, services: Services) -> dict[str, Any]:
    """One request, in its slot. In and out: docs/contracts.md.

    A question of Transform's about an answer that is good already never fails the symbol: where it finds no answer, the
    reason is given on under ``asked``.

    Raises:
        SlotMoved: the request has another slot.
        StockflowError: what the vendor's answer means; see functions/domain/errors.py.
    """
    slot = Slot.from_event(event["slot"], planned_in=int(event["run"].get("generation", 0)))
    if slot.answer is None:
        return {**_request(event, slot, services), "attempts": requests_of(event)}
    try:
        found, why_not = _request(event, slot, services), ""
    except (SlotMoved, InvalidApiKey):
        raise
    except StockflowError as refusal:
        found, why_not = {}, services.redactor.clean(str(refusal))
        with suppress(StockflowError):
            note_refusal(refusal, slot.asks, event["symbol"], services)
    asked = {**slot.answer.get("asked", {}), slot.asks: why_not}
    return {**slot.answer, **found, "attempts": requests_of(event), "asked": asked}


def _request(event: Event, slot: Slot, services: Services) -> dict[str, Any]:
    run, symbol, retry_count = event["run"], event["symbol"], int(event.get("retry_count", 0))
    if retry_count and slot.tries + retry_count >= MOST_REQUESTS:
        raise _last_error(services, run["execution"], symbol)
    budget = BudgetStore.of(services)
    try:
        client = client_of(services)
    except InvalidApiKey as none:
        _tell_the_others(none, budget, Account(), run["execution"], services)
        raise
    turns = Turns(budget, services.clock, run["execution"], SpareEvents(services, run), services.vendor)
    account, asked_ms = turns.take(slot, retry_count), services.clock.now_ms()
    client.keep_apart(SMALLEST_GAP * budget.interval_ms(account))
    try:
        return ask_vendor(client, run, symbol, slot.asks, services)
    except StockflowError as refusal:
        _tell_the_others(refusal, budget, account, run["execution"], services, asked_ms)
        raise


def _tell_the_others(
    refusal: StockflowError,
    budget: BudgetStore,
    account: Account,
    execution: str,
    services: Services,
    asked_ms: int = 0,
) -> None:
    """What one request learned holds for all; a table that does not answer must not hide the refusal itself."""
    try:
        if isinstance(refusal, Throttled):
            until_ms = budget.hold_off(account, asked_ms)
            services.logger.warning("all requests hold off", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, QuotaExhausted):
            until_ms = budget.mark_spent()
            services.logger.warning("the day's quota is spent", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, InvalidApiKey):
            budget.mark_key_refused(account, execution)
            budget.give_back(execution)
    except StockflowError as second:
        services.logger.warning("the refusal could not be noted in the budget", extra={"reason": str(second)})


def _last_error(services: Services, execution: str, symbol: str) -> StockflowError:
    """What the symbol's last request failed with; its record has it, for the workflow tells a retry nothing."""
    record = services.bucket.get_json(keys.symbol_record(execution, symbol)) or {}
    failure = record.get("error") or {}
    kind = getattr(errors, failure.get("type", ""), None)
    if isinstance(kind, type) and issubclass(kind, StockflowError):
        return kind(failure["message"])
    return Throttled(f"{symbol} was asked for {MOST_REQUESTS} times and refused each time.")


handler = StateFunction("Fetch", fetch, ("s3", "dynamodb", "secretsmanager", VENDOR))
