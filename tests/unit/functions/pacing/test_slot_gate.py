"""What stands between a slot and its request."""

import json
from dataclasses import replace

import pytest

from stockflow.testing import NOON_MS, FakeAws
from stockflow_functions.aws.state_table.history import EVENTS_OF_A_MOVE, EVENTS_OF_A_RETRY
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import InvalidApiKey, InvalidInput, PutOff, QuotaExhausted, SlotMoved
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.pacing.slot_gate import SlotGate
from stockflow_functions.vendors.alpha_vantage import VENDOR

MIDNIGHT_MS = NOON_MS + 12 * 3_600_000


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_DAY="25")


@pytest.fixture
def budget(aws):
    return aws.services.budget


@pytest.fixture
def gate(aws, budget):
    return SlotGate(budget, aws.clock, "this run", spare_of(aws), VENDOR)


def spare_of(aws):
    return aws.services.spare_events("this run", 1000)


def moved_to(gate, slot, retry_count=0):
    with pytest.raises(SlotMoved) as moved:
        gate.acquire(slot, retry_count)
    return Slot.from_event(json.loads(str(moved.value)))


@pytest.mark.parametrize("rest_ms", [0, 1, 250, 999])
def test_first_request_is_made_exactly_in_its_slot(gate, aws, rest_ms):
    """The fraction of a second that the Wait state drops is slept, to the millisecond."""
    gate.acquire(Slot(NOON_MS + rest_ms), 0)

    assert aws.clock.ms == NOON_MS + rest_ms


def test_first_request_costs_one_read_and_no_write(gate, aws):
    """Plan has paid for it; the read asks whether anything was learned since."""
    gate.acquire(Slot(NOON_MS + 500), 0)

    assert (aws.dynamodb.reads, aws.dynamodb.writes) == (1, 0)


def test_machine_whose_clock_is_behind_sleeps_a_second_at_most(gate, aws):
    """The workflow has waited already; what seems left is the clock's fault."""
    gate.acquire(Slot(NOON_MS + 3000), 0)

    assert sum(aws.clock.slept_seconds) == pytest.approx(1.0)


@pytest.mark.parametrize("late_ms", [1, 999, 2000])
def test_request_late_by_an_interval_is_made_at_once(gate, aws, late_ms):
    """A slow start does not lose the slot."""
    gate.acquire(Slot(NOON_MS - late_ms), 0)

    assert (aws.clock.slept_seconds, aws.dynamodb.writes) == ([], 0)


@pytest.mark.parametrize(("rate", "good_ms"), [("30", 2000), ("60", 1000), ("600", 1000), ("6", 10_000)])
def test_slot_missed_by_more_than_an_interval_is_exchanged(rate, good_ms):
    """A second at the least: the next in line is one interval behind whoever took the last turn."""
    aws = FakeAws(REQUESTS_PER_MINUTE=rate, REQUESTS_PER_DAY="0")
    budget = aws.services.budget
    taker = SlotGate(budget, aws.clock, "this run", spare_of(aws), VENDOR)
    budget.reserve(ReservationRequest(1))

    taker.acquire(Slot(NOON_MS - good_ms), 0)
    assert aws.clock.ms == NOON_MS
    taker.acquire(Slot(NOON_MS - good_ms - 1), 0)
    assert aws.clock.ms == NOON_MS + budget.terms.interval_ms


def test_missed_slot_is_exchanged_unpaid(gate, budget, aws):
    """The day has paid for the one that was missed."""
    budget.reserve(ReservationRequest(20))
    aws.clock.ms += 70_000

    gate.acquire(Slot(NOON_MS + 2000), 0)

    assert sum(budget.read().used.values()) == 20


def test_slot_is_judged_after_the_read_too(gate, budget, aws):
    """A table that took its time makes the request late."""
    budget.reserve(ReservationRequest(5))
    get_item = aws.dynamodb.get_item

    def slow(**arguments):
        answer = get_item(**arguments)
        aws.clock.ms += 15_000
        aws.dynamodb.get_item = get_item
        return answer

    aws.dynamodb.get_item = slow
    gate.acquire(Slot(NOON_MS), 0)

    assert aws.clock.ms == NOON_MS + 15_000
    assert aws.dynamodb.writes == 2


def test_slot_is_judged_after_the_last_sleep_too(gate, budget, aws):
    """A machine that was stopped while the request slept takes another turn."""
    budget.reserve(ReservationRequest(5))
    sleep = aws.clock.sleep

    def stopped(seconds):
        sleep(seconds)
        aws.clock.ms += 15_000
        aws.clock.sleep = sleep

    aws.clock.sleep = stopped
    gate.acquire(Slot(NOON_MS + 900), 0)

    assert aws.dynamodb.writes == 2


