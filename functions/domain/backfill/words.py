"""What people read of a backfill. Pure."""

from stockflow_functions.domain.backfill.backfill import PAUSED, Backfill
from stockflow_functions.domain.backfill.goal import COMPACT, Goal
from stockflow_functions.domain.words import counted


def progress_sentence(backfill: Backfill, days: int | None) -> str:
    """``Backfill 2026-11-27T190501Z-sp500: 120 of 500, 16 days to go.``; ``days`` is None for never."""
    given_up = f", {len(backfill.given_up):,} given up" if backfill.given_up else ""
    rest = days_to_go(days) if backfill.is_unfinished else backfill.status
    why = f" It is paused. {backfill.why}" if backfill.status == PAUSED else ""
    return f"Backfill {backfill.name}: {backfill.done:,} of {backfill.symbols:,}{given_up}, {rest}.{why}"


def days_to_go(days: int | None) -> str:
    """``16 days to go``."""
    return "no day leaves a request over" if days is None else f"{counted(days, 'day')} to go"


def goal_words(goal: Goal) -> str:
    """``whole history (daily)``, ``bars since 2020-01-02 (weekly)``."""
    plain = "newest bars" if goal.outputsize == COMPACT else "whole history"
    what = f"bars since {goal.since}" if goal.since else plain
    return f"{what} ({goal.series})"
