"""Why a run failed: histories of other workflows read by hand, and the cases that other readers get wrong."""

import pytest

from stockflow.sources import SavedRun, model_of
from tests.helpers.made_runs import made_run
from tests.helpers.other_workflows import OTHER_WORKFLOWS
from tests.helpers.recorded import NAMES, RECORDED, events_of, history

BOOM = "Exception"
RUNTIME = "States.Runtime"
QUERY = "States.QueryEvaluationError"
TIMEOUT = "States.Timeout"
ITEM = "HandleItemFailError"

# Found by reading each history: the state that failed first, its error, the items concerned. No line: nothing failed.
BY_HAND = {
    **{name: causes for name, (_, causes) in OTHER_WORKFLOWS.items()},
    "test-activity-task-on-deleted": [("ActivityTask", RUNTIME, [])],
    "test-activity-task-start-timeout": [("ActivityTask", TIMEOUT, [])],
    "test-assign-in-catch-state": [("Task", BOOM, [])],
    "test-assign-in-choice-condition-false": [("DefaultState", "", [])],
    "test-dynamodb-invalid-param": [("PutItem", "DynamoDb.DynamoDbException", [])],
    "test-fixed-timeout-lambda": [("Start", TIMEOUT, [])],
    "test-invoke-timeout": [("Start", TIMEOUT, [])],
    "test-lambda-service-invoke-with-retry-extended-input": [("InvokeLambdaWithRetry", BOOM, [])],
    "test-map-catch-error-map-catch-error-output-with-retry": [("ProcessItem", BOOM, ["#0"])],
    "test-map-catch-error-map-catch-error-output": [("ProcessItem", BOOM, ["#0", "#1", "#2"])],
    "test-map-item-reader-csv-headers-decl-duplicate-headers": [("MapState", "States.ItemReaderFailed", [])],
    "test-map-item-reader-csv-max-items-paths-1-5": [("MapState", RUNTIME, [])],
    "test-map-state-break-condition": [("Break", "SomeFailure", ["#4"])],
    "test-map-state-catch-empty-fail": [("HandleItemFail", "", ["#0"])],
    "test-map-state-items-eval-jsonata-fail-number": [("MapIterateState", QUERY, [])],
    "test-map-state-items-eval-jsonata-variable-sampling-fail-number": [("MapIterateState", QUERY, [])],
    "test-map-state-retry-multiple-retriers": [("HandleItemFail", ITEM, ["#0"])],
    "test-map-state-retry": [("HandleItemFail", ITEM, ["#0"])],
    "test-parallel-state-fail": [("Branch1", "FailureType", [])],
    "test-raise-exception": [("Start", BOOM, [])],
    "test-reference-assign-base-reference-in-fail": [("Fail", BOOM, [])],
    "test-retry-interval-features": [("LambdaTask", BOOM, [])],
    "test-service-lambda-map-timeout": [("LambdaInvoke", TIMEOUT, ["#0", "#1", "#2", "#3"])],
    "test-sqs-failure-in-wait-for-task-tok-no-error-field-sqs-parallel-wait-for-task-": [
        ("SendMessageWithWait", "", [])
    ],
    "test-sqs-failure-in-wait-for-task-tok-no-error-field-sqs-wait-for-task-token-cat": [
        ("SendMessageWithWait", "", [])
    ],
    "test-sqs-failure-in-wait-for-task-token": [("SendMessageWithWait", "Failure error", [])],
    "test-sqs-wait-for-task-token-timeout": [("SendMessageWithWaitAndTimeout", TIMEOUT, [])],
    "test-start-large-input": [("State_1", "States.DataLimitExceeded", [])],
    "test-state-fail": [("FailState", "SomeFailure", [])],
    "test-step-functions-calling-api-gateway": [("Failure", "", [])],
    "test-task-catch-error-with-retry-task-catch-error-output-with-retry": [("Task", BOOM, [])],
    "test-undefined-reference-base-undefined-arguments": [("State0", QUERY, [])],
    "test-undefined-reference-base-undefined-output-multiple-states": [("State2", QUERY, [])],
    "test-wait-for-callback-1": [("Start Task And Wait For Callback", "IntentionalFail", [])],
}


