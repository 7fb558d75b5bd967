"""Slots and quota, without a store."""

import pytest

from stockflow.testing import NOON_MS
from stockflow_functions.domain.budget.arithmetic import (
    FETCH_STARTS_MS,
    LONGEST_BACK_OFF_MS,
    SHORTEST_BACK_OFF_MS,
    Account,
    ReservationRequest,
    Slots,
    back_off_ms_after,
    in_force,
    lanes,
    propose,
    still_to_come,
)
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime.settings import Settings
from tests.helpers.terms import terms

MIDNIGHT_MS = NOON_MS + 12 * 3_600_000


def slots_for(account, count, now_ms=NOON_MS, **own):
    return propose(account, ReservationRequest(count), terms(**own), now_ms).slots


@pytest.mark.parametrize(
    ("per_minute", "interval_ms"), [("30", 2000), ("75", 800), ("1200", 50), ("7", 8572), ("0.5", 120_000)]
)
def test_interval_is_never_shorter_than_the_rate_allows(per_minute, interval_ms):
    """A rate that does not divide a minute is rounded to the slower side."""
    settings = Settings.from_environment({"REQUESTS_PER_MINUTE": per_minute})

    assert settings.terms.interval_ms == interval_ms


@pytest.mark.parametrize("per_minute", ["0", "-1", "nan", "inf"])
def test_a_rate_that_is_none_is_refused_by_name(per_minute):
    """A rate of 0, below 0, or no number ends in a sentence that names the variable."""
    with pytest.raises(InvalidInput, match="REQUESTS_PER_MINUTE"):
        Settings.from_environment({"REQUESTS_PER_MINUTE": per_minute})


def test_first_run_begins_now():
    """An account that was never used gives slots from now on, one interval apart."""
    slots = slots_for(Account(), 3)

    assert [slots.at_ms(index) for index in range(slots.count)] == [NOON_MS, NOON_MS + 2000, NOON_MS + 4000]


@pytest.mark.parametrize("interval_ms", [50, 100, 250, 400, 500, 800, 2000, 8572])
@pytest.mark.parametrize("now_ms", [0, 1, 199, 240, 500, 999])
def test_planned_slots_leave_fetch_the_time_to_start(interval_ms, now_ms):
    """The lead is kept, and no slot lies so close behind a full second that the Fetch called then would miss it."""
    now_ms += NOON_MS
    slots = propose(Account(), ReservationRequest(100, lead_ms=1000), terms(interval_ms), now_ms).slots

    assert now_ms + 1000 <= slots.first_ms < now_ms + 1000 + FETCH_STARTS_MS + 1
    if interval_ms in {250, 500, 2000}:
        assert min(slots.at_ms(index) % 1000 for index in range(100)) >= 187


def test_run_behind_another_begins_one_interval_after_it():
    """Slots of two runs are as far apart as slots of one."""
    assert slots_for(Account(last_slot_ms=NOON_MS + 998_000), 2).first_ms == NOON_MS + 1_000_000


def test_run_right_after_another_keeps_the_interval():
    """A slot that was given half an interval ago is not followed at once."""
    assert slots_for(Account(last_slot_ms=NOON_MS - 1000), 1).first_ms == NOON_MS + 1000


def test_day_pays_for_no_more_than_its_limit():
    """A run larger than what is left of the day gets the slots that are left."""
    slots = slots_for(Account(used={"2026-11-20": 20}), 10, day_limit=25)

    assert (slots.count, slots.charges) == (5, {"2026-11-20": 5})


def test_slots_after_the_reset_are_paid_by_the_next_day():
    """A run across midnight takes what each day has."""
    slots = slots_for(Account(last_slot_ms=MIDNIGHT_MS - 7000, used={"2026-11-20": 22}), 10, day_limit=25)

    assert slots.charges == {"2026-11-20": 3, "2026-11-21": 7}


def test_a_spent_day_ends_the_slots_even_where_the_next_day_has_some():
    """The first slot that nobody pays for is the end: a run has no hole in the middle."""
    slots = slots_for(Account(last_slot_ms=MIDNIGHT_MS - 7000, used={"2026-11-20": 24}), 10, day_limit=25)

    assert slots.count == 1


def test_no_daily_limit_still_counts():
    """Without a limit every slot is given, and counted for the day."""
    slots = slots_for(Account(used={"2026-11-20": 1_000_000}), 10)

    assert (slots.count, slots.charges) == (10, {"2026-11-20": 10})


def test_quota_that_the_vendor_called_spent_gives_no_slot():
    """What the vendor said counts more than our count."""
    assert slots_for(Account(spent_until_ms=MIDNIGHT_MS), 1).count == 0


def test_quota_called_spent_is_forgotten_at_the_reset():
    """From the reset on slots are given again."""
    assert slots_for(Account(spent_until_ms=MIDNIGHT_MS), 1, now_ms=MIDNIGHT_MS).count == 1


