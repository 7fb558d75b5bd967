"""What stands between a slot and its request."""

import json

import pytest

from functions.budget.arithmetic import Wish
from functions.budget.store import BudgetStore
from functions.errors import InvalidApiKey, InvalidInput, QuotaExhausted, SlotMoved
from functions.fetch.slot import Slot
from functions.fetch.turn import Turns
from tests.fakes.clock import NOON_MS
from tests.fakes.services import FakeAws

MIDNIGHT_MS = NOON_MS + 12 * 3_600_000


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_DAY="25")


@pytest.fixture
def budget(aws):
    return BudgetStore.of(aws.services)


@pytest.fixture
def turns(aws, budget):
    return Turns(budget, aws.clock, "this run")


def moved_to(turns, slot, retry_count=0):
    with pytest.raises(SlotMoved) as moved:
        turns.take(slot, retry_count)
    return Slot.from_event(json.loads(str(moved.value)))


@pytest.mark.parametrize("rest_ms", [0, 1, 250, 999])
def test_first_request_is_made_exactly_in_its_slot(turns, aws, rest_ms):
    """The fraction of a second that the Wait state drops is slept, to the millisecond."""
    turns.take(Slot(NOON_MS + rest_ms), 0)

    assert aws.clock.ms == NOON_MS + rest_ms


def test_first_request_costs_one_read_and_no_write(turns, aws):
    """Plan has paid for it; the read asks whether anything was learned since."""
    turns.take(Slot(NOON_MS + 500), 0)

    assert (aws.dynamodb.reads, aws.dynamodb.writes) == (1, 0)


def test_machine_whose_clock_is_behind_sleeps_a_second_at_most(turns, aws):
    """The workflow has waited already; what seems left is the clock's fault."""
    turns.take(Slot(NOON_MS + 3000), 0)

    assert sum(aws.clock.slept_seconds) == pytest.approx(1.0)


def test_late_request_is_made_at_once(turns, aws):
    """A slow start does not lose the slot."""
    turns.take(Slot(NOON_MS - 30_000), 0)

    assert aws.clock.slept_seconds == []


def test_slot_missed_by_more_than_a_minute_is_exchanged_unpaid(turns, budget, aws):
    """A laptop that slept takes new slots at the line's end, instead of asking for all it missed at once."""
    budget.reserve(Wish(20))
    paid = budget.read().used
    aws.clock.ms += 70_000
    budget.reserve(Wish(5))

    slot = moved_to(turns, Slot(NOON_MS + 2000))

    assert slot == Slot(NOON_MS + 80_000, moves=1)
    assert sum(budget.read().used.values()) == sum(paid.values()) + 5


def test_request_in_a_hold_off_takes_an_unpaid_slot_after_it(turns, budget):
    """Requests of every run hold off, and keep their distance after it."""
    budget.reserve(Wish(3))
    budget.hold_off(budget.read())

    first, second = moved_to(turns, Slot(NOON_MS)), moved_to(turns, Slot(NOON_MS))

    assert [slot.not_before_ms for slot in (first, second)] == [NOON_MS + 6000, NOON_MS + 8000]
    assert budget.read().used == {"2026-11-20": 3}


def test_an_exchange_of_slots_is_one_write(turns, budget, aws):
    """The account that was read just before is the one to fit."""
    budget.reserve(Wish(3))
    budget.hold_off(budget.read())
    before = aws.dynamodb.writes

    moved_to(turns, Slot(NOON_MS))

    assert aws.dynamodb.writes == before + 1


def test_request_after_the_hold_off_keeps_its_slot(turns, budget, aws):
    """A slot that lies behind the hold-off is not touched by it."""
    until_ms = budget.hold_off(budget.read())
    aws.clock.ms = until_ms - 900

    turns.take(Slot(until_ms), 0)

    assert aws.clock.ms == until_ms


def test_hold_off_set_while_a_request_sleeps_is_heard(turns, budget, aws):
    """The budget is read after the sleep, just before the request."""
    seen = budget.read()
    sleep = aws.clock.sleep

    def refused_meanwhile(seconds):
        sleep(seconds)
        budget.hold_off(seen)

    aws.clock.sleep = refused_meanwhile

    assert moved_to(turns, Slot(NOON_MS + 900)).not_before_ms == NOON_MS + 2800


