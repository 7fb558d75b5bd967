"""How many requests a refresh of splits and dividends may make."""

import pytest

from stockflow_functions.daily_prices.actions.room import room
from stockflow_functions.domain.budget.arithmetic import Account, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import from_iso

NOW_MS = from_iso("2026-11-27T23:15:00-05:00")
DAYS = QuotaDays("America/New_York", 0)
TODAY = DAYS.label(NOW_MS)
FREE = Terms(12_000, 25, 86_400_000, DAYS)
PAID = Terms(800, 0, 86_400_000, DAYS)


def test_the_day_leaves_what_it_leaves():
    """On the free plan, after three symbols of prices."""
    assert room(Account(used={TODAY: 3}), FREE, NOW_MS) == (22, "the day's requests leave no more")


def test_without_a_limit_a_day_twelve_minutes_are_the_limit():
    """At 75 requests a minute: 12 minutes less the lead."""
    found = room(Account(), PAID, NOW_MS)
    assert (found.why, 895 <= found.requests <= 900) == ("more do not fit into the time", True)


@pytest.mark.parametrize(
    ("account", "terms", "why"),
    [
        (Account(used={TODAY: 25}), FREE, "the day's requests are used up"),
        (Account(spent_until_ms=NOW_MS + 1), FREE, "the day's requests are used up"),
        (Account(spent_until_ms=NOW_MS + 1), PAID, "the day's requests are used up"),
        (Account(last_slot_ms=NOW_MS + 720_000), PAID, "the next slots lie too far ahead, behind those of a run"),
    ],
)
def test_there_may_be_no_room_at_all(account, terms, why):
    """With the reason."""
    assert room(account, terms, NOW_MS) == (0, why)


def test_the_next_days_requests_are_left_alone():
    """Two minutes before midnight there is time for ten."""
    found = room(Account(), FREE, from_iso("2026-11-27T23:58:00-05:00"))
    assert 8 <= found.requests <= 10


def test_slots_behind_those_of_a_run_are_fewer():
    """The run has the first six minutes."""
    assert 445 <= room(Account(last_slot_ms=NOW_MS + 360_000), PAID, NOW_MS).requests <= 450


def test_the_settings_may_allow_less():
    """MAX_SLOT_AHEAD_SECONDS of one minute."""
    assert room(Account(), Terms(12_000, 0, 60_000, DAYS), NOW_MS).requests == 5
