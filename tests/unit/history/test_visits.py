"""Attempts, back-offs, statuses, symbols and their ways; finding a visit."""

import json

import pytest

from stockflow.errors import CommandFailed
from stockflow.history.visits import ErrorDetails, moment
from stockflow.sources import SavedRun, model_of
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.recorded import events_of, history


def visits_of(model, symbol):
    return [(visit.name, visit.status, len(visit.attempts)) for visit in model.row_of(symbol).way]


def test_each_attempt_is_told_with_its_error():
    """Fetch failed once and then went well: two attempts, the first with its error, and a visit that is ok."""
    fetch = model_of(made_run({"MSFT": "retried"})).find_visit(symbol="MSFT", state="Fetch")
    told = [(attempt.number, attempt.status, attempt.failure and attempt.failure.error) for attempt in fetch.attempts]
    assert told == [(1, "failed", "ProviderUnavailable"), (2, "ok", None)]
    assert (fetch.status, fetch.failure) == ("ok", None)


def test_the_back_off_is_the_time_between_two_attempts():
    """The next attempt is scheduled when the back-off is over."""
    first, second = model_of(made_run({"MSFT": "retried"})).find_visit(symbol="MSFT", state="Fetch").attempts
    assert moment(second.scheduled) - moment(first.ended) == pytest.approx(1300, abs=2)


def test_the_way_of_a_symbol_is_its_states_in_order():
    """A moved slot leads back to WaitForSlot; each visit keeps its own status."""
    model = model_of(made_run({"TSLA": "moved"}))
    assert visits_of(model, "TSLA") == [
        ("WaitForSlot", "ok", 0),
        ("Fetch", "moved", 2),
        ("ReadNewSlot", "ok", 0),
        ("TakeNewSlot", "ok", 0),
        ("WaitForSlot", "ok", 0),
        ("Fetch", "ok", 1),
        ("Transform", "ok", 1),
        ("Save", "ok", 1),
    ]


def test_a_failed_attempt_knows_its_request_id_and_trace():
    """Both are in the cause that Lambda gives."""
    attempt = model_of(made_run({"NFLX": "bad"})).find_visit(symbol="NFLX", state="Transform").attempts[0]
    assert attempt.request_id == attempt.failure.payload["requestId"]
    assert attempt.failure.stack_trace[-1].endswith("raise BadPrices(sentence)")


def test_an_attempt_that_went_well_knows_its_request_id():
    """It is in the metadata that lambda:invoke gives beside the payload."""
    run = made_run({"AAPL": "ok"})
    attempt = model_of(run).find_visit(symbol="AAPL", state="Save").attempts[0]
    assert attempt.request_id in run.logs


@pytest.mark.parametrize(
    ("cause", "request_id"),
    [
        ('{"errorMessage":"RequestId: 5b1f Error: Task timed out after 3.00 seconds"}', "5b1f"),
        ('{"errorMessage":"RequestId:"}', None),
        ('{"errorMessage":"no id"}', None),
        ("plain words", None),
    ],
)
def test_the_request_id_of_a_timeout_is_in_its_message(cause, request_id):
    """Lambda's own time-out has no requestId beside its message, and may have none at all."""
    events = history("2 < 0 TaskStateEntered name=T", "3 < 2 TaskScheduled resource=invoke", "4 < 3 TaskFailed error=E")
    events[2]["taskFailedEventDetails"]["cause"] = cause
    assert model_of(SavedRun(events=events)).visits[0].attempts[0].request_id == request_id


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "RequestId: 5b1f Error: Runtime exited with error: signal: killed",
            "Runtime exited with error: signal: killed",
        ),
        (
            "2026-11-20T22:30:00.250Z 6f9e9a3c-1d1f-4b7e-9b7a-0a1b2c3d4e5f Task timed out after 3.00 seconds",
            "Task timed out after 3.00 seconds",
        ),
        ("2026-11-20 is no session", "2026-11-20 is no session"),
    ],
)
def test_a_message_of_lambdas_own_is_told_without_its_beginnings(said, told):
    """Two symbols whose function was killed failed in the same words."""
    failure = ErrorDetails("E", json.dumps({"errorMessage": said}))
    assert (failure.message, failure.raw_message) == (told, said)