def test_repeated_request_pays_for_another_slot(turns, budget):
    """A retry waits for its turn behind those that were promised, and counts for the day."""
    budget.reserve(Wish(10))

    slot = moved_to(turns, Slot(NOON_MS, moves=1, tries=1), retry_count=2)

    assert slot == Slot(NOON_MS + 20_000, moves=2, tries=3)
    assert budget.read().used == {"2026-11-20": 11}


def test_repeated_request_is_made_at_once_where_nobody_waits(turns, budget, aws):
    """Less than a second is slept rather than sent through the workflow again."""
    budget.reserve(Wish(1))
    aws.clock.ms += 1500

    turns.take(Slot(NOON_MS), 1)

    assert aws.clock.ms == NOON_MS + 2000


def test_moved_request_does_not_pay_again(turns, budget, aws):
    """Waiting for the new slot is no retry."""
    budget.reserve(Wish(10))
    slot = moved_to(turns, Slot(NOON_MS), retry_count=1)
    aws.clock.ms = slot.not_before_ms

    turns.take(slot, 0)

    assert budget.read().used == {"2026-11-20": 11}


def test_repeated_request_without_quota_is_deferred(turns, budget):
    """The sentence names the setting and the next day."""
    budget.reserve(Wish(25))

    with pytest.raises(QuotaExhausted, match=r"25 requests \(REQUESTS_PER_DAY\).*2026-11-21T05:00:00.000Z"):
        turns.take(Slot(NOON_MS), 1)


def test_nobody_asks_once_the_quota_is_spent(turns, budget):
    """The vendor said so once; the sentence says that a wrong key could be the reason."""
    budget.mark_spent()

    with pytest.raises(QuotaExhausted, match=r"2026-11-21T05:00:00.000Z.*wrong key"):
        turns.take(Slot(NOON_MS), 0)


def test_requests_go_on_after_the_reset(turns, budget, aws):
    """A run that waited past the reset asks again, and the new day pays."""
    budget.mark_spent()
    aws.clock.ms = MIDNIGHT_MS

    turns.take(Slot(MIDNIGHT_MS - 500), 0)

    assert budget.read().used == {"2026-11-21": 1}


def test_request_delayed_into_a_day_without_quota_is_deferred(turns, budget, aws):
    """The day on which the request would be made has to pay for it."""
    aws.clock.ms = MIDNIGHT_MS
    budget.reserve(Wish(25))

    with pytest.raises(QuotaExhausted, match="REQUESTS_PER_DAY"):
        turns.take(Slot(MIDNIGHT_MS - 1), 0)


def test_slot_exchanged_into_the_next_day_is_paid_by_that_day(turns, budget, aws):
    """The day that paid for the slot in the hold-off does not pay for the new one."""
    aws.clock.ms = MIDNIGHT_MS - 1000
    budget.reserve(Wish(1))
    budget.hold_off(budget.read())

    moved_to(turns, Slot(MIDNIGHT_MS - 1000))

    assert budget.read().used == {"2026-11-20": 1, "2026-11-21": 1}


def test_refused_key_stops_the_other_requests_of_its_run_only(aws, turns, budget):
    """Others of the same execution fail without asking; another execution asks again."""
    budget.mark_key_refused(budget.read(), "this run")

    with pytest.raises(InvalidApiKey, match="ALPHA_VANTAGE_API_KEY"):
        turns.take(Slot(NOON_MS), 0)
    Turns(budget, aws.clock, "another run").take(Slot(NOON_MS), 0)


def test_repeated_request_too_far_ahead_is_refused(aws, budget):
    """A retry behind a day of requests ends in the sentence of any slot too far ahead."""
    budget.reserve(Wish(20))
    impatient = FakeAws(aws.clock, MAX_SLOT_AHEAD_SECONDS="30")
    impatient.dynamodb.items = aws.dynamodb.items

    with pytest.raises(InvalidInput, match="MAX_SLOT_AHEAD_SECONDS"):
        Turns(BudgetStore.of(impatient.services), aws.clock, "run").take(Slot(NOON_MS), 1)
