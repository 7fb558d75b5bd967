"""Makes a request in its slot, and records what a refusal means for all other requests."""

from collections.abc import Callable
from typing import TypeVar

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain import errors
from stockflow_functions.domain.budget.arithmetic import Account
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import InvalidApiKey, PremiumRequired, QuotaExhausted, StockflowError, Throttled
from stockflow_functions.pacing.request import MOST_REQUESTS, PacedRequest
from stockflow_functions.pacing.slot_gate import SlotGate
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Client

T = TypeVar("T")

SMALLEST_GAP = 0.8
"""Of the interval, between any two requests of one process; a late one does not push the next ones closer."""


def client_of(services: Services) -> Client:
    """The vendor's client, with the key as it is now."""
    vendor = services.vendor
    return vendor.connect(services.settings.vendor_base_url, services.secret(vendor.key_variable), services.redactor)


def in_its_slot(request: PacedRequest, services: Services, ask: Callable[[Client], T]) -> T:
    """What ``ask`` returns, which makes one request; what a refusal means for all requests is recorded in the budget.

    Raises:
        SlotMoved: the request has another slot.
        PutOff: the request needs another slot, but the run's history has no room for it.
        QuotaExhausted, InvalidApiKey, PremiumRequired: also where another request has learned it; then none is made.
        StockflowError: what ``ask`` raises; the symbol's last error, if it has had all its requests.
    """
    if request.one_too_many:
        raise _last_error(services.bucket, request)
    execution, budget = request.run["execution"], services.budget
    try:
        client = client_of(services)
    except InvalidApiKey as none:
        _share(none, Account(), request, services)
        raise
    spare = services.spare_events(execution, request.run["spare_events"])
    patient = request.run.get("own_lanes", False)
    gate = SlotGate(budget, services.clock, execution, spare, services.vendor, patient)
    account, asked_ms = gate.acquire(request.slot, request.retry_count), services.clock.now_ms()
    client.keep_apart(SMALLEST_GAP * budget.interval_ms(account))
    try:
        return ask(client)
    except StockflowError as refusal:
        _share(refusal, account, request, services, asked_ms)
        raise


def _share(
    refusal: StockflowError, account: Account, request: PacedRequest, services: Services, asked_ms: int = 0
) -> None:
    """Records in the budget what one refusal means for all; a failing table must not hide the refusal itself."""
    budget, logger, execution = services.budget, services.logger, request.run["execution"]
    try:
        if isinstance(refusal, Throttled):
            until_ms = budget.back_off(account, asked_ms)
            logger.warning("all requests back off", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, QuotaExhausted):
            until_ms = budget.mark_spent()
            logger.warning("the day's quota is spent", extra={"until": to_iso(until_ms)})
        elif isinstance(refusal, InvalidApiKey):
            budget.mark_key_refused(keys.whole_run(execution))
            budget.release(execution)
        elif isinstance(refusal, PremiumRequired) and request.whole:
            # The vendor refuses whole histories to a plan, not of a symbol: no other need spend a request on it.
            budget.mark_plan_refused(keys.whole_run(execution))
            budget.release(execution)
    except StockflowError as second:
        logger.warning("the refusal could not be recorded in the budget", extra={"reason": str(second)})


def _last_error(bucket: Bucket, request: PacedRequest) -> StockflowError:
    """The error of the symbol's last request, read from its record: the workflow passes a retry none."""
    record = bucket.get_json(keys.symbol_record(request.run["execution"], request.symbol)) or {}
    failure = record.get("error") or {}
    kind = getattr(errors, failure.get("type", ""), None)
    if isinstance(kind, type) and issubclass(kind, StockflowError):
        return kind(failure["message"])
    return Throttled(f"{request.symbol} was asked for {MOST_REQUESTS} times and refused each time.")
