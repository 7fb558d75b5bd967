"""The terms of a budget, as a test wants them."""

from stockflow_functions.domain.budget.arithmetic import Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays

NEW_YORK = QuotaDays("America/New_York", 0)
DAY_MS = 86_400_000


def terms(interval_ms=2000, day_limit=0, max_ahead_ms=DAY_MS, days=NEW_YORK):
    return Terms(interval_ms, day_limit, max_ahead_ms, days)