def test_a_time_out_says_how_long_was_allowed():
    """AWS gives it no cause; the limit is on the event that began the attempt."""
    model = model_of(SavedRun(events=events_of("a function out of time")))
    assert [cause.message for cause in model.root_causes] == ["The attempt had no end within 5 s."]


def test_a_map_is_not_blamed_for_a_task_whose_beginning_is_cut_off():
    """Where the history begins in the middle, a Task's failure may have no state, and is nobody else's."""
    cut_off = history(
        "60 < 58 MapIterationSucceeded name=EachItem index=0",
        "61 < 55 TaskFailed error=Boom",
        "62 < 61 TaskStateExited name=Work",
    )
    assert "EachItem" not in [state for state, _, _ in causes_of(cut_off)]


def test_in_a_run_under_way_a_failed_attempt_waits_for_the_next():
    """It may yet be retried, so it is no failure; one that a Catch took is."""
    run = made_run({"MSFT": "retried", "NFLX": "bad"})
    failed = next(n for n, event in enumerate(run.events) if event["type"] == "TaskFailed")
    caught = next(n for n, event in enumerate(run.events) if "BadPrices" in str(event.get("stateExitedEventDetails")))
    going = {**run.description, "status": "RUNNING"}
    first, later = (
        model_of(SavedRun(definition=run.definition, description=going, events=run.events[: end + 1]))
        for end in (failed, caught)
    )
    assert (first.root_causes, {row.status for row in first.rows}) == ([], {"running"})
    assert [(cause.state, cause.error) for cause in later.root_causes] == [("Transform", "BadPrices")]


def causes_of(events, definition=None):
    model = model_of(SavedRun(events=events, definition=definition or {}))
    return [(cause.state, cause.error, model.symbols_of(cause)) for cause in model.root_causes]


@pytest.mark.parametrize("name", NAMES)
def test_causes_are_those_found_by_hand(name):
    """The state that really failed is named, with its error and its items."""
    assert causes_of(events_of(name)) == BY_HAND.get(name, [])


def test_every_cause_found_by_hand_belongs_to_a_history(shared):
    """The table above has no line for a history that is not there."""
    assert set(BY_HAND) <= {*OTHER_WORKFLOWS, *RECORDED}


def test_a_failure_that_a_retry_survived_is_left_out():
    """The first attempt failed, the second did not: nothing is to blame."""
    events = history(
        "2 < 0 TaskStateEntered name=T",
        "3 < 2 TaskScheduled resource=invoke",
        "4 < 3 TaskFailed error=Flaky",
        "5 < 4 TaskScheduled resource=invoke",
        "6 < 5 TaskSucceeded resource=invoke",
        "7 < 6 TaskStateExited name=T",
        "8 < 7 ExecutionSucceeded",
    )
    assert causes_of(events) == []


def test_a_failure_that_the_maps_own_retry_survived_is_left_out():
    """The Map was started again and went well; its first start's failed iteration is not to blame."""
    events = history(
        "2 < 0 MapStateEntered name=M",
        "3 < 2 MapStateStarted length=1",
        "4 < 3 MapIterationStarted name=M index=0",
        "5 < 4 TaskStateEntered name=T",
        "6 < 5 TaskFailed error=Flaky",
        "7 < 6 MapIterationFailed name=M index=0",
        "8 < 6 MapStateStarted length=1",
        "9 < 8 MapIterationStarted name=M index=0",
        "10 < 9 TaskStateEntered name=T",
        "11 < 10 TaskStateExited name=T",
        "12 < 11 MapIterationSucceeded name=M index=0",
        "13 < 12 MapStateSucceeded",
        "14 < 12 MapStateExited name=M",
        "15 < 14 ExecutionSucceeded",
    )
    model = model_of(SavedRun(events=events))
    assert (model.root_causes, [row.status for row in model.rows]) == ([], ["ok"])


