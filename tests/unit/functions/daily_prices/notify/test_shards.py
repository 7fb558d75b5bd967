"""The report of a run in shards, and of each shard."""

import json

import pytest

from stockflow.testing import client_error
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.noted import metadata_of
from stockflow_functions.daily_prices.outcome import Failure, SymbolOutcome
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from tests.helpers.aws_with_slack import notify

EXECUTION = "2026-11-20-evening"
ARN = f"arn:aws:states:eu-west-1:210987654321:execution:DailyPrices:{EXECUTION}"
REFUSED = Failure("InvalidApiKey", "Alpha Vantage refuses the API key.", "Fetch")
BEHIND = Failure("InvalidApiKey", "Alpha Vantage refused the API key in another shard.", "Plan")


def run(execution=EXECUTION, trigger="schedule"):
    return {
        "execution": execution,
        "execution_arn": ARN.replace(EXECUTION, execution),
        "started_at": "2026-11-20T22:30:00.250Z",
        "trigger": trigger,
        "series": "daily",
        "outputsize": "compact",
        "force": False,
    }


def requests_of(planned):
    return {"planned": planned, "day_limit": 0, "day_used": planned, "day_left": None, "day_resets_at": None}


def universe(stage, *shards, deferred=()):
    """The plan of a run in these shards, as Plan leaves it."""
    listed = [
        {"number": number, "execution": keys.shard_execution(EXECUTION, number), "symbols": symbols.split()}
        for number, symbols in enumerate(shards, 1)
    ]
    count = sum(len(shard["symbols"]) for shard in listed)
    key = keys.shards(EXECUTION)
    plan = {
        "run": run(),
        "work": [],
        "shards": {"bucket": "b", "key": key, "machine": "m", "at_once": 3, "count": len(listed), "symbols": count},
        "deferred": list(deferred),
        "skipped": None,
        "requests": requests_of(count),
        "warnings": [],
        "sentence": "…",
    }
    stage.s3.put_json(key, listed)
    stage.s3.put_json(keys.plan(EXECUTION), plan)
    return plan


def shard_ended(stage, number, *outcomes, error=None, warnings=()):
    """The shard's manifest, as its own Notify leaves it."""
    execution = keys.shard_execution(EXECUTION, number)
    stage.s3.put_json(
        keys.manifest(execution),
        {
            **run(execution, "shard"),
            "outcome": "failed" if error else "succeeded",
            "symbols": [outcome.as_dict() for outcome in outcomes],
            "warnings": list(warnings),
            "error": error.as_dict() if error else None,
        },
    )


def shard_under_way(stage, number, symbols, *outcomes):
    """What a shard leaves before its Notify: its plan, a record of each of these outcomes, or the saved object."""
    execution = keys.shard_execution(EXECUTION, number)
    work = [{"symbol": symbol, "not_before": "2026-11-20T22:30:01.000Z"} for symbol in symbols.split()]
    stage.s3.put_json(keys.plan(execution), {"run": run(execution, "shard"), "work": work})
    for outcome in outcomes:
        if outcome.status == "saved":
            noted = metadata_of(execution, "2026-11-20T22:30:01.000Z", outcome)
            stage.s3.place(keys.prices("daily", outcome.symbol), b"rows", noted)
        else:
            stage.s3.put_json(keys.symbol_record(execution, outcome.symbol), outcome.as_dict())


def saved(*symbols):
    return [SymbolOutcome(symbol, "saved", attempts=1, rows_added=1) for symbol in symbols]


def summed_up(stage, plan, *ended):
    """What Notify makes of it: its result, and the manifest."""
    event = {**plan, "shards": {**plan["shards"], "ended": list(ended)}}
    given = notify({"report": "summary", "plan": event, "retry_count": 0}, stage.services)
    return given, stage.s3.json(keys.manifest(EXECUTION))


def statuses(manifest):
    return {symbol["symbol"]: symbol["status"] for symbol in manifest["symbols"]}


