"""Plan of a run that is too large for one history, and of its shards."""

import json

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.plan.app import call_of, plan
from stockflow_functions.daily_prices.plan.shards import MOST_SHARDS, at_once, size_of
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    InvalidInput,
    PremiumRequired,
    StorageDenied,
    StorageUnavailable,
)

EVENING = "2026-11-20T23:30:00.5Z"
LARGEST_STATE_BYTES = 262_144
SEVEN = ["A", "B", "C", "D", "E", "F", "G"]


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_DAY="0", MOST_SYMBOLS_INLINE="5", SYMBOLS_PER_SHARD="3")


def event(workflow_input, execution="run-1", retry_count=0):
    return {
        "input": workflow_input,
        "execution": execution,
        "execution_arn": f"arn:aws:states:us-east-1:1:execution:m:{execution}",
        "started_at": EVENING,
        "retry_count": retry_count,
    }


def shard_of(symbols, execution="run-1", number=1, **more):
    given = {"trigger": "shard", "shard_of": execution, "symbols": symbols, **more}
    return event(given, keys.shard_execution(execution, number))


def test_a_run_of_more_symbols_than_one_history_takes_runs_in_shards(aws):
    """The list of them is an object; the state has where it is, and how many run at once."""
    made = plan(event({"symbols": SEVEN}), aws.services)

    assert made["work"] == []
    assert made["shards"] == {
        "bucket": "stockflow",
        "key": "runs/run-1/shards.json",
        "machine": "arn:aws:states:us-east-1:1:stateMachine:m:7",
        "at_once": 5,
        "count": 3,
        "symbols": 7,
    }
    assert aws.s3.json("runs/run-1/shards.json") == [
        {"number": 1, "execution": "run-1-shard-0001", "trigger": "shard", "symbols": ["A", "B", "C"]},
        {"number": 2, "execution": "run-1-shard-0002", "trigger": "shard", "symbols": ["D", "E", "F"]},
        {"number": 3, "execution": "run-1-shard-0003", "trigger": "shard", "symbols": ["G"]},
    ]
    assert aws.s3.json("runs/run-1/plan.json")["shards"] == made["shards"]


def test_a_run_in_shards_reserves_nothing(aws):
    """Each shard does when it starts, so that others may go in between."""
    plan(event({"symbols": SEVEN}), aws.services)

    assert aws.services.budget.read().last_slot_ms is None


def test_the_children_run_the_machine_itself_where_it_has_no_version(aws):
    """As on a laptop."""
    aws.stepfunctions.version = 0

    assert plan(event({"symbols": SEVEN}), aws.services)["shards"]["machine"].endswith("stateMachine:m")


def test_a_repeated_plan_gives_the_same_and_asks_nobody_again(aws):
    """The first one's is stored."""
    made = plan(event({"symbols": SEVEN}), aws.services)

    assert plan(event({"symbols": SEVEN}, retry_count=1), aws.services) == made
    assert len(aws.stepfunctions.described) == 1


def test_a_plan_that_was_not_stored_is_made_again(aws):
    """Over the list of shards that the first attempt left."""
    made = plan(event({"symbols": SEVEN}), aws.services)
    del aws.s3.objects["runs/run-1/plan.json"]

    assert plan(event({"symbols": SEVEN}, retry_count=1), aws.services) == made


@pytest.mark.parametrize(
    ("code", "error", "sentence"),
    [
        ("AccessDeniedException", StorageDenied, "grant it states:DescribeExecution"),
        ("ThrottlingException", StorageUnavailable, "could not describe"),
    ],
)
def test_step_functions_that_do_not_answer_are_named(aws, code, error, sentence):
    """A refusal for good says what to grant; any other is tried again."""
    aws.stepfunctions.fail(code)

    with pytest.raises(error, match=sentence):
        plan(event({"symbols": SEVEN}), aws.services)


def test_what_the_day_can_not_pay_for_is_deferred_before_the_shards_are_cut(aws):
    """And what is asked for now is remembered no more."""
    limited = aws.services_with(REQUESTS_PER_DAY="6")
    aws.services.deferred.add("daily", ["B", "Z"])

    made = plan(event({"symbols": SEVEN}), limited)

    assert (made["shards"]["symbols"], made["deferred"]) == (6, ["G"])
    assert aws.services.deferred.remembered("daily") == ["Z", "G"]


def test_what_a_single_history_holds_of_what_the_day_pays_for_is_no_shards(aws):
    """A day of five requests makes a small run of a large list."""
    made = plan(event({"symbols": SEVEN}), aws.services_with(REQUESTS_PER_DAY="5"))

    assert "shards" not in made
    assert ([item["symbol"] for item in made["work"]], made["deferred"]) == (SEVEN[:5], SEVEN[5:])


def test_a_plan_that_was_not_stored_keeps_its_slots_though_they_have_used_the_day(aws):
    """They are the run's, which is small because of them."""
    limited = aws.services_with(REQUESTS_PER_DAY="5")
    made = plan(event({"symbols": SEVEN}), limited)
    del aws.s3.objects["runs/run-1/plan.json"]

    again = plan(event({"symbols": SEVEN}, retry_count=1), limited)

    assert (again["work"], again["deferred"]) == (made["work"], made["deferred"])


def test_a_day_that_the_vendor_calls_spent_makes_no_shards(aws):
    """All are deferred at once, also where no daily limit is set."""
    aws.services.budget.mark_spent()

    made = plan(event({"symbols": SEVEN}), aws.services)

    assert ("shards" in made, made["work"], made["deferred"]) == (False, [], SEVEN)


