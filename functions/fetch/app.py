"""Fetch: one request to Alpha Vantage in its slot; the answer goes to S3 unchanged."""

import gzip
from functools import lru_cache
from typing import Any

import requests

from functions import errors
from functions.alpha_vantage import AlphaVantage, new_session
from functions.budget.arithmetic import Account
from functions.budget.store import BudgetStore
from functions.clock import to_iso
from functions.errors import InvalidApiKey, QuotaExhausted, StockflowError, Throttled, TransientError
from functions.fetch.slot import Slot
from functions.fetch.turn import Turns
from functions.lake import keys
from functions.services import Services
from functions.state import Event, StateFunction, attempt_of

MOST_REQUESTS = 5
"""For one symbol in one run, however its tries are spread over retries and slots."""


def fetch(event: Event, services: Services) -> dict[str, Any]:
    """One request, in its slot. In and out: docs/contracts.md.

    Raises:
        SlotMoved: the request has another slot.
        StockflowError: what the vendor's answer means; see functions/errors.py.
    """
    run, symbol, slot = event["run"], event["symbol"], Slot.from_event(event["slot"])
    retry_count = int(event.get("retry_count", 0))
    if retry_count and slot.tries + retry_count >= MOST_REQUESTS:
        raise _last_error(services, run["execution"], symbol)
    vendor = AlphaVantage(
        _session(services.settings.alpha_vantage_base_url),
        services.settings.alpha_vantage_base_url,
        services.secret("ALPHA_VANTAGE_API_KEY"),
        services.redactor,
    )
    budget = BudgetStore.of(services)
    account = Turns(budget, services.clock, run["execution"]).take(slot, retry_count)
    try:
        answer = vendor.daily(symbol, run["series"], run["outputsize"])
    except StockflowError as refusal:
        _tell_the_others(refusal, budget, account, run["execution"], services)
        raise
    fetched_at = to_iso(services.clock.now_ms())
    key = keys.raw(run["series"], symbol, run["execution"])
    services.bucket.put(
        key,
        gzip.compress(answer.body, mtime=0),
        content_type="application/gzip",
        metadata={"fetched-at": fetched_at, "last-refreshed": answer.last_refreshed},
    )
    return {
        "key": key,
        "bytes": len(answer.body),
        "fetched_at": fetched_at,
        "last_refreshed": answer.last_refreshed,
        "attempts": attempt_of(event),
    }


def _tell_the_others(
    refusal: StockflowError, budget: BudgetStore, account: Account, execution: str, services: Services
) -> None:
    """What one request learned holds for all; a table that does not answer must not hide the refusal itself."""
    try:
        if isinstance(refusal, Throttled):
            until_ms = budget.hold_off(account)
            services.logger.warning("all requests hold off", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, QuotaExhausted):
            until_ms = budget.mark_spent()
            services.logger.warning("the day's quota is spent", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, InvalidApiKey):
            budget.mark_key_refused(account, execution)
    except StockflowError as second:
        services.logger.warning("the refusal could not be noted in the budget", extra={"reason": str(second)})


def _last_error(services: Services, execution: str, symbol: str) -> StockflowError:
    """What the symbol's last request failed with: its record has it, for the workflow does not hand it on to a retry."""
    record = services.bucket.get_json(keys.symbol_record(execution, symbol)) or {}
    failure = record.get("error") or {}
    kind = getattr(errors, failure.get("type", ""), None)
    if isinstance(kind, type) and issubclass(kind, TransientError) and issubclass(kind, StockflowError):
        return kind(failure["message"])
    return Throttled(f"{symbol} was asked for {MOST_REQUESTS} times and refused each time.")


@lru_cache(maxsize=1)
def _session(base_url: str) -> requests.Session:
    return new_session(base_url)


handler = StateFunction("Fetch", fetch)