def test_the_handler_is_never_blamed():
    """A Catch led to a handler that failed too: the first failure is the cause, the handler's is told apart."""
    definition = {
        "StartAt": "Work",
        "States": {
            "Work": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}], "End": True},
            "Tell": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Broken"}], "Next": "Broken"},
            "Broken": {"Type": "Fail", "Error": "Broken"},
        },
    }
    events = history(
        "2 < 0 TaskStateEntered name=Work",
        "3 < 2 TaskFailed error=First",
        "4 < 3 TaskStateExited name=Work",
        "5 < 4 TaskStateEntered name=Tell",
        "6 < 5 TaskFailed error=SlackDown",
        "7 < 6 TaskStateExited name=Tell",
        "8 < 7 FailStateEntered name=Broken",
        "9 < 8 ExecutionFailed error=Broken",
    )
    model = model_of(SavedRun(events=events, definition=definition))
    assert [(c.state, c.error) for c in model.root_causes] == [("Work", "First")]
    assert [(c.state, c.error) for c in model.also_failed] == [("Tell", "SlackDown")]
    assert model.ended_with.error == "Broken"


def test_a_handlers_state_that_is_first_to_fail_is_blamed():
    """A Catch only took a wait; the state it leads to then failed by itself, and nothing failed before it."""
    run = made_run({"AAPL": "moved", "NFLX": "bad"})
    read = next(e for e in run.events if e.get("stateExitedEventDetails", {}).get("name") == "ReadNewSlot")
    read |= {
        "type": "EvaluationFailed",
        "evaluationFailedEventDetails": {"error": "States.Runtime", "state": "ReadNewSlot"},
    }
    del read["stateExitedEventDetails"]
    causes = causes_of(run.events[: read["id"]], run.definition)
    assert ("ReadNewSlot", "States.Runtime", ["AAPL"]) in causes


def test_the_fail_state_of_the_end_is_not_the_cause():
    """SymbolsFailed ends the run; the symbols' own failures are why."""
    model = model_of(made_run({"AAPL": "ok", "NFLX": "bad", "TSLA": "unknown", "BAC": "bad"}))
    causes = [(c.state, c.error, model.symbols_of(c)) for c in model.root_causes]
    assert causes == [("Transform", "BadPrices", ["NFLX", "BAC"]), ("Fetch", "UnknownSymbol", ["TSLA"])]
    assert model.ended_with.error == "SymbolsFailed"


def test_a_refused_key_is_one_cause_though_it_ends_the_map():
    """Fetch is to blame, not KeyRefused, EachSymbol, NotifyFailure or RunFailed."""
    model = model_of(made_run({"AAPL": "ok", "NFLX": "refused", "TSLA": "ok"}, lanes=2))
    assert [(c.state, c.error, model.symbols_of(c)) for c in model.root_causes] == [
        ("Fetch", "InvalidApiKey", ["NFLX"])
    ]
    assert model.also_failed == []


def test_a_moved_slot_and_a_deferred_symbol_are_no_failures():
    """SlotMoved is a wait, and QuotaExhausted puts the symbol off to the next run."""
    model = model_of(made_run({"AAPL": "moved", "NFLX": "quota"}))
    assert (model.status, model.root_causes) == ("SUCCEEDED", [])
    assert [(row.symbol, row.status, row.outcome) for row in model.rows] == [
        ("NFLX", "deferred", "deferred"),
        ("AAPL", "ok", "saved"),
    ]


def test_the_message_is_the_sentence_of_the_functions_error():
    """A Lambda failure's cause is JSON; what a person reads is its errorMessage."""
    cause = model_of(made_run({"NFLX": "bad"})).root_causes[0]
    assert cause.message.startswith("No row of NFLX's answer can go into the dataset")


def test_a_run_out_of_time_blames_the_states_it_was_in():
    """Nothing failed by itself: the open states are named, with the symbols that were in them."""
    events = history(
        "2 < 0 MapStateEntered name=M",
        "3 < 2 MapStateStarted length=2",
        "4 < 3 MapIterationStarted name=M index=0",
        "5 < 3 MapIterationStarted name=M index=1",
        '6 < 4 WaitStateEntered name=W input={"symbol":"NFLX"}',
        '7 < 5 WaitStateEntered name=W input={"symbol":"AAPL"}',
        "8 < 0 ExecutionTimedOut",
    )
    assert causes_of(events) == [("W", "States.Timeout", ["NFLX", "AAPL"])]


