"""The report of a run that failed."""

import json
from dataclasses import asdict

import pytest

from stockflow.local_servers.slack_inbox import SlackReply
from stockflow_functions.daily_prices.noted import metadata_of
from stockflow_functions.daily_prices.notify.manifest import summary_manifest, tried_in
from stockflow_functions.daily_prices.outcome import Failure, SymbolOutcome
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import NotificationFailed, StorageDenied
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.aws_with_slack import NOW_MS, notify

EXECUTION = "2026-11-20-evening"
ARN = f"arn:aws:states:eu-west-1:210987654321:execution:DailyPrices:{EXECUTION}"
KEY_REFUSED = "Alpha Vantage refuses the API key."


def cause(error_type, message):
    """What Lambda gives for a handler that raised."""
    return json.dumps({"errorMessage": message, "errorType": error_type, "requestId": "1", "stackTrace": ["  File …"]})


def failure(error_type="InvalidApiKey", message=KEY_REFUSED, **more):
    return {
        "report": "failure",
        "error": {"Error": error_type, "Cause": cause(error_type, message)},
        "input": {"symbols": ["AAPL"], "trigger": "schedule", "series": "daily_adjusted"},
        "execution": EXECUTION,
        "execution_arn": ARN,
        "started_at": "2026-11-20T22:30:00.250Z",
        "retry_count": 0,
        **more,
    }


def event(status="TIMED_OUT", **detail):
    """As EventBridge gives it, through the rule's input transformer."""
    return {
        "report": "event",
        "event": {
            "source": "aws.states",
            "detail-type": "Step Functions Execution Status Change",
            "detail": {
                "executionArn": ARN,
                "stateMachineArn": "arn:aws:states:eu-west-1:210987654321:stateMachine:DailyPrices",
                "name": EXECUTION,
                "status": status,
                "startDate": 1_795_213_800_250,
                "stopDate": 1_795_213_872_000,
                "input": '{"trigger": "schedule"}',
                "inputDetails": {"included": True},
                "output": None,
                "error": None,
                "cause": None,
                **detail,
            },
        },
    }


def planned(stage, *symbols, deferred=()):
    run = {
        "execution": EXECUTION,
        "execution_arn": ARN,
        "started_at": "2026-11-20T22:30:00.250Z",
        "trigger": "schedule",
        "series": "daily",
        "outputsize": "compact",
    }
    work = [{"symbol": symbol, "not_before": "2026-11-20T22:30:01.000Z"} for symbol in symbols]
    requests = {"planned": len(symbols), "day_limit": 0, "day_used": 0, "day_left": None, "day_resets_at": None}
    plan = {"run": run, "work": work, "deferred": list(deferred), "skipped": None, "requests": requests, "warnings": []}
    stage.s3.put_json(f"runs/{EXECUTION}/plan.json", plan)
    return plan


def recorded(stage, symbol, status="saved", error=None):
    record = SymbolOutcome(symbol, status, attempts=1, error=error)
    stage.s3.put_json(f"runs/{EXECUTION}/symbols/{symbol}.json", record.as_dict())


def manifest(stage):
    return stage.s3.json(f"runs/{EXECUTION}/manifest.json")


def test_a_refused_key_is_told_with_the_state_it_came_from(stage):
    """The Map failed, but Fetch is to blame: its record says so."""
    planned(stage, "AAPL", "MSFT")
    recorded(stage, "AAPL", "failed", Failure("InvalidApiKey", KEY_REFUSED, "Fetch"))
    answer = notify(failure(), stage.services)
    assert answer == {
        "outcome": "failed",
        "end_as_failed": True,
        "sentence": f"InvalidApiKey in Fetch: {KEY_REFUSED}",
    }
    (message,) = stage.inbox.messages
    assert message.channel == "error"
    assert message.text.startswith("The run failed in Fetch: InvalidApiKey\n")


def test_symbols_without_a_record_failed_with_the_run(stage):
    """What was done stays done, what was not is to be run again, what was deferred is no failure."""
    planned(stage, "AAPL", "MSFT", "IBM", deferred=["LATE"])
    recorded(stage, "AAPL")
    recorded(stage, "MSFT", "failed", Failure("InvalidApiKey", KEY_REFUSED, "Fetch"))
    notify(failure(), stage.services)
    told = manifest(stage)
    assert [(symbol["symbol"], symbol["status"]) for symbol in told["symbols"]] == [
        ("AAPL", "saved"),
        ("MSFT", "failed"),
        ("IBM", "failed"),
        ("LATE", "deferred"),
    ]
    assert (
        told["symbols"][2]["error"]
        == told["error"]
        == {
            "type": "InvalidApiKey",
            "message": KEY_REFUSED,
            "state": "Fetch",
        }
    )