def test_the_function_input_is_exactly_what_the_handler_was_given():
    """The payload of lambda:invoke, after the state's Parameters, of the last attempt."""
    visit = model_of(made_run({"NFLX": "bad"})).find_visit(symbol="NFLX", state="Transform")
    assert visit.function_input["symbol"] == "NFLX"
    assert set(visit.function_input) == {"run", "symbol", "slot", "retry_count"}
    assert visit.attempts[0].function.endswith(":function:stockflow-Transform:live")


def test_the_function_input_of_a_plain_lambda_resource_is_its_input():
    """A Task whose resource is the function itself has it on LambdaFunctionScheduled."""
    visit = model_of(SavedRun(events=events_of("a function that fails"))).visits[0]
    assert visit.function_input == json.loads(
        visit.attempts[0].scheduled["lambdaFunctionScheduledEventDetails"]["input"]
    )
    assert ":function:" in visit.attempts[0].function


def test_a_cause_that_is_no_json_is_the_message():
    """What a service says in words is told as it is."""
    assert ErrorDetails("X", "{not json").message == "{not json"
    assert ErrorDetails("X", "[1]").message == "[1]"


def test_symbols_come_failed_first_then_deferred_then_well():
    """Rank order, and within it the order of the work list."""
    model = model_of(made_run({"AAPL": "ok", "MSFT": "quota", "NFLX": "bad", "TSLA": "retried", "BAC": "unknown"}))
    assert [(row.symbol, row.outcome or row.status) for row in model.rows] == [
        ("NFLX", "failed"),
        ("BAC", "failed"),
        ("MSFT", "deferred"),
        ("AAPL", "saved"),
        ("TSLA", "saved"),
    ]


def test_symbols_that_were_never_started_are_rows_too():
    """A refused key stops the run; those under way are aborted, those behind them were not reached, all by name."""
    model = model_of(made_run({"A": "refused", "B": "ok", "C": "ok", "D": "ok"}, lanes=2))
    assert [(row.symbol, row.status) for row in model.rows] == [
        ("A", "failed"),
        ("B", "aborted"),
        ("C", "not reached"),
        ("D", "not reached"),
    ]


def run_whose_plan_says(**more):
    """A run of one symbol, and of what its Plan says besides."""
    run = made_run({"AAPL": "ok"})
    plan = next(e for e in run.events if e.get("stateExitedEventDetails", {}).get("name") == "Plan")
    output = json.loads(plan["stateExitedEventDetails"]["output"])
    plan["stateExitedEventDetails"]["output"] = json.dumps(output | more)
    return run


def test_symbols_that_need_no_request_are_rows_too():
    """Plan answers for them; one that is unknown is a cause, as if it had been asked for."""
    error = {"type": "UnknownSymbol", "message": "AAPPL is listed nowhere.", "state": "Plan"}
    unasked = [{"symbol": "AAPPL", "status": "failed", "error": error}, {"symbol": "MSFT", "status": "fresh"}]
    model = model_of(run_whose_plan_says(unasked=unasked))

    rows = [(row.symbol, row.outcome, row.place) for row in model.rows]
    assert rows == [("AAPPL", "failed", "Plan"), ("AAPL", "saved", ""), ("MSFT", "fresh", "")]
    assert [(cause.state, cause.error, model.symbols_of(cause)) for cause in model.root_causes] == [
        ("Plan", "UnknownSymbol", ["AAPPL"])
    ]


def test_symbols_that_plan_put_off_are_rows_too():
    """The day's quota did not reach for them: they are in Plan's output and in no Map."""
    run = run_whose_plan_says(deferred=["MSFT", "TSLA"])
    rows = [(row.symbol, row.outcome, row.iterations) for row in model_of(run).rows]
    assert rows[:2] == [("MSFT", "deferred", ()), ("TSLA", "deferred", ())]


def test_items_are_named_by_symbol_or_by_themselves_or_by_number():
    """A foreign workflow's items have no symbol: a text names itself, anything else has its number."""
    names = {row.symbol for row in model_of(SavedRun(events=events_of("items of all kinds"))).rows}
    assert {"Emma", "#1"} <= names


