"""Days on which New York does not trade."""

import pytest

from stockflow_functions.daily_prices.plan.calendar import closed_market
from stockflow_functions.domain.clock import from_iso

EVENING, NEXT_MORNING = "23:30:00Z", "06:00:00Z"


@pytest.mark.parametrize(
    "moment",
    [
        f"2026-11-20T{EVENING}",  # a Friday after the close
        f"2026-11-21T{NEXT_MORNING}",  # the night after it
        "2026-11-20T21:00:00Z",  # the very close, in winter
        "2026-07-17T20:00:00Z",  # and in summer
        f"2026-11-27T{EVENING}",  # the short day after Thanksgiving
        f"2024-11-27T{EVENING}",  # the day before a Thanksgiving
    ],
)
def test_run_after_a_session_goes_ahead(moment):
    """A session ended within the last 24 hours."""
    assert closed_market(from_iso(moment)) is None


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        (f"2026-11-21T{EVENING}", "2026-11-21 (Saturday)"),
        (f"2026-11-22T{EVENING}", "2026-11-22 (Sunday)"),
        (f"2026-11-23T{NEXT_MORNING}", "2026-11-22 (Sunday)"),
        (f"2026-11-26T{EVENING}", "2026-11-26 (Thanksgiving"),
        (f"2026-11-27T{NEXT_MORNING}", "2026-11-26 (Thanksgiving"),
        (f"2026-07-03T{EVENING}", "2026-07-03 (Independence Day"),
        (f"2026-04-03T{EVENING}", "2026-04-03 (Good Friday"),
        (f"2025-01-09T{EVENING}", "2025-01-09 (National Day of Mourning"),
    ],
)
def test_run_without_a_session_before_it_is_told_why(moment, why):
    """Weekends, holidays, holidays moved to a Friday, and days of mourning."""
    assert why in closed_market(from_iso(moment))