def dataset(stage, symbol, execution=EXECUTION):
    """The object that this execution has saved, with its outcome on it."""
    outcome = SymbolOutcome(symbol, "saved", attempts=2, rows_added=3, warnings=("Odd.",))
    noted = metadata_of(execution, "2026-11-20T22:30:01.000Z", outcome)
    stage.s3.place(f"prices/daily/{symbol}.parquet", execution.encode(), noted)
    return outcome.as_dict()


def test_a_saved_symbol_without_a_record_is_known_by_its_object(stage):
    """Whatever ended the run, with all that Save had to say."""
    planned(stage, "AAPL", "MSFT")
    outcome = dataset(stage, "AAPL")
    notify(event("ABORTED"), stage.services)

    assert manifest(stage)["symbols"][0] == outcome
    assert manifest(stage)["symbols"][1]["error"]["type"] == "Aborted"


def test_a_saved_symbol_is_known_though_other_runs_have_saved_it_since(stage):
    """By the version of its object that this run wrote."""
    planned(stage, "AAPL", "MSFT")
    outcome = dataset(stage, "AAPL")
    for other in ("next", "last"):
        dataset(stage, "AAPL", other)
        dataset(stage, "MSFT", other)
    notify(event("ABORTED"), stage.services)

    assert [symbol["status"] for symbol in manifest(stage)["symbols"]] == ["saved", "failed"]
    assert manifest(stage)["symbols"][0] == outcome


def test_what_was_saved_before_the_run_is_not_looked_through(stage):
    """An object that is older than the run needs one request."""
    planned(stage, "AAPL")
    stage.clock.ms -= 86_400_000
    dataset(stage, "AAPL", "yesterday")
    stage.clock.ms += 86_400_000
    notify(event("ABORTED"), stage.services)

    assert manifest(stage)["symbols"][0]["status"] == "failed"
    assert (stage.s3.calls["head_object"], stage.s3.calls["list_object_versions"]) == (1, 0)


def test_a_symbol_that_was_saved_at_last_did_not_fail(stage):
    """The record of an attempt that failed is still there; the object says that a later one did not."""
    planned(stage, "AAPL")
    recorded(stage, "AAPL", "failed", Failure("WriteConflict", "…", "Save"))
    outcome = dataset(stage, "AAPL")
    notify(event("ABORTED"), stage.services)

    assert manifest(stage)["symbols"] == [outcome]


def test_an_unusable_input_failed_in_plan(stage):
    """No plan was stored, so Plan is where it ended; the input tells how the run was started."""
    notify(failure("InvalidInput", "'../x' can't be a symbol."), stage.services)
    told = manifest(stage)
    assert told["error"]["state"] == "Plan"
    assert (told["trigger"], told["series"], told["symbols"]) == ("schedule", "daily_adjusted", [])


def test_the_record_of_a_state_without_a_symbol_is_believed(stage):
    """Notify left failure.json, though a plan is there."""
    planned(stage, "AAPL")
    stage.s3.put_json(f"runs/{EXECUTION}/failure.json", asdict(Failure("StorageDenied", "…", "Notify")))
    notify(failure("StorageDenied", "S3 does not let this role write."), stage.services)
    assert manifest(stage)["error"]["state"] == "Notify"


def test_an_older_failure_is_not_blamed(stage):
    """failure.json of another error tells nothing about this one."""
    planned(stage, "AAPL")
    stage.s3.put_json(f"runs/{EXECUTION}/failure.json", asdict(Failure("StorageUnavailable", "…", "Plan")))
    notify(failure("States.DataLimitExceeded", "too much"), stage.services)
    assert manifest(stage)["error"]["state"] == "EachSymbol"


@pytest.mark.parametrize(("recorded", "state"), [((), "Plan"), (("AAPL",), "Notify")])
def test_a_killed_function_is_plans_or_notifys(stage, recorded, state):
    """The Map takes what Lambda says of its own functions: where no symbol is known of Plan died, else Notify."""
    planned(stage, "AAPL", "MSFT")
    for symbol in recorded:
        stage.s3.put_json(f"runs/{EXECUTION}/symbols/{symbol}.json", SymbolOutcome(symbol, "saved").as_dict())
    notify(failure("Runtime.ExitError", "Runtime exited with error: signal: killed"), stage.services)
    assert manifest(stage)["error"]["state"] == state


def test_a_run_that_ended_every_symbol_failed_in_notify(stage):
    """Notify was killed before it wrote anything: the records are complete, so the Map is not to blame."""
    planned(stage, "AAPL")
    recorded(stage, "AAPL")
    notify(failure("States.Timeout", "", error={"Error": "States.Timeout"}), stage.services)
    assert manifest(stage)["error"] == {
        "type": "States.Timeout",
        "message": "It took longer than its TimeoutSeconds.",
        "state": "Notify",
    }


