"""A universe in shards, in virtual time: bench/shards.py has it at 12,000 symbols and beside other ways."""

import pytest

from bench.kit.universe import Universe, in_peace, out
from stockflow_functions.daily_prices.plan.shards import at_once
from stockflow_functions.runtime.settings import Settings

SIZE = Settings.symbols_per_shard


def rolling(symbols, per_minute, refuses=in_peace, retried=0.0, seed=0):
    """A universe that has not begun yet."""
    universe = Universe(per_minute, refuses=refuses, retried=retried, seed=seed)
    universe.rolling("universe", symbols, SIZE, at_once(universe.interval_ms, SIZE))
    return universe


@pytest.mark.parametrize("per_minute", [75, 300, 1_200])
def test_shards_never_let_the_vendor_stand_idle(per_minute):
    """From the first request to the last it takes the least that so many requests take, and each is made once."""
    universe = rolling(600, per_minute).go()

    assert universe.over_bound == pytest.approx(1, abs=0.001)
    assert (len(universe.asked_ms), universe.ended) == (600, {"saved": 600})


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("per_minute", [75, 1_200])
def test_shards_keep_the_pace_through_an_outage(per_minute, seed):
    """A vendor that is out for a minute, and one request in a hundred that fails besides, cost no more than that."""
    universe = rolling(1_000, per_minute, out(10, 60), retried=0.01, seed=seed).go()

    assert universe.over_bound <= 1.02
    assert universe.most_events <= 5_000
    assert universe.most_within(10_000) <= per_minute / 6 + 1


def test_a_small_run_waits_for_the_slots_of_shards_and_not_for_the_universe():
    """Three symbols at 75 a minute have to wait for less than what three shards reserve."""
    universe = rolling(1_000, 75)
    universe.rolling("small", 3, SIZE, 1, 200_000)

    universe.go()

    assert universe.took_ms("small") - 200_000 < 3 * SIZE * 800 + 15_000
    assert universe.took_ms("universe") > 800_000