def test_hold_off_moves_the_plan():
    """While everybody holds off, new slots begin at its end."""
    assert slots_for(Account(last_slot_ms=NOON_MS, hold_until_ms=NOON_MS + 5000), 1).first_ms == NOON_MS + 5000


def test_run_that_ends_too_far_ahead_is_refused_with_its_first_slot():
    """The sentence says when the first slot would be and which setting refuses it."""
    with pytest.raises(InvalidInput, match=r"2026-11-20T17:16:40.000Z .* MAX_SLOT_AHEAD_SECONDS \(1000\)"):
        slots_for(Account(last_slot_ms=NOON_MS + 998_000), 2, max_ahead_ms=1_000_000)


def test_clock_that_jumps_back_never_brings_slots_closer():
    """An hour back, the next slot still follows the last one."""
    assert slots_for(Account(last_slot_ms=NOON_MS), 1, now_ms=NOON_MS - 3_600_000).first_ms == NOON_MS + 2000


def test_stricter_pace_of_a_run_under_way_holds_for_both():
    """A faster run behind a slower one keeps the slower pace, and the setting is named."""
    account = Account(last_slot_ms=NOON_MS + 60_000, interval_ms=12_000, interval_until_ms=NOON_MS + 60_000)

    proposal = propose(account, ReservationRequest(2), terms(), NOON_MS)

    assert (proposal.slots.first_ms, proposal.slots.interval_ms) == (NOON_MS + 72_000, 12_000)
    assert proposal.terms.overruled == ("REQUESTS_PER_MINUTE",)


def test_slower_run_behind_a_faster_one_keeps_its_own_pace_from_the_first_slot():
    """The gap between the two runs is the larger interval as well."""
    account = Account(last_slot_ms=NOON_MS + 10_000, interval_ms=2000, interval_until_ms=NOON_MS + 10_000)

    assert slots_for(account, 2, interval_ms=12_000).first_ms == NOON_MS + 22_000


@pytest.mark.parametrize(
    ("own", "theirs", "limit", "overruled"),
    [(25, 10, 10, ("REQUESTS_PER_DAY",)), (0, 25, 25, ("REQUESTS_PER_DAY",)), (10, 25, 10, ()), (10, 0, 10, ())],
)
def test_stricter_day_limit_of_a_run_under_way_holds_for_both(own, theirs, limit, overruled):
    """The smaller limit wins, and none is the largest."""
    account = Account(day_limit=theirs, day_limit_until_ms=NOON_MS + 1)

    both = in_force(account, terms(day_limit=own), NOON_MS)

    assert (both.day_limit, both.overruled) == (limit, overruled)


def test_terms_of_a_run_without_slots_to_come_are_forgotten():
    """A strict run of this morning does not slow down one of this evening."""
    account = Account(interval_ms=12_000, interval_until_ms=NOON_MS, day_limit=5, day_limit_until_ms=NOON_MS)

    assert in_force(account, terms(), NOON_MS) == terms()


@pytest.mark.parametrize(
    ("account", "hold_ms"),
    [
        (Account(), 100),
        (Account(hold_until_ms=NOON_MS - 301, hold_ms=100), 100),
        (Account(hold_until_ms=NOON_MS - 299, hold_ms=100), SHORTEST_BACK_OFF_MS),
        (Account(hold_until_ms=NOON_MS - 1, hold_ms=2000), 4000),
        (Account(hold_until_ms=NOON_MS - 1, hold_ms=40_000), LONGEST_BACK_OFF_MS),
    ],
)
def test_hold_off_grows_where_the_last_one_did_not_help(account, hold_ms):
    """A lone refusal costs an interval; one of the first requests after a back-off prolongs it, up to a minute."""
    assert back_off_ms_after(account, 100, NOON_MS) == hold_ms


def test_hold_off_is_never_longer_than_a_minute():
    """At one request in two minutes too."""
    assert back_off_ms_after(Account(), 120_000, NOON_MS) == LONGEST_BACK_OFF_MS


@pytest.mark.parametrize(("interval_ms", "most"), [(50, 40), (500, 40), (800, 25), (2000, 10), (60_000, 2)])
def test_all_lanes_together_hold_twenty_seconds_of_the_line(interval_ms, most):
    """Within what a Map takes, and never one alone: a slow answer would be the brake."""
    assert lanes(interval_ms) == most


@pytest.mark.parametrize(("now_ms", "count"), [(-1, 4), (0, 3), (1999, 3), (2000, 2), (6000, 0), (99_000, 0)])
def test_slots_still_to_come_are_those_after_now(now_ms, count):
    """A slot that is due is no longer to come."""
    left = still_to_come(Slots(NOON_MS, 2000, 4), terms(), NOON_MS + now_ms)

    assert (left.count, sum(left.charges.values())) == (count, count)
    assert not count or left.last_ms == NOON_MS + 6000