def test_a_manifest_that_is_there_keeps_its_symbols(stage):
    """Notify wrote the manifest and then nobody could be told: the run is failed, its symbols are not."""
    plan = planned(stage, "AAPL")
    records = {"AAPL": SymbolOutcome("AAPL", "saved", attempts=7)}
    entries = [{"symbol": "AAPL", "status": "saved"}]
    ended = {**plan, "symbols": entries}
    known = summary_manifest(ended, tried_in(ended, records), "2026-11-20T22:31:00.250Z")
    stage.s3.put_json(f"runs/{EXECUTION}/manifest.json", known)
    notify(failure("NotificationFailed", "No channel took the message."), stage.services)
    told = manifest(stage)
    assert (told["outcome"], told["error"]["state"]) == ("failed", "Notify")
    assert (told["symbols"], told["requests"]["made"]) == (known["symbols"], 7)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            {"Error": "States.Runtime", "Cause": "An error occurred while executing the state 'Plan'"},
            "An error occurred",
        ),
        ({"Error": "States.Timeout"}, "longer than its TimeoutSeconds"),
        ({"Error": "Throttled", "Cause": ""}, "The vendor says slow down"),
        ({"Error": "Throttled", "Cause": None}, "The vendor says slow down"),
        ({"Error": "X", "Cause": "[1, 2"}, "[1, 2"),
        ({"Error": "X", "Cause": "[1, 2]"}, "[1, 2]"),
        ({"Error": "X", "Cause": '{"errorMessage": null}'}, "Nothing more is known"),
        ({"Error": "X", "Cause": '{"errorMessage": {"a": 1}}'}, '{"a": 1}'),
        ({"Error": "X", "Cause": {"errorMessage": "an object"}}, "an object"),
        ({"Error": "X", "Cause": "[" * 20_000}, "[[["),
        ({"Error": 5}, "Nothing more is known"),
        ({}, "Nothing more is known"),
        ("words", "Nothing more is known"),
        (None, "Nothing more is known"),
    ],
)
def test_any_error_output_is_told(stage, error, message):
    """A Cause may be Lambda's JSON, any text, empty or absent."""
    notify(failure(error=error), stage.services)
    assert message in manifest(stage)["error"]["message"]
    assert stage.inbox.messages[0].channel == "error"


@pytest.mark.parametrize("workflow_input", [None, "AAPL", ["AAPL"], {"trigger": 5, "series": None}, {}])
def test_any_input_is_taken(stage, workflow_input):
    """The input may be the very thing that is wrong."""
    notify(failure(input=workflow_input), stage.services)
    assert manifest(stage)["trigger"] == "console"


def test_a_long_cause_is_cut(stage):
    """A Cause of 32,768 characters is not kept whole in the manifest."""
    notify(failure(message="x" * 32_000), stage.services)
    assert len(manifest(stage)["error"]["message"]) == 2_000


def test_a_secret_in_a_cause_is_masked(stage):
    """Another service's text may have a URL with the key in it."""
    stage.services.redactor.learn("THEKEY123")
    notify(failure(message="GET /query?symbol=A&apikey=THEKEY123 failed"), stage.services)
    assert "THEKEY123" not in json.dumps(manifest(stage)) + stage.inbox.messages[0].text + stage.log.getvalue()


def test_people_hear_of_it_though_s3_is_gone(stage):
    """A bucket that refuses everything is the very failure to report."""
    stage.s3.fail("AccessDenied")
    answer = notify(failure("StorageDenied", "S3 does not let this role write."), stage.services)
    assert answer["sentence"] == "StorageDenied in unknown: S3 does not let this role write."
    assert [message.channel for message in stage.inbox.messages] == ["error"]


def test_a_secret_that_cannot_be_read_is_an_error_without_a_topic(stage):
    """There is nowhere to send the message to; the workflow must not believe it went out."""
    stage.secrets.fail("AccessDeniedException")
    with pytest.raises(StorageDenied):
        notify(failure(), stage.services)


def test_an_execution_that_no_catch_could_end_is_told_by_its_event(stage):
    """The whole run's time-out reaches people through EventBridge."""
    planned(stage, "AAPL", "MSFT")
    recorded(stage, "AAPL")
    notify(event(), stage.services)
    (message,) = stage.inbox.messages
    assert message.text.startswith("The run failed in EachSymbol: States.Timeout\n")
    assert manifest(stage)["started_at"] == "2026-11-20T22:30:00.250Z"