def test_a_run_that_can_not_end_in_time_is_refused(aws):
    """With its hours, and what to change."""
    slow = aws.services_with(REQUESTS_PER_MINUTE="1", MAX_SLOT_AHEAD_SECONDS="360")

    with pytest.raises(InvalidInput, match=r"7 requests, one every 60 s, take 0.1 hours.*MAX_SLOT_AHEAD_SECONDS"):
        plan(event({"symbols": SEVEN}), slow)

    assert aws.s3.puts == []


def test_a_shard_reserves_its_own_slots_with_one_write(aws):
    """Behind those of the shard before."""
    first = plan(shard_of(["A", "B"]), aws.services)
    writes = aws.dynamodb.writes
    second = plan(shard_of(["C", "D"], number=2), aws.services)

    assert second["work"][0]["not_before"] > first["work"][-1]["not_before"]
    assert aws.dynamodb.writes == writes + 1
    assert second["run"]["trigger"] == "shard"


def test_a_shard_keeps_its_objects_below_those_of_its_run(aws):
    """In a folder of its own."""
    plan(shard_of(["A"], number=12), aws.services)

    assert aws.s3.puts == ["runs/run-1/shards/0012/plan.json"]


def test_a_shard_larger_than_a_small_run_is_planned_whole(aws):
    """It is as large as the run that it is a part of made it."""
    made = plan(shard_of(SEVEN), aws.services)

    assert len(made["work"]) == len(SEVEN)


def test_a_shard_defers_what_the_day_can_not_pay_for_and_leaves_it_to_its_run_to_remember(aws):
    """Its manifest says so; the run reads that."""
    made = plan(shard_of(["A", "B", "C"]), aws.services_with(REQUESTS_PER_DAY="2"))

    assert made["deferred"] == ["C"]
    assert aws.services.deferred.remembered("daily") == []


def test_a_smoke_run_of_two_symbols_tries_both_ways(aws):
    """It runs in shards of one symbol, each of which is a small run; all of them keep their objects beside its own."""
    services = aws.services.below("scratch/run-1/")

    made = plan(event({"trigger": "smoke", "symbols": ["A", "B"]}), services)

    listed = aws.s3.json("scratch/run-1/runs/run-1/shards.json")
    assert [(shard["trigger"], shard["symbols"]) for shard in listed] == [("smoke", ["A"]), ("smoke", ["B"])]
    assert made["shards"]["key"] == "scratch/run-1/runs/run-1/shards.json"
    assert call_of(shard_of(["A"], trigger="smoke")).prefix == "scratch/run-1/"


def test_a_shard_of_a_smoke_run_is_planned_as_a_small_run(aws):
    """It is not cut again."""
    made = plan(shard_of(["A"], trigger="smoke"), aws.services)

    assert ([item["symbol"] for item in made["work"]], made["run"]["trigger"]) == (["A"], "smoke")


def test_a_smoke_run_of_one_symbol_is_a_small_run(aws):
    """There is nothing to cut."""
    assert "shards" not in plan(event({"trigger": "smoke", "symbols": ["A"]}), aws.services)


def test_a_key_that_was_refused_in_one_shard_ends_the_others_without_a_request(aws):
    """Their Plan says so, and reserves nothing."""
    aws.services.budget.mark_key_refused("run-1")

    with pytest.raises(InvalidApiKey, match=r"refused the API key in another shard of run-1: check ALPHA_VANTAGE"):
        plan(shard_of(["A"], number=2), aws.services)
    assert aws.services.budget.read().last_slot_ms is None


def test_whole_histories_that_were_refused_in_one_shard_are_not_waited_for_in_the_others(aws):
    """Their Plan says so, and reserves nothing."""
    aws.services.budget.mark_plan_refused("run-1")

    with pytest.raises(PremiumRequired, match=r"in another shard of run-1 that the key's plan does not include whole"):
        plan(shard_of(["A"], number=2, outputsize="full"), aws.services)
    assert aws.services.budget.read().last_slot_ms is None


def test_a_key_that_was_refused_in_another_run_is_tried_again(aws):
    """It may have been replaced."""
    aws.services.budget.mark_key_refused("run-0")

    assert len(plan(shard_of(["A"]), aws.services)["work"]) == 1


def test_the_largest_run_fits_into_a_state_whatever_becomes_of_its_shards():
    """A hundred thousand symbols of which all shards break off with the longest error, in shards of one symbol each."""
    aws = FakeAws(REQUESTS_PER_DAY="0", REQUESTS_PER_MINUTE="1200", SYMBOLS_PER_SHARD="1")
    symbols = [f"S{number:06}" for number in range(100_000)]

    made = plan(event({"symbols": symbols}, "x" * 80), aws.services)

    error = {"type": "StepFunctions.ExecutionLimitExceededException"}
    ended = [{"shard": number, "error": error} for number in range(1, made["shards"]["count"] + 1)]
    state = {**made, "shards": {**made["shards"], "ended": ended}}
    assert made["shards"]["count"] == MOST_SHARDS
    assert len(json.dumps({"report": "summary", "plan": state, "retry_count": 10})) < LARGEST_STATE_BYTES


@pytest.mark.parametrize(("symbols", "size"), [(201, 40), (100_000, 40), (100_001, 41)])
def test_there_are_never_more_shards_than_a_state_can_tell_of(symbols, size):
    """Beyond, they are larger."""
    assert size_of(symbols, 40) == size


@pytest.mark.parametrize(("per_minute", "shards"), [(30, 3), (75, 3), (300, 4), (600, 6), (1_200, 11), (6_000, 20)])
def test_as_many_shards_run_at_once_as_hold_twenty_seconds_of_the_line(per_minute, shards):
    """Besides the one under way; three at least, twenty at most."""
    assert at_once(60_000 // per_minute, 40) == shards