def test_a_run_under_way_has_running_states_and_symbols():
    """Half a history: what was left is told, what was not is running."""
    run = made_run({"AAPL": "ok", "NFLX": "ok"})
    fetching = next(e["id"] for e in run.events if e["type"] == "TaskStarted" and e["id"] > 15)
    half = SavedRun(
        definition=run.definition, description=run.description | {"status": "RUNNING"}, events=run.events[:fetching]
    )
    model = model_of(half)
    assert {row.status for row in model.rows} == {"running"}
    fetch = model.find_visit(symbol="AAPL", state="Fetch")
    assert (fetch.status, fetch.attempts[-1].status, model.row_of("AAPL").place) == ("running", "running", "Fetch")
    assert model.row_of("NFLX").seconds == pytest.approx((model.ended_ms - model.started_ms) / 1000, abs=0.5)
    assert any("still going" in sentence for sentence in model.missing)


def test_a_run_that_is_over_has_unfinished_states_where_no_exit_is_seen():
    """A history that stops early, of a run that has ended."""
    run = made_run({"AAPL": "ok"})
    saving = model_of(run).find_visit(symbol="AAPL", state="Save").events[1]["id"]
    model = model_of(SavedRun(definition=run.definition, description=run.description, events=run.events[:saving]))
    assert model.visits[-1].status == "unfinished"
    assert any("stops at event" in sentence for sentence in model.missing)


def test_what_is_missing_is_said():
    """A beginning that is cut off, a gap, a payload that is cut off, a redrive, a Map without links."""
    events = history("5 < 4 TaskStateEntered name=T", "9 < 5 TaskStateExited name=T", "10 < 9 ExecutionRedriven")
    events[0]["stateEnteredEventDetails"]["inputDetails"] = {"truncated": True}
    del events[1]["previousEventId"]
    words = " ".join(model_of(SavedRun(events=events)).missing)
    for part in (
        "begins with event 5",
        "3 events in between",
        "redriven once",
        "1 inputs or outputs",
        "do not name",
    ):
        assert part in words


REDRIVEN = (
    "2 < 0 MapStateEntered name=M",
    "3 < 2 MapStateStarted length=1",
    "4 < 3 MapIterationStarted name=M index=0",
    "5 < 4 TaskStateEntered name=T",
    "6 < 5 TaskScheduled resource=invoke",
    "7 < 6 TaskFailed error=Boom",
    "8 < 7 MapIterationFailed name=M index=0",
    "9 < 7 MapStateFailed",
    "10 < 9 ExecutionFailed error=Boom",
    "11 < 10 ExecutionRedriven",
    "12 < 5 TaskScheduled resource=invoke",
)


def test_a_redriven_run_under_way_is_running_again():
    """What had failed is tried again: it is not failed any more, and not to blame."""
    model = model_of(SavedRun(events=history(*REDRIVEN)))
    assert (model.status, [row.status for row in model.rows], model.root_causes) == ("RUNNING", ["running"], [])


def test_a_map_is_under_way_until_all_its_iterations_are():
    """The end of one iteration is not the end of the Map; its failure is that of the state that stopped it."""
    run = made_run({"A": "ok", "B": "refused", "C": "ok"}, lanes=2)
    model = model_of(run)
    whole = model.find_visit(state="EachSymbol")
    assert [(attempt.status, attempt.ended["type"]) for attempt in whole.attempts] == [("failed", "MapStateFailed")]
    assert (whole.status, whole.failure.error) == ("handled", "InvalidApiKey")
    well = model_of(made_run({"A": "ok", "B": "ok"})).find_visit(state="EachSymbol")
    assert [(attempt.status, attempt.ended["type"]) for attempt in well.attempts] == [("ok", "MapStateSucceeded")]


def test_a_map_run_that_a_redrive_finished_is_well():
    """The Map Run is taken up where it was, without a new start of its state."""
    events = history(
        "2 < 0 MapStateEntered name=M",
        "3 < 2 MapStateStarted length=5",
        "4 < 3 MapRunStarted mapRunArn=arn",
        "5 < 4 MapRunFailed error=States.ExceedToleratedFailureThreshold",
        "6 < 5 MapStateFailed",
        "7 < 6 ExecutionFailed error=States.ExceedToleratedFailureThreshold",
        "8 < 7 ExecutionRedriven",
        "9 < 4 MapRunRedriven mapRunArn=arn",
        "10 < 9 MapRunSucceeded",
        "11 < 10 MapStateSucceeded",
        "12 < 10 MapStateExited name=M",
        "13 < 12 ExecutionSucceeded",
    )
    model = model_of(SavedRun(events=events))
    assert (model.status, model.visits[0].status, model.root_causes) == ("SUCCEEDED", "ok", [])


