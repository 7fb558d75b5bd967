"""What the days leave over, and how many it takes."""

from itertools import islice, repeat

import pytest

from stockflow.testing import NOON_MS
from stockflow_functions.domain.backfill.days import (
    days_for,
    kept_back_today,
    later_rooms,
    room,
    slots_ahead,
)
from stockflow_functions.domain.backfill.words import days_to_go
from stockflow_functions.domain.budget.arithmetic import Account, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.freshness import Known

DAYS = QuotaDays("America/New_York", 0)
FREE = Terms(2_000, 25, 86_400_000, DAYS)
PAID = Terms(200, 0, 86_400_000, DAYS)
MIDNIGHT_MS = DAYS.resets_at_ms(NOON_MS)


def us(_):
    return US


def test_the_daily_run_keeps_what_it_needs_until_the_reset():
    """At noon the day's session is still to come: who has no bar of it needs a request, whoever has it does not."""
    known = {"A": Known(0, "2026-11-19"), "B": Known(0, "2026-11-20")}

    assert kept_back_today(["A", "B", "C"], known, us, MIDNIGHT_MS) == 2


def test_later_days_leave_more_over_where_no_session_ends():
    """After a Friday come the two days of a weekend, then the week of a Thanksgiving."""
    assert list(islice(later_rooms(FREE, {"XNYS": 10}, NOON_MS), 8)) == [25, 25, 15, 15, 15, 25, 15, 25]


@pytest.mark.parametrize(
    ("left", "kept", "slots", "expected"), [(25, 10, 900, 15), (5, 10, 900, 0), (25, 0, 3, 3), (None, 10, 900, 900)]
)
def test_room_is_what_the_quota_leaves_over(left, kept, slots, expected):
    """And no more than there are slots; without a daily limit nothing is kept back."""
    assert room(left, kept, slots) == expected


def test_slots_end_with_the_quotas_day():
    """A slot after the reset would be paid for by the next day."""
    late_ms = MIDNIGHT_MS - 20_000

    assert [slots_ahead(Account(), FREE, moment) for moment in (late_ms, MIDNIGHT_MS - 1_000)] == [9, 0]


def test_slots_begin_behind_those_of_other_runs():
    """And end where settings say that nothing is planned any more."""
    account = Account(last_slot_ms=NOON_MS + 86_300_000)

    assert (slots_ahead(account, PAID, NOON_MS), slots_ahead(Account(), PAID, NOON_MS)) == (499, 431_993)


@pytest.mark.parametrize(("today", "days"), [(25, 20), (0, 20), (10, 21), (500, 1)])
def test_days_of_five_hundred_histories(today, days):
    """At 25 a day they are 20; a day that leaves nothing over is none."""
    assert days_for(500, today, repeat(25)) == days


def test_days_that_leave_nothing_over_are_never_enough():
    """And a sentence says so."""
    assert days_for(1, 0, repeat(0)) is None
    assert (days_to_go(None), days_to_go(1)) == ("no day leaves a request over", "1 day to go")


def test_nothing_takes_no_day():
    """Where all is there."""
    assert days_for(0, 25, repeat(25)) == 0