def error_of(manifest, symbol):
    error = next(entry["error"] for entry in manifest["symbols"] if entry["symbol"] == symbol)
    return error["type"], error["state"]


def test_a_manifest_has_every_symbol_of_every_shard(stage):
    """In the order of the shards, then those that the day could not pay for."""
    plan = universe(stage, "A B", "C", deferred=["Z"])
    shard_ended(stage, 1, *saved("A"), SymbolOutcome("B", "failed", 1, error=Failure("BadPrices", "No.", "Transform")))
    shard_ended(stage, 2, *saved("C"))

    given, manifest = summed_up(stage, plan)

    assert statuses(manifest) == {"A": "saved", "B": "failed", "C": "saved", "Z": "deferred"}
    assert manifest["requests"]["made"] == 3
    assert given["end_as_failed"]


def test_symbols_of_a_shard_to_which_whole_histories_were_refused_fail_with_that(stage):
    """It asked for none of them; the run as a whole has come to its end."""
    plan = universe(stage, "A", "B")
    premium = Failure("PremiumRequired", "The plan does not include it.", "Fetch")
    shard_ended(stage, 1, SymbolOutcome("A", "failed", attempts=1, error=premium))
    shard_ended(stage, 2, error=Failure("PremiumRequired", "Another shard has learned it.", "Plan"))

    _, manifest = summed_up(stage, plan, {"status": "SUCCEEDED"}, {"shard": 2, "error": {"type": "PremiumRequired"}})

    assert error_of(manifest, "B") == ("PremiumRequired", "Plan")
    assert (manifest["error"], manifest["requests"]["made"]) == (None, 1)


def test_one_message_tells_of_all_shards(stage):
    """Thousands of symbols that failed alike are one group of it."""
    names = [f"S{number}" for number in range(4_000)]
    plan = universe(stage, *(" ".join(names[first : first + 40]) for first in range(0, 4_000, 40)))
    trouble = Failure("UnknownSymbol", "There are no such prices.", "Fetch")
    for number in range(1, 101):
        symbols = names[40 * (number - 1) : 40 * number]
        shard_ended(stage, number, *[SymbolOutcome(symbol, "failed", 1, error=trouble) for symbol in symbols])

    summed_up(stage, plan)

    (message,) = stage.inbox.messages
    assert message.text.count("UnknownSymbol in Fetch") == 1
    assert "and 3,990 more" in message.text


def test_a_run_is_read_with_a_read_a_shard(stage):
    """Not with one a symbol."""
    plan = universe(stage, "A B C", "D E F")
    shard_ended(stage, 1, *saved("A", "B", "C"))
    shard_ended(stage, 2, *saved("D", "E", "F"))
    before = stage.s3.calls["get_object"]

    summed_up(stage, plan)

    of_the_run = 3  # the list of shards, what is known of symbols, and whether people have been told
    assert stage.s3.calls["get_object"] - before == 2 + of_the_run


def test_symbols_of_a_shard_that_never_started_failed_with_its_error(stage):
    """As the workflow gives it on."""
    plan = universe(stage, "A", "B C")
    shard_ended(stage, 1, *saved("A"))

    _, manifest = summed_up(
        stage,
        plan,
        {"status": "SUCCEEDED"},
        {"shard": 2, "error": {"type": "StepFunctions.ExecutionLimitExceededException"}},
    )

    assert statuses(manifest) == {"A": "saved", "B": "failed", "C": "failed"}
    assert error_of(manifest, "C") == ("StepFunctions.ExecutionLimitExceededException", "RunShard")


def test_a_shard_that_was_killed_keeps_what_its_symbols_had_come_to(stage):
    """The records of some, the saved objects of others; the rest of it failed with what ended it."""
    plan = universe(stage, "A B C")
    shard_under_way(stage, 1, "A B C", SymbolOutcome("A", "unchanged", attempts=1), *saved("C"))

    _, manifest = summed_up(stage, plan, {"shard": 1, "error": {"type": "States.TaskFailed"}})

    assert statuses(manifest) == {"A": "unchanged", "B": "failed", "C": "saved"}
    assert error_of(manifest, "B") == ("States.TaskFailed", "RunShard")