def test_an_error_that_no_state_can_be_blamed_for_is_the_executions():
    """The cause has no state, but the error is not lost."""
    assert causes_of(history("1 < 0 ExecutionStarted", "2 < 0 ExecutionFailed error=States.Permissions")) == [
        ("", "States.Permissions", [])
    ]


def test_a_stopped_run_blames_nobody():
    """A person stopped it: nothing went wrong."""
    model = model_of(SavedRun(events=history("2 < 0 WaitStateEntered name=W", "3 < 0 ExecutionAborted")))
    assert (model.status, model.root_causes, model.visits[0].status) == ("ABORTED", [], "aborted")


def test_a_runtime_error_blames_the_state_it_names():
    """Only the text of the cause says which state was entered at which event."""
    events = history("2 < 0 PassStateEntered name=P", "3 < 2 PassStateExited name=P", "4 < 3 ChoiceStateEntered name=C")
    failed = history("5 < 4 ExecutionFailed error=States.Runtime")[0]
    failed["executionFailedEventDetails"]["cause"] = (
        "An error occurred while executing the state 'C' (entered at the event id #4). Invalid path '$.nothing'."
    )
    assert causes_of([*events, failed]) == [("C", "States.Runtime", [])]


@pytest.mark.parametrize(
    "cause",
    [
        "An error occurred while executing the state 'Left' (entered at the event id #4). Invalid path '$.nothing'.",
        "The state/task 'Left' returned a result with a size exceeding the maximum number of bytes service limit.",
    ],
)
def test_the_state_that_the_error_names_is_blamed_whatever_the_chain_says(cause):
    """Two branches are open, and the end hangs on the other one."""
    events = history(
        "2 < 0 ParallelStateEntered name=P",
        "3 < 2 ParallelStateStarted",
        "4 < 3 PassStateEntered name=Left",
        "5 < 3 WaitStateEntered name=Right",
        "6 < 5 ExecutionFailed error=States.Runtime",
    )
    events[-1]["executionFailedEventDetails"]["cause"] = cause
    assert [state for state, _, _ in causes_of(events)] == ["Left"]


def test_a_state_that_the_error_names_but_that_has_ended_is_not_blamed():
    """The chain leads to the one that was open."""
    events = history(
        "2 < 0 PassStateEntered name=Left",
        "3 < 2 PassStateExited name=Left",
        "4 < 3 WaitStateEntered name=Right",
        "5 < 4 ExecutionFailed error=States.Runtime cause=The state 'Left' gave too much.",
    )
    assert [state for state, _, _ in causes_of(events)] == ["Right"]


@pytest.mark.parametrize(
    ("inner", "symbol"), [('{"symbol":"NFLX"}', "NFLX"), ('{"row":3}', "shard-7")], ids=["named", "unnamed"]
)
def test_a_nested_item_is_named_by_the_innermost_name(inner, symbol):
    """Its own, or else that of the item around it."""
    events = history(
        "2 < 0 MapStateEntered name=Shards",
        "3 < 2 MapStateStarted length=1",
        "4 < 3 MapIterationStarted name=Shards index=0",
        '5 < 4 MapStateEntered name=Rows input="shard-7"',
        "6 < 5 MapStateStarted length=1",
        "7 < 6 MapIterationStarted name=Rows index=0",
        f"8 < 7 TaskStateEntered name=T input={inner}",
        "9 < 8 TaskFailed error=Boom",
    )
    assert causes_of(events) == [("T", "Boom", [symbol])]


def test_errors_of_one_state_and_name_are_one_cause():
    """Two symbols with the same error are one line; the bigger group comes first."""
    model = model_of(made_run({"A": "unknown", "B": "bad", "C": "bad"}))
    assert [(c.error, len(c.visits)) for c in model.root_causes] == [("BadPrices", 2), ("UnknownSymbol", 1)]
