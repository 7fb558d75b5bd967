"""What shards cost beside one run of as many symbols."""

import json
from pathlib import Path

import pytest

from stockflow_functions.daily_prices.cost import RunWork, cost_of_items, run_cost
from stockflow_functions.daily_prices.cost_of_shards import STATES_OF_A_SHARD

DEFINITION = Path(__file__).resolve().parents[4] / "statemachine" / "daily_prices.asl.json"


def test_a_shard_enters_the_states_of_a_small_run_and_one_of_its_own():
    """All but those of its symbols, and the Task that runs it."""
    states = json.loads(DEFINITION.read_text())["States"]
    small = ["Plan", "AnythingToFetch?", "EachSymbol", "Notify", "Outcome?", "Succeeded"]

    assert set(small) <= states.keys()
    assert len(small) + len({"RunShard"} & states["EachShard"]["ItemProcessor"]["States"].keys()) == STATES_OF_A_SHARD


@pytest.mark.parametrize("symbols", [200, 201])
def test_a_large_run_is_estimated_with_its_shards(symbols):
    """As the settings are by default: from 201 symbols on, 40 each."""
    shards = 6 if symbols > 200 else 0

    assert cost_of_items(symbols).dollars == run_cost(RunWork(saved=symbols), shards=shards)["dollars"]


def test_shards_add_little_to_the_price():
    """Three in a hundred."""
    whole, cut = (run_cost(RunWork(saved=12_000), shards=shards)["dollars"] for shards in (0, 300))

    assert 1.02 < cut / whole < 1.04
