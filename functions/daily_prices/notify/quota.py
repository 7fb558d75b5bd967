"""What is left of the day's quota, and who waits for the next one."""

from typing import Any

from stockflow_functions.aws.scratch import SMOKE
from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.outcome import DEFERRED
from stockflow_functions.domain.budget.arithmetic import in_force
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.runtime.services import Services


def quota_now(services: Services) -> dict[str, Any]:
    """``{day_limit, day_used, day_left, day_resets_at}`` as the plan has them, but now: all runs' requests are in it.

    Raises:
        StorageUnavailable, StorageDenied: the budget can't be read.
    """
    budget, now_ms = BudgetStore.of(services), services.clock.now_ms()
    account = budget.read()
    terms = in_force(account, budget.terms, now_ms)
    used, spent = account.used.get(terms.days.label(now_ms), 0), account.spent_until_ms > now_ms
    return {
        "day_limit": terms.day_limit,
        "day_used": used,
        "day_left": (0 if spent else max(0, terms.day_limit - used)) if terms.day_limit else None,
        "day_resets_at": to_iso(terms.days.resets_at_ms(now_ms)) if terms.day_limit or spent else None,
    }


def remember_deferred(manifest: dict[str, Any], services: Services) -> None:
    """Those that were put off on the way go first in the next scheduled run, as Plan's own do.

    Raises:
        StorageUnavailable, StorageDenied: the table does not take them.
    """
    names = [symbol["symbol"] for symbol in manifest["symbols"] if symbol["status"] == DEFERRED]
    if names and manifest["trigger"] != SMOKE:
        DeferredStore.of(services).add(manifest["series"], names)


def give_slots_back(execution: str, services: Services) -> None:
    """A run that has ended asks no more: what it had reserved is the next run's. Never raises."""
    try:
        count = BudgetStore.of(services).give_back(execution)
    except StockflowError as error:
        services.logger.warning("the slots left could not be given back", extra={"reason": str(error)})
    else:
        services.logger.info("slots were given back", extra={"slots": count})