def test_a_shard_whose_planner_failed_loses_no_symbol(stage):
    """Its manifest has the error and no symbol: each has that error."""
    plan = universe(stage, "A B")
    shard_ended(stage, 1, error=Failure("StorageUnavailable", "DynamoDB refused.", "Plan"))

    _, manifest = summed_up(stage, plan, {"shard": 1, "error": {"type": "States.TaskFailed"}})

    assert statuses(manifest) == {"A": "failed", "B": "failed"}
    assert error_of(manifest, "A") == ("StorageUnavailable", "Plan")
    assert manifest["error"] is None


def test_a_shard_that_nothing_tells_of_was_not_run(stage):
    """Its symbols failed, and the sentence says that it is not known why."""
    _, manifest = summed_up(stage, universe(stage, "A"))

    assert error_of(manifest, "A") == ("ShardNotRun", "RunShard")


@pytest.mark.parametrize("red", ["true", "false"])
def test_a_refused_key_makes_the_whole_run_failed(stage, red):
    """The vendor's own refusal is the run's error, and that of each symbol that was not asked for; the end is red."""
    plan = universe(stage, "A B", "C D")
    asked = [SymbolOutcome(symbol, "failed", 1, error=REFUSED) for symbol in "AB"]
    shard_ended(stage, 2, error=BEHIND)
    shard_ended(stage, 1, *asked, error=REFUSED)
    stage.services = stage.services_with(FAIL_RUN_ON_SYMBOL_FAILURE=red)

    given, manifest = summed_up(stage, plan)

    assert manifest["error"] == REFUSED.as_dict()
    assert {error_of(manifest, symbol) for symbol in "ABCD"} == {("InvalidApiKey", "Fetch")}
    assert (given["outcome"], given["end_as_failed"]) == ("failed", True)


def test_what_shards_warn_of_is_said_once(stage):
    """Another run's stricter pace, for example, is met by each of them."""
    plan = universe(stage, "A", "B")
    for number, symbol in ((1, "A"), (2, "B")):
        shard_ended(stage, number, *saved(symbol), warnings=["Another run has a stricter pace."])

    assert summed_up(stage, plan)[1]["warnings"] == ["Another run has a stricter pace."]


def test_symbols_that_shards_deferred_go_first_in_the_next_run(stage):
    """The whole run remembers them, in one write."""
    plan = universe(stage, "A B")
    shard_ended(stage, 1, *saved("A"), SymbolOutcome("B", "deferred"))

    summed_up(stage, plan)

    assert stage.services.deferred.remembered("daily") == ["B"]


def summary_of_a_shard(stage, *outcomes):
    execution = keys.shard_execution(EXECUTION, 1)
    for outcome in outcomes:
        stage.s3.put_json(keys.symbol_record(execution, outcome.symbol), outcome.as_dict())
    plan = {
        "run": run(execution, "shard"),
        "work": [{"symbol": outcome.symbol, "not_before": "2026-11-20T22:30:01.000Z"} for outcome in outcomes],
        "deferred": ["Z"],
        "skipped": None,
        "requests": requests_of(len(outcomes)),
        "warnings": [],
        "sentence": "…",
    }
    symbols = [
        {"symbol": one.symbol, "status": one.status}
        | ({"error": {"type": one.error.type, "state": one.error.state}} if one.error else {})
        for one in outcomes
    ]
    return notify({"report": "summary", "plan": {**plan, "symbols": symbols}, "retry_count": 0}, stage.services)


def test_a_shard_tells_nobody_and_ends_green(stage):
    """Whatever became of its symbols: its manifest says it, for the run that it is a part of."""
    failed = SymbolOutcome("B", "failed", 1, error=Failure("UnknownSymbol", "There are no such prices.", "Fetch"))

    given = summary_of_a_shard(stage, *saved("A"), failed)

    assert not given["end_as_failed"]
    assert stage.inbox.messages == []
    assert statuses(stage.s3.json(f"runs/{EXECUTION}/shards/0001/manifest.json")) == {
        "A": "saved",
        "B": "failed",
        "Z": "deferred",
    }
    assert stage.services.deferred.remembered("daily") == []


