"""When a job is looked at."""

from stockflow_functions.earnings_calls.look.waiting import LONGEST_MS, wait_seconds


def test_waits_grow_to_fifteen_first_ones():
    """A short call is not kept waiting, a long one costs few looks."""
    waits = [wait_seconds(looks, 20) for looks in range(10)]

    assert waits[:4] == [20, 30, 45, 68]
    assert waits[-1] == wait_seconds(10_000, 20) == 300


def test_wait_is_whole_seconds_from_one():
    """As a Wait state takes them."""
    assert all(isinstance(wait_seconds(looks, 1), int) and wait_seconds(looks, 1) >= 1 for looks in range(20))


def test_job_that_hangs_is_looked_at_some_forty_times():
    """Which is what fifty calls of one run leave room for in its history."""
    looks, waited = 0, 0
    while waited < LONGEST_MS / 1000:
        waited += wait_seconds(looks, 20)
        looks += 1

    assert 35 <= looks <= 45
