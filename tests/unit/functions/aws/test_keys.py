"""Where the objects of a shard are."""

import pytest

from stockflow_functions.aws import keys


@pytest.mark.parametrize("number", [1, 12, 2_500, 10_000])
def test_a_shards_objects_are_below_those_of_its_run(number):
    """In a folder with its number."""
    execution = keys.shard_execution("run-1", number)

    assert keys.plan(execution) == f"runs/run-1/shards/{number:04}/plan.json"
    assert (keys.whole_run(execution), keys.is_shard(execution)) == ("run-1", True)


def test_a_run_is_no_shard():
    """Whatever its name has in it."""
    assert not keys.is_shard("my-shard-of-cake")
    assert keys.run("my-shard-of-cake") == "runs/my-shard-of-cake/"


@pytest.mark.parametrize("number", [1, 2_500, 99_999])
def test_a_shards_name_is_one_that_step_functions_takes(number):
    """80 characters at most; the number is whole."""
    name = keys.shard_execution("x" * 80, number)

    assert len(name) <= 80
    assert name.endswith(f"-shard-{number:04}")