def test_request_that_was_stopped_for_long_goes_back_to_the_workflow(gate, budget, aws):
    """What is left of the Task's time might not do for an answer."""
    sleep = aws.clock.sleep

    def stopped(seconds):
        sleep(seconds)
        aws.clock.ms += 55_000

    aws.clock.sleep = stopped

    assert moved_to(gate, Slot(NOON_MS + 900)).not_before_ms == aws.clock.ms


def test_request_in_a_back_off_takes_an_unpaid_turn_after_it(gate, budget, aws):
    """It sleeps, for that is not long."""
    budget.reserve(ReservationRequest(1))
    budget.back_off(budget.read(), NOON_MS)

    gate.acquire(Slot(NOON_MS), 0)

    assert aws.clock.ms == NOON_MS + 2000
    assert budget.read().used == {"2026-11-20": 1}


def test_request_waits_in_the_workflow_where_the_back_off_is_long(gate, budget, aws):
    """More than half a minute of sleep is not paid for."""
    for _ in range(6):
        aws.clock.ms = budget.back_off(budget.read(), aws.clock.ms)
    until_ms = budget.back_off(budget.read(), aws.clock.ms)

    assert moved_to(gate, Slot(aws.clock.ms)) == Slot(until_ms, moves=1)


def test_slot_that_was_called_in_is_exchanged(gate, budget, aws):
    """Though its time has come: the line has begun anew without it."""
    budget.reserve(ReservationRequest(25, "this run"))
    budget.reserve_next(ReservationRequest(1, paid_day="2026-11-20"), budget.read())

    gate.acquire(Slot(NOON_MS + 500), 0)

    assert aws.clock.ms == NOON_MS + 4200


def test_a_lane_of_its_own_waits_behind_a_short_line(gate, budget, aws):
    """It blocks no lane that others need, so the line is left as it is."""
    planned = budget.reserve(ReservationRequest(10, "others"))

    replace(gate, patient=True).acquire(Slot(NOON_MS - 60_000), 0)

    assert aws.clock.ms == planned.slots.last_ms + planned.slots.interval_ms
    assert budget.read().generation == 0


def test_an_exchange_of_slots_is_one_write(gate, budget, aws):
    """The account that was read just before is the one to fit."""
    budget.reserve(ReservationRequest(3))
    budget.back_off(budget.read(), NOON_MS)
    before = aws.dynamodb.writes

    gate.acquire(Slot(NOON_MS), 0)

    assert aws.dynamodb.writes == before + 1


def test_request_after_the_back_off_keeps_its_slot(gate, budget, aws):
    """A slot that lies behind the back-off is not touched by it."""
    until_ms = budget.back_off(budget.read(), aws.clock.ms)
    aws.clock.ms = until_ms - 900

    gate.acquire(Slot(until_ms), 0)

    assert aws.clock.ms == until_ms


def test_back_off_set_while_a_request_sleeps_is_heard(gate, budget, aws):
    """The budget is read after the sleep, just before the request."""
    seen = budget.read()
    sleep = aws.clock.sleep

    def refused_meanwhile(seconds):
        sleep(seconds)
        budget.back_off(seen, NOON_MS)

    aws.clock.sleep = refused_meanwhile

    gate.acquire(Slot(NOON_MS + 900), 0)

    assert aws.clock.ms == NOON_MS + 2800


def test_repeated_request_pays_for_another_turn(gate, budget, aws):
    """A retry waits for its turn, and counts for the day."""
    budget.reserve(ReservationRequest(10))

    gate.acquire(Slot(NOON_MS, moves=1, tries=1), 2)

    assert aws.clock.ms == NOON_MS + 20_000
    assert budget.read().used == {"2026-11-20": 11}


def test_repeated_request_does_not_wait_behind_a_whole_run(gate, budget, aws):
    """The run's slots are called in: its symbols take gate as they come."""
    budget.reserve(ReservationRequest(25, "this run"))
    budget.back_off(budget.read(), NOON_MS)

    with pytest.raises(QuotaExhausted):
        gate.acquire(Slot(NOON_MS), 1)
    gate.acquire(Slot(NOON_MS), 0)

    assert aws.clock.ms == NOON_MS + 2200


def test_repeated_request_is_made_at_once_where_nobody_waits(gate, budget, aws):
    """Less than a second is slept rather than sent through the workflow again."""
    budget.reserve(ReservationRequest(1))
    aws.clock.ms += 1500

    gate.acquire(Slot(NOON_MS), 1)

    assert aws.clock.ms == NOON_MS + 2000


def test_moved_request_does_not_pay_again(aws):
    """Waiting for the new slot is no retry."""
    other = FakeAws(aws.clock, REQUESTS_PER_MINUTE="1", REQUESTS_PER_DAY="25")
    budget = other.services.budget
    gate = SlotGate(budget, aws.clock, "this run", spare_of(other), VENDOR)
    budget.reserve(ReservationRequest(10))
    slot = moved_to(gate, Slot(NOON_MS), retry_count=1)
    assert slot == Slot(NOON_MS + 600_000, moves=1, tries=1)
    aws.clock.ms = slot.not_before_ms

    gate.acquire(slot, 0)

    assert budget.read().used == {"2026-11-20": 11}