def test_an_empty_history_is_a_model_too():
    """Nothing happened yet, or nothing is kept."""
    model = model_of(SavedRun())
    assert (model.status, model.rows, model.visits, model.missing) == ("UNKNOWN", [], [], ["The history is empty."])


class TestFindVisit:
    """What replay asks for."""

    model = model_of(made_run({"AAPL": "ok", "NFLX": "bad", "TSLA": "moved"}))

    def test_by_event(self):
        """The visit that an event belongs to."""
        visit = self.model.find_visit(symbol="NFLX", state="Transform")
        assert self.model.find_visit(event_id=visit.events[2]["id"]) is visit

    def test_by_symbol_alone(self):
        """The state that failed for it."""
        assert self.model.find_visit(symbol="NFLX").name == "Transform"

    def test_by_state_alone(self):
        """A state outside the Map, or the first visit that failed."""
        assert self.model.find_visit(state="Plan").name == "Plan"
        assert self.model.find_visit(state="Transform").scope.iterations == (("EachSymbol", 1),)

    def test_of_several_visits_the_last(self):
        """A moved slot has two visits of Fetch; the first, which moved, did not fail."""
        fetch = self.model.find_visit(symbol="TSLA", state="Fetch")
        assert (fetch.status, fetch.number) == ("ok", self.model.row_of("TSLA").way[-3].number)

    @pytest.mark.parametrize(
        ("wanted", "said"),
        [
            ({"symbol": "NLFX"}, "There is no symbol 'NLFX'"),
            ({"symbol": "NFLX", "state": "Save"}, "it went through WaitForSlot, Fetch, Transform, SymbolFailed"),
            ({"state": "Transfrom"}, "went through no state 'Transfrom'"),
            ({"symbol": "AAPL"}, "No state of AAPL"),
            ({"event_id": 99999}, "There is no event 99999"),
            ({"event_id": 1}, "belongs to the execution"),
        ],
    )
    def test_what_is_not_there_is_said_with_what_is(self, wanted, said):
        """One sentence that helps to ask better."""
        with pytest.raises(CommandFailed) as error:
            self.model.find_visit(**wanted)
        assert said in str(error.value)

    def test_of_many_names_only_some_are_told(self):
        """A thousand symbols do not fit into a sentence."""
        with pytest.raises(CommandFailed, match="and 192 more"):
            model_of(made_run(mixed(200))).row_of("nope")


def test_counts_tell_how_often_each_state_ended_how():
    """For the graph: visits by status, and retries."""
    counts = model_of(made_run({"A": "ok", "B": "bad", "C": "conflict"})).counts()
    assert counts["EachSymbol", "Transform"] == {"ok": 2, "handled": 1, "retries": 0}
    assert counts["EachSymbol", "Save"] == {"ok": 2, "retries": 2}


def test_a_row_says_where_its_symbol_got_to():
    """The state that failed, or the one it got no further than; nothing where it went well."""
    model = model_of(made_run({"A": "refused", "B": "ok", "C": "ok", "D": "ok"}, lanes=2))
    assert [(row.symbol, row.place) for row in model.rows] == [
        ("A", "Fetch"),
        ("B", "WaitForSlot"),
        ("C", ""),
        ("D", ""),
    ]
    assert model_of(made_run({"A": "ok"})).rows[0].place == ""


def test_only_runs_of_this_workflow_can_be_replayed():
    """The functions of another workflow are not at hand."""
    assert model_of(made_run({"A": "ok"})).replayable
    assert not model_of(SavedRun(events=events_of("a function that fails"))).replayable


def test_nested_maps_have_rows_of_their_own():
    """Three items of three: each inner item is told with where it is."""
    model = model_of(SavedRun(events=events_of("a Map in a Map")))
    inner = [row for row in model.rows if len(row.iterations) == 2]
    assert (len(model.rows), len(inner)) == (12, 9)
    assert inner[0].iterations == (("EachShelf", 0), ("EachBook", 0))
