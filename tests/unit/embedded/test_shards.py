"""Shards of a run of the embedded AWS: settled when they end, in their own threads."""

from threading import Event, Thread

import pytest

from stockflow.embedded.shards import Shards, is_shard, is_shard_of

RUN = "arn:aws:states:us-east-1:123456789012:execution:daily-prices:run"
ONE, TWO = f"{RUN}-shard-0001", f"{RUN}-shard-0002"
FIRST = {"id": 1, "type": "ExecutionStarted"}


@pytest.fixture
def settled():
    """The shards that were settled, in order."""
    return []


@pytest.fixture
def shards(settled):
    return Shards(lambda arn: ":daily-prices:" in arn, settled.append)


def test_a_shard_is_settled_once_when_it_ends(shards, settled):
    """A run that is none is left to who waits for it."""
    for arn in (RUN, ONE):
        shards.witness(arn, FIRST)
        shards.ended(arn)
        shards.ended(arn)
    assert settled == [ONE]


def test_a_shard_of_another_aws_is_none_of_ours(shards, settled):
    """Both share one moto."""
    other = ONE.replace("daily-prices", "daily-prices-2")
    shards.witness(other, FIRST)
    shards.ended(other)
    assert settled == []


def test_once_closed_nothing_is_settled(shards, settled):
    """What was under way ends unfinished, and its journal tells of it."""
    shards.witness(ONE, FIRST)
    shards.close()
    shards.ended(ONE)
    assert settled == []


def test_a_run_waits_until_its_shards_are_settled():
    """Those of another run do not matter."""
    let, settled = Event(), []

    def settle(arn):
        let.wait(10)
        settled.append(arn)

    shards = Shards(lambda _: True, settle)
    shards.witness(ONE, FIRST)
    shards.witness(TWO.replace(":run-", ":other-"), FIRST)
    thread = Thread(target=shards.ended, args=(ONE,))
    thread.start()
    waiting = Thread(target=shards.wait_for, args=(RUN,))
    waiting.start()
    let.set()
    waiting.join(10)
    thread.join(10)

    assert settled == [ONE]
    assert not waiting.is_alive()


def test_a_shard_that_can_not_be_settled_keeps_nobody_waiting():
    """Its thread ends with the error."""

    def fail(arn):
        raise OSError("no room")

    shards = Shards(lambda _: True, fail)
    shards.witness(ONE, FIRST)
    with pytest.raises(OSError, match="no room"):
        shards.ended(ONE)
    shards.wait_for(RUN)
    assert shards.under_way() == []


def test_who_listens_hears_the_shards_alone(shards):
    """Each event as it happens."""
    heard = []
    shards.listeners.append(lambda arn, event: heard.append((arn, event["id"])))
    for arn in (RUN, ONE):
        for number in (1, 2):
            shards.witness(arn, {"id": number, "type": "PassStateEntered"})
    assert heard == [(ONE, 1), (ONE, 2)]


@pytest.mark.parametrize("length", [20, 80])
def test_a_shard_is_known_by_its_name(length):
    """Of a run with a long name, a shard's has the first 68 characters."""
    whole = f"{RUN.rpartition(':')[0]}:{'r' * length}"
    shard = f"{whole.rpartition(':')[0]}:{('r' * length)[:68]}-shard-0012"
    assert (is_shard(whole), is_shard(shard), is_shard_of(shard, whole), is_shard_of(shard, RUN)) == (
        False,
        True,
        True,
        False,
    )
