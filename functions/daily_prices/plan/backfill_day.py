"""What a day leaves over for a backfill, when one of its runs is planned."""

from dataclasses import dataclass

from stockflow_functions.daily_prices.plan.request import Request
from stockflow_functions.daily_prices.plan.symbols import daily_symbols
from stockflow_functions.daily_prices.plan.universe import symbols_of_universe
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.days import kept_back_today, room, slots_ahead
from stockflow_functions.domain.budget.arithmetic import Account, Terms, in_force
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.runtime.services import Services


@dataclass(frozen=True)
class Today:
    """The day of a run: the budget, the symbols of the daily runs, and how many others there is room for."""

    now_ms: int
    account: Account
    terms: Terms
    daily: list[str]
    space: int

    @property
    def label(self) -> str:
        """The quota's day."""
        return self.terms.days.label(self.now_ms)

    def ends_ms(self, requests: int) -> int:
        """When the last of so many requests is due, at the pace in force."""
        return max(self.now_ms, self.account.last_slot_ms or 0) + requests * self.terms.interval_ms


def today_of(backfill: Backfill, request: Request, execution: str, services: Services) -> Today:
    """The day of a run of this backfill.

    Raises:
        InvalidInput: the symbols of the daily runs can't be read.
    """
    now_ms, budget = services.clock.now_ms(), services.budget
    account, daily = budget.read(), _daily(request, services)
    terms = in_force(account, budget.terms, now_ms)
    # A repeated call has its slots already, and they are used.
    repeated = budget.reserved_by(execution) if backfill.claim and backfill.claim.execution == execution else None
    space = repeated.slots.count if repeated else _room(daily, account, terms, now_ms, services)
    return Today(now_ms, account, terms, daily, space)


def _daily(request: Request, services: Services) -> list[str]:
    """The symbols of the daily runs: those of the universe that the input names for them, or STOCK_SYMBOLS."""
    if request.universe is None:
        return daily_symbols(services.settings.stock_symbols)
    return symbols_of_universe(request.universe, services.bucket, services.clock.now_ms())[0]


def _room(daily: list[str], account: Account, terms: Terms, now_ms: int, services: Services) -> int:
    """How many symbols the day pays for beside those that the daily runs still need."""
    kept = 0
    if terms.day_limit:
        known = services.freshness.read(DAILY.name).known
        kept = kept_back_today(daily, known, services.vendor.exchange_of, terms.days.resets_at_ms(now_ms))
    return room(day_quota(account, terms, now_ms)["day_left"], kept, slots_ahead(account, terms, now_ms))