def test_a_shard_of_a_smoke_run_tells_nobody(stage):
    """Its run does."""
    execution = keys.shard_execution(EXECUTION, 1)
    plan = {"run": run(execution, "smoke"), "work": [], "deferred": [], "skipped": None, "requests": requests_of(0)}
    more = {"warnings": [], "sentence": "…", "symbols": []}

    notify({"report": "summary", "plan": {**plan, **more}, "retry_count": 0}, stage.services)

    assert stage.inbox.messages == []


def failure_of(execution, error="InvalidApiKey", **more):
    return {
        "report": "failure",
        "error": {"Error": error, "Cause": json.dumps({"errorMessage": "Alpha Vantage refuses the API key."})},
        "input": {"trigger": "shard", "shard_of": EXECUTION, "symbols": ["A"], "series": "daily"},
        "execution": execution,
        "execution_arn": ARN.replace(EXECUTION, execution),
        "started_at": "2026-11-20T22:30:00.250Z",
        "retry_count": 0,
        **more,
    }


def event_of(execution, status, workflow_input):
    detail = {
        "executionArn": ARN.replace(EXECUTION, execution),
        "name": execution,
        "status": status,
        "startDate": 1_795_213_800_250,
        "input": json.dumps(workflow_input),
    }
    return {"report": "event", "event": {"detail": detail}}


def test_a_shard_that_broke_off_tells_nobody(stage):
    """Neither its error notifier nor EventBridge's event does; its manifest has the error."""
    execution = keys.shard_execution(EXECUTION, 1)

    given = notify(failure_of(execution), stage.services)
    notify(event_of(execution, "FAILED", failure_of(execution)["input"]), stage.services)

    assert given["end_as_failed"]
    assert stage.inbox.messages == []
    assert stage.s3.json(keys.manifest(execution))["error"]["type"] == "InvalidApiKey"


def test_the_slots_of_a_shard_that_was_stopped_are_released(stage):
    """EventBridge says that it ended; nobody else was in line behind it."""
    execution = keys.shard_execution(EXECUTION, 1)
    budget = stage.services.budget
    slots = budget.reserve(ReservationRequest(10, execution)).slots

    notify(event_of(execution, "ABORTED", failure_of(execution)["input"]), stage.services)

    assert budget.read().last_slot_ms < slots.last_ms
    assert stage.inbox.messages == []


def test_a_run_that_was_stopped_tells_of_every_symbol(stage):
    """Those of ended shards as they are, those under way as they had come to, all others failed with the run."""
    plan = universe(stage, "A", "B C", "D", deferred=["Z"])
    shard_ended(stage, 1, *saved("A"))
    shard_under_way(stage, 2, "B C", SymbolOutcome("B", "unchanged", attempts=1))

    notify(event_of(EXECUTION, "ABORTED", {"trigger": "schedule"}), stage.services)

    manifest = stage.s3.json(keys.manifest(EXECUTION))
    assert statuses(manifest) == {"A": "saved", "B": "unchanged", "C": "failed", "D": "failed", "Z": "deferred"}
    assert error_of(manifest, "D") == ("Aborted", "EachShard")
    assert manifest["series"] == plan["run"]["series"]
    assert len(stage.inbox.messages) == 1


def test_people_hear_of_a_failed_run_whose_shards_can_not_be_read(stage):
    """The log says that S3 did not answer."""
    universe(stage, "A")

    def list_is_out_of_reach(key, body):
        if key == keys.shards(EXECUTION):
            raise client_error("SlowDown", "GetObject")
        return body

    stage.s3.on_get = list_is_out_of_reach

    notify(event_of(EXECUTION, "TIMED_OUT", {"trigger": "schedule"}), stage.services)

    assert len(stage.inbox.messages) == 1
    assert "the shards' traces can't be read" in stage.log.getvalue()
