"""Many at once on one account."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from stockflow.testing import NOON_MS, FakeClock
from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.domain.budget.arithmetic import ReservationRequest

THREADS = 16


def at_once(work, times):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(times)))


def every_slot(reservations):
    return sorted(taken.slots.at_ms(index) for taken in reservations for index in range(taken.slots.count))


def test_no_slot_is_given_twice_or_left_out(memory, open_budget):
    """400 reservations by 16 threads, their clocks apart, are one unbroken line, and cost two writes each."""

    def reserve(number):
        clock = FakeClock(NOON_MS + number % 7 * 500 - 1500)
        return open_budget(memory, clock).reserve(ReservationRequest(1 + number % 3))

    slots = every_slot(at_once(reserve, 400))

    gaps = [later - earlier for earlier, later in pairwise(slots)]
    assert len(slots) == sum(1 + number % 3 for number in range(400))
    assert set(gaps[8:]) == {2000}
    assert min(gaps) >= 2000
    assert memory.writes <= 2.1 * 400


def test_day_is_not_given_away_twice(memory, open_budget):
    """16 threads get the day's limit between them, and no more."""
    taken = at_once(lambda _: open_budget(memory, day_limit=100).reserve(ReservationRequest(3)), 80)

    assert sum(reservation.slots.count for reservation in taken) == 100


def test_one_refusal_wave_is_one_hold_off(memory, open_budget):
    """40 requests refused together hold everybody off once."""
    budget = open_budget(memory)
    seen = budget.read()

    ends = at_once(lambda _: open_budget(memory, FakeClock(NOON_MS)).back_off(seen, NOON_MS), 40)

    assert set(ends) == {NOON_MS + 2000}
    assert budget.read().hold_ms == 2000


def test_deferred_symbols_of_runs_at_once_are_all_remembered(memory):
    """Runs that defer symbols at the same time lose none."""
    deferred = DeferredStore(memory, "stockflow", "prices")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: deferred.add("daily", [f"S{number}"]), range(20)))

    assert sorted(deferred.remembered("daily")) == sorted(f"S{number}" for number in range(20))
