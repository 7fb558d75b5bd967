"""What a backfill wants of a symbol, and whether that is there."""

from datetime import date

import pytest

from stockflow_functions.domain.backfill.goal import COMPACT, FULL, Goal
from stockflow_functions.domain.prices.exchanges import BY_CODE, US
from stockflow_functions.domain.prices.freshness import Known

WHOLE = Known(0, "2026-11-20", "1999-11-01", full=True)
SHORT = Known(0, "2026-11-20", "2026-07-01")


def since(day, **more):
    return Goal("daily", since=date.fromisoformat(day), **more)


@pytest.mark.parametrize(
    ("goal", "known", "met"),
    [
        (Goal("daily"), WHOLE, True),
        (Goal("daily"), SHORT, False),
        (Goal("daily"), None, False),
        (Goal("daily"), Known(0), False),
        (Goal("daily", COMPACT), SHORT, True),
        (since("2010-01-04"), WHOLE, True),
        (since("2010-01-04"), SHORT, False),
        (since("2026-07-01"), SHORT, True),
        (since("2026-06-27"), SHORT, False),
    ],
)
def test_bars_that_are_stored_already_meet_the_goal(goal, known, met):
    """The whole history, or bars back to the day that is wanted, whoever asked for them."""
    assert goal.is_met(known, US) is met


@pytest.mark.parametrize("day", ["2026-07-03", "2026-07-04", "2026-07-05", "2026-07-06"])
def test_a_day_without_a_session_means_the_next_one(day):
    """Of a holiday's weekend, the Monday after it."""
    assert since(day).is_met(Known(0, "2026-11-20", "2026-07-06"), US)


def test_a_week_has_the_date_of_any_of_its_days():
    """The week's bar is dated by its last session."""
    goal = Goal("weekly", since=date(2026, 7, 6))

    assert [goal.is_met(Known(0, "2026-11-20", first), US) for first in ("2026-07-10", "2026-07-17")] == [True, False]


def test_nothing_older_than_the_listing_is_wanted():
    """A company that was listed later has its bars from that day on."""
    known = Known(0, "2026-11-20", "2020-12-10")

    assert since("2010-01-04").is_met(known, US, listed_on=date(2020, 12, 10))


@pytest.mark.parametrize(
    ("goal", "size"),
    [
        (Goal("daily"), FULL),
        (Goal("daily", COMPACT), COMPACT),
        (since("2026-07-01"), FULL),
        (since("2026-07-02"), COMPACT),
        (Goal("weekly"), COMPACT),
    ],
)
def test_what_a_compact_answer_covers_costs_no_full_history(goal, size):
    """From 2026-07-02 to 2026-11-20 New York has 100 sessions; a weekly series is always whole."""
    assert goal.size_for(US, date(2026, 11, 20)) == size


def test_without_a_calendar_each_weekday_counts():
    """An exchange whose holidays are unknown is never believed to have fewer sessions than it has."""
    goal = since("2026-07-02")

    assert goal.size_for(BY_CODE["XSTO"], date(2026, 11, 20)) == FULL
