"""A run's requests, as its planner reserves them and as people read them."""

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.pacing.planning import requests_of, reserve, reserved, sentence_of, work_of


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_DAY="25")


@pytest.fixture
def budget(aws):
    return aws.services.budget


def test_symbols_beyond_the_slots_have_none(budget):
    """The first ones are asked for, one interval apart."""
    budget.reserve(ReservationRequest(23))
    work = work_of(["AAPL", "MSFT", "IBM"], reserve(budget, 3, "run-1", repeated=False))

    assert work == [
        {"symbol": "AAPL", "not_before": "2026-11-20T17:00:46.000Z"},
        {"symbol": "MSFT", "not_before": "2026-11-20T17:00:48.000Z"},
    ]


def test_planner_that_is_called_again_has_the_slots_that_it_reserved(budget):
    """A crash between the reservation and the plan's storage costs no request."""
    first = reserve(budget, 3, "run-1", repeated=False)
    again = reserve(budget, 3, "run-1", repeated=True)

    assert (again.slots.first_ms, again.slots.count) == (first.slots.first_ms, 3)
    assert budget.read().used == {"2026-11-20": 3}


def test_planner_that_is_called_again_before_it_reserved_reserves(budget):
    """Whether the first call came so far is not known to the second."""
    assert reserve(budget, 3, "run-1", repeated=True).slots.count == 3


def test_run_carries_whose_slots_it_has_and_how_often_it_may_wait(budget):
    """The generation, which a call-in counts up; and the events that its history has to spare."""
    assert reserved(reserve(budget, 1, "run-1", repeated=False)) == {"generation": 0, "spare_events": 23_959}


def test_requests_without_a_slot_have_no_times(aws, budget):
    """The quota is said all the same."""
    budget.mark_spent()
    requests = requests_of(reserve(budget, 3, "run-1", repeated=False), aws.clock.now_ms())

    assert (requests["planned"], requests["first_slot_at"], requests["last_slot_at"]) == (0, None, None)
    assert requests["day_resets_at"] == "2026-11-21T05:00:00.000Z"


def test_sentence_says_the_slots_and_what_the_quota_still_pays_for(aws, budget):
    """In the order of time."""
    reservation = reserve(budget, 1, "run-1", repeated=False)

    assert sentence_of(reservation, 0, aws.clock.now_ms(), "Alpha Vantage") == (
        "1 request at 2026-11-20T17:00:01.750Z. The day's 25 requests pay for 24 more before 2026-11-21T05:00:00.000Z."
    )


@pytest.mark.parametrize(("lanes", "own"), [(3, True), (2, None)])
def test_a_run_says_where_each_symbol_has_a_lane_of_its_own(budget, lanes, own):
    """There a request that lost its slot blocks nobody by waiting."""
    assert reserved(reserve(budget, 3, "run-1", repeated=False), lanes).get("own_lanes") == own
