"""The workflow input."""

import pytest

from stockflow_functions.daily_prices.plan.request import Request, request_of
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import ObjectPlace


def test_empty_input_is_a_run_of_the_defaults():
    """A person who writes {} in the console gets daily, compact prices."""
    assert request_of({}) == Request(
        None, "daily", "compact", force=False, trigger="console", scheduled_ms=None, dropped=None
    )


def test_every_choice_is_taken():
    """What the input says wins over the defaults."""
    value = {"symbols": "A", "series": "daily_adjusted", "outputsize": "full", "force": True, "trigger": "schedule"}

    assert request_of(value) == Request(
        "A", "daily_adjusted", "full", force=True, trigger="schedule", scheduled_ms=None, dropped=None
    )


def test_the_scheduled_time_is_a_moment():
    """The schedule says for which moment it meant the run."""
    assert request_of({"scheduled_time": "1970-01-01T00:00:01Z"}).scheduled_ms == 1000


def test_dropped_list_is_a_place_in_s3():
    """The inbox rule writes bucket and key."""
    value = {"trigger": "inbox", "list": {"bucket": "bucket", "key": "inbox/list.csv"}}

    assert request_of(value).dropped == ObjectPlace("bucket", "inbox/list.csv")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"symbol": "AAPL"}, "'symbol', which is unknown: write any of symbols, universe, series"),
        ({"series": "hourly"}, "series is 'hourly': write daily or daily_adjusted or weekly"),
        ({"series": None}, "series is None"),
        ({"series": ["daily"]}, "series is"),
        ({"outputsize": "FULL"}, "outputsize is 'FULL': write compact or full"),
        ({"outputsize": {}}, "outputsize is"),
        ({"force": "yes"}, "force is 'yes': write true or false"),
        ({"force": 1}, "force is 1"),
        ({"trigger": "cron"}, "trigger is 'cron': write schedule or console or inbox or laptop"),
        ({"trigger": "shard", "symbols": ["A"]}, "trigger is 'shard'"),
        ({"trigger": "shard", "shard_of": None}, "'shard_of', which is unknown"),
        ({"trigger": "shard", "shard_of": 5}, "shard_of is 5: write a text"),
        ({"universe": "universes/a\ud800.txt"}, "universe is .*write a text such as listed:NASDAQ"),
        ({"backfill": "a\ud800b"}, "backfill is .*write a text such as next"),
        ({"scheduled_time": "tomorrow"}, "scheduled_time is 'tomorrow': write a time such as"),
        ({"scheduled_time": 5}, "scheduled_time is 5"),
        ({"list": "inbox/list.csv"}, "list is 'inbox/list.csv'"),
        ({"list": {"bucket": "b"}}, "list is"),
        ({"list": {"bucket": "", "key": "k"}}, "list.bucket is ''"),
        ({"list": {"bucket": "a b/../c", "key": "k"}}, "list.bucket is 'a b"),
        ({"list": {"bucket": "a..b", "key": "k"}}, "list.bucket"),
        ({"list": {"bucket": "arn:aws:s3:us-east-1:123456789012:accesspoint/x", "key": "k"}}, "list.bucket"),
        ({"list": {"bucket": "bucket", "key": ""}}, "list.key is ''"),
        ({"list": {"bucket": "bucket", "key": "k" * 1025}}, "list.key"),
        ({"list": {"bucket": "bucket", "key": "a\x00b"}}, "list.key"),
        ({"list": {"bucket": "bucket", "key": "a\ud800b"}}, "list.key"),
        ({"scheduled_time": "0001-01-01T00:00:00Z"}, "scheduled_time is '0001"),
        ({"scheduled_time": "0001-01-01T00:00:00+23:59"}, "scheduled_time"),
        ({"scheduled_time": "9999-12-31T23:59:59-23:59"}, "scheduled_time"),
        ({"symbols": ["A"], "list": {"bucket": "b", "key": "k"}}, "both"),
        ([], r"The input is \[\]: write an object"),
        ("AAPL", "The input is 'AAPL'"),
        (None, "The input is None"),
        ({"x" * 10_000: 1}, "unknown"),
    ],
)
def test_input_that_can_not_be_used_is_refused_in_a_sentence(value, sentence):
    """It quotes what is wrong and says what to write instead."""
    with pytest.raises(InvalidInput, match=sentence) as caught:
        request_of(value)
    assert len(str(caught.value)) < 250