def test_an_event_without_a_plan_tells_the_start_by_itself(stage):
    """States.Runtime in the first state: all that is known is in the event."""
    notify(event("FAILED", error="States.Runtime", cause="bad path"), stage.services)
    told = manifest(stage)
    assert (told["started_at"], told["trigger"], told["error"]["message"]) == (
        "2026-11-20T22:30:00.250Z",
        "schedule",
        "bad path",
    )


def test_an_input_too_long_for_an_event_is_missed_without_harm(stage):
    """EventBridge leaves out what is above 248 KiB."""
    notify(event(input=None, inputDetails={"included": False}), stage.services)
    assert manifest(stage)["trigger"] == "console"


def test_somebody_stopped_it(stage):
    """An abort without a reason has a sentence of its own."""
    notify(event("ABORTED"), stage.services)
    assert manifest(stage)["error"]["message"] == "Somebody stopped the execution."


def test_an_event_of_a_run_that_did_not_fail_says_nothing(stage):
    """A rule that is too wide does no harm."""
    assert notify(event("SUCCEEDED"), stage.services)["outcome"] == "skipped"
    assert stage.inbox.messages == []


def test_the_event_after_the_error_notifier_is_silent(stage):
    """RunFailed makes an event too: one error message per execution."""
    notify(failure(), stage.services)
    before = manifest(stage)
    notify(event("FAILED", error="InvalidApiKey", cause="…"), stage.services)
    assert len(stage.inbox.messages) == 1
    assert manifest(stage) == before


def test_the_event_tells_what_the_error_notifier_could_not(stage):
    """Slack was down for the notifier; EventBridge comes later and tries again."""
    stage.inbox.answer_always(SlackReply(404, "no_service"))
    with pytest.raises(NotificationFailed):
        notify(failure(), stage.services)
    stage.inbox.answer_always(None)
    notify(event("FAILED", error="InvalidApiKey", cause=cause("InvalidApiKey", KEY_REFUSED)), stage.services)
    assert [message.channel for message in stage.inbox.messages] == ["error"]


def test_the_same_event_twice_is_told_once(stage):
    """EventBridge delivers at least once."""
    notify(event(), stage.services)
    notify(event(), stage.services)
    assert len(stage.inbox.messages) == 1


def test_a_run_that_was_stopped_gives_its_slots_back(stage):
    """The requests that it will not make are the next run's: its slots and the day's quota, once."""
    budget = stage.services.budget
    budget.reserve(ReservationRequest(20, EXECUTION))
    notify(event("ABORTED"), stage.services)
    notify(event("ABORTED"), stage.services)
    kept = 3  # those within five seconds: by another machine's clock they may be under way
    assert sum(budget.read().used.values()) == kept
    assert budget.reserve(ReservationRequest(1)).slots.first_ms == NOW_MS + kept * 2_000


def test_the_error_notifier_leaves_the_slots_alone(stage):
    """While the workflow still runs a request may be under way; the event comes after its end."""
    budget = stage.services.budget
    budget.reserve(ReservationRequest(20, EXECUTION))
    notify(failure(), stage.services)
    assert sum(budget.read().used.values()) == 20


def test_slots_that_can_not_be_given_back_keep_no_message_back(stage):
    """The table is gone: people hear of the run all the same, and the log says why the slots stay."""
    stage.dynamodb.fail("ResourceNotFoundException")
    notify(event(), stage.services)
    assert [message.channel for message in stage.inbox.messages] == ["error"]
    assert "the remaining slots could not be released" in stage.log.getvalue()


def test_symbols_deferred_before_the_run_failed_are_remembered(stage):
    """A failed run forgets no deferred symbol."""
    planned(stage, "AAPL", "MSFT")
    recorded(stage, "MSFT", "deferred", Failure("QuotaExhausted", "…", "Fetch"))
    notify(failure(), stage.services)
    assert stage.services.deferred.remembered("daily") == ["MSFT"]


def test_people_hear_of_it_though_the_table_is_gone(stage):
    """What can't be remembered does not keep the message back."""
    planned(stage, "AAPL", deferred=["LATE"])
    stage.dynamodb.fail("ResourceNotFoundException")
    notify(failure(), stage.services)
    assert [message.channel for message in stage.inbox.messages] == ["error"]


def test_a_failed_run_keeps_what_it_knows_of_its_symbols(stage):
    """Those that it had saved are not asked for again; the others are."""
    planned(stage, "AAPL", "MSFT")
    record = SymbolOutcome("AAPL", "saved", attempts=1, first_date="1999-11-01", last_date="2026-11-20")
    stage.s3.put_json(f"runs/{EXECUTION}/symbols/AAPL.json", record.as_dict())
    notify(failure(), stage.services)
    assert stage.services.freshness.read("daily").known == {
        "AAPL": Known(from_iso("2026-11-20T22:30:00.250Z"), "2026-11-20", "1999-11-01")
    }
