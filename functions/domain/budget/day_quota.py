"""What is left of the day's quota at a moment. Pure."""

from typing import TypedDict

from stockflow_functions.domain.budget.arithmetic import Account, Terms
from stockflow_functions.domain.clock import to_iso


class DayQuota(TypedDict):
    """The day's quota at one moment; all null in a plan with nothing to do.

    day_limit: requests a day; 0 for no limit.
    day_used: requests given out.
    day_left: what the quota still pays for; null without a limit.
    day_resets_at: when the next quota day begins; null without a limit.
    """

    day_limit: int | None
    day_used: int | None
    day_left: int | None
    day_resets_at: str | None


def day_quota(account: Account, terms: Terms, now_ms: int) -> DayQuota:
    """The quota of the day of this moment; ``terms`` are those in force."""
    used, spent = account.used.get(terms.days.label(now_ms), 0), account.spent_until_ms > now_ms
    left = 0 if spent else max(0, terms.day_limit - used)
    return {
        "day_limit": terms.day_limit,
        "day_used": used,
        "day_left": left if terms.day_limit else None,
        "day_resets_at": to_iso(terms.days.resets_at_ms(now_ms)) if terms.day_limit or spent else None,
    }