@pytest.mark.parametrize(("retry_count", "events"), [(0, EVENTS_OF_A_MOVE), (1, EVENTS_OF_A_RETRY + EVENTS_OF_A_MOVE)])
def test_waits_and_repeated_requests_are_counted_for_the_run(aws, retry_count, events):
    """With room for one of them the second symbol is put off, in a sentence; another run has room of its own."""
    other = FakeAws(aws.clock, REQUESTS_PER_MINUTE="1", REQUESTS_PER_DAY="0")
    budget = other.services.budget
    spare = other.services.spare_events("this run", 2 * events - 1)
    another = other.services.spare_events("another run", events)
    budget.reserve(ReservationRequest(10))

    with pytest.raises(SlotMoved):
        SlotGate(budget, aws.clock, "this run", spare, VENDOR).acquire(Slot(NOON_MS - 60_001), retry_count)
    with pytest.raises(PutOff, match=r"25,000 events.*next run"):
        SlotGate(budget, aws.clock, "this run", spare, VENDOR).acquire(Slot(NOON_MS - 60_001), retry_count)
    with pytest.raises(SlotMoved):
        SlotGate(budget, aws.clock, "another run", another, VENDOR).acquire(Slot(NOON_MS - 60_001), retry_count)


def test_request_on_time_needs_no_room_in_the_history(budget, aws):
    """A run without any goes on with the symbols whose slots are good."""
    SlotGate(budget, aws.clock, "run", aws.services.spare_events("run", 0), VENDOR).acquire(Slot(NOON_MS), 0)


def test_repeated_request_without_quota_is_deferred(gate, budget):
    """The sentence names the setting and the next day."""
    budget.reserve(ReservationRequest(25))

    with pytest.raises(QuotaExhausted, match=r"25 requests \(REQUESTS_PER_DAY\).*2026-11-21T05:00:00.000Z"):
        gate.acquire(Slot(NOON_MS), 1)


def test_nobody_asks_once_the_quota_is_spent(gate, budget):
    """The vendor said so once; the sentence says that a wrong key could be the reason."""
    budget.mark_spent()

    with pytest.raises(QuotaExhausted, match=r"2026-11-21T05:00:00.000Z.*wrong key"):
        gate.acquire(Slot(NOON_MS), 0)


def test_requests_go_on_after_the_reset(gate, budget, aws):
    """A run that waited past the reset asks again, and the new day pays."""
    budget.mark_spent()
    aws.clock.ms = MIDNIGHT_MS

    gate.acquire(Slot(MIDNIGHT_MS - 500), 0)

    assert budget.read().used == {"2026-11-21": 1}


def test_request_delayed_into_a_day_without_quota_is_deferred(gate, budget, aws):
    """The day on which the request would be made has to pay for it."""
    aws.clock.ms = MIDNIGHT_MS
    budget.reserve(ReservationRequest(25))

    with pytest.raises(QuotaExhausted, match="REQUESTS_PER_DAY"):
        gate.acquire(Slot(MIDNIGHT_MS - 1), 0)


def test_slot_exchanged_into_the_next_day_is_paid_by_that_day(gate, budget, aws):
    """The day that paid for the slot in the back-off does not pay for the new one."""
    aws.clock.ms = MIDNIGHT_MS - 1000
    budget.reserve(ReservationRequest(1))
    budget.back_off(budget.read(), aws.clock.ms)

    gate.acquire(Slot(MIDNIGHT_MS - 1000), 0)

    assert budget.read().used == {"2026-11-20": 1, "2026-11-21": 1}


def test_refused_key_stops_the_other_requests_of_its_run_only(aws, gate, budget):
    """Others of the same execution fail without asking; another execution asks again."""
    budget.mark_key_refused("this run")

    with pytest.raises(InvalidApiKey, match="ALPHA_VANTAGE_API_KEY"):
        gate.acquire(Slot(NOON_MS), 0)
    SlotGate(budget, aws.clock, "another run", spare_of(aws), VENDOR).acquire(Slot(NOON_MS), 0)


def test_repeated_request_too_far_ahead_is_refused(aws, budget):
    """A retry behind a day of requests ends in the sentence of any slot too far ahead."""
    budget.reserve(ReservationRequest(20))
    impatient = FakeAws(aws.clock, MAX_SLOT_AHEAD_SECONDS="30")
    impatient.dynamodb.items = aws.dynamodb.items

    with pytest.raises(InvalidInput, match="MAX_SLOT_AHEAD_SECONDS"):
        SlotGate(impatient.services.budget, aws.clock, "run", spare_of(aws), VENDOR).acquire(Slot(NOON_MS), 1)
