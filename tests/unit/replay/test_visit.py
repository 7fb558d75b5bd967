"""Which call a replay is of."""

import json

import pytest

from stockflow.errors import CommandFailed, Unusable
from stockflow.replay.one_state import NO_ROLE, command_for, role_of, state_by_itself
from stockflow.replay.visit import find_call
from stockflow.testing import client_error
from stockflow.workflows import default, functions_of_states, model_of
from tests.helpers.fake_aws import fake_aws
from tests.helpers.made_runs import made_run


def call_of(run, symbol=None, state=None, event_id=None):
    return find_call(model_of(run), symbol=symbol, state=state, event_id=event_id)


def test_each_task_state_has_its_function():
    """As the definition's placeholders say; the error notifier calls Notify."""
    assert functions_of_states(default()) == {
        **{name: name for name in ("Plan", "Fetch", "Transform", "Save", "Notify")},
        "NotifyFailure": "Notify",
    }


def test_the_last_attempt_is_taken():
    """A state that was tried again is replayed as it was called last."""
    call = call_of(made_run({"A": "conflict"}), "A", "Save")

    assert (call.attempt.number, len(call.visit.attempts)) == (3, 3)
    assert call.answer["status"] == "saved"


def test_an_event_names_its_attempt():
    """Any event of a visit stands for the attempt under way; the one that entered the state for the first."""
    run = made_run({"A": "conflict"})
    attempts = call_of(run, "A", "Save").visit.attempts
    failed_second = attempts[1].ended["id"]

    assert call_of(run, event_id=failed_second).attempt.number == 2
    assert call_of(run, event_id=failed_second).failure.error == "WriteConflict"
    assert call_of(run, event_id=attempts[0].scheduled["id"] - 1).attempt.number == 1


def test_the_log_of_a_call_is_that_of_its_attempt_then_of_those_that_failed_alike():
    """A Fetch that may ask no more fails in the words of the attempt before; one that went well has its own only."""
    run = made_run({"A": "conflict"})
    attempts = call_of(run, "A", "Save").visit.attempts
    run.logs = {attempt.request_id: [f"line {attempt.number}"] for attempt in attempts}

    assert call_of(run, event_id=attempts[1].scheduled["id"]).log == ["line 2", "line 1"]
    assert call_of(run, event_id=attempts[2].scheduled["id"]).log == ["line 3"]


def test_the_payload_is_what_the_function_was_given():
    """Not the state's input, but what its Parameters made of it."""
    call = call_of(made_run({"A": "bad"}), "A")

    assert (call.function, call.symbol) == ("Transform", "A")
    assert call.payload["retry_count"] == 0
    assert "progress" not in call.payload


@pytest.mark.parametrize("payload", [{"symbol": "../../x"}, {"symbol": 5}, {"symbol": "A", "run": {"execution": 1}}])
def test_an_input_that_no_run_gives_is_told(payload):
    """A file from elsewhere may hold anything; no key is made of it."""
    run = made_run({"A": "ok"})
    for event in run.events:
        details = event.get("taskScheduledEventDetails")
        if details:
            parameters = json.loads(details["parameters"])
            details["parameters"] = json.dumps({**parameters, "Payload": {**parameters["Payload"], **payload}})

    with pytest.raises(Unusable, match="that no run of stockflow gives"):
        call_of(run, "A", "Save")


def test_a_history_without_inputs_is_told():
    """Where the input was left out of the history, the sentence says so."""
    run = made_run({"A": "ok"})
    for event in run.events:
        event.get("taskScheduledEventDetails", {}).pop("parameters", None)

    with pytest.raises(CommandFailed, match="does not hold the input of Save"):
        call_of(run, "A", "Save")


def test_a_state_of_another_workflow_is_told():
    """A history of anything else has states that call no function of stockflow."""
    run = made_run({"A": "ok"})
    for event in run.events:
        for details in event.values():
            if isinstance(details, dict) and details.get("name") == "Save":
                details["name"] = "Archive"

    with pytest.raises(Unusable, match="Archive"):
        call_of(run, "A", "Archive")


def test_a_state_without_its_definition_has_no_command():
    """TestState takes a definition; where the run's is lost there is none to give."""
    run = made_run({"A": "ok"})
    run.definition = {}
    model = model_of(run)

    assert state_by_itself(find_call(model, symbol="A", state="Save", event_id=None), model) is None


def test_a_command_is_quoted_for_a_shell():
    """A quote in a payload can't end an argument."""
    command = command_for({"Type": "Task"}, '{"symbol": "A\'; rm -rf ~; \'"}', "arn:role", "eu-west-1")

    assert "'\"'\"'; rm" in command


def test_a_role_that_may_not_be_read_leaves_its_place():
    """The command is given all the same, with a word to fill in."""

    class Denied:
        def describe_state_machine_for_execution(self, **_):
            raise client_error("AccessDeniedException")

    assert role_of(fake_aws(stepfunctions=Denied()), "arn") == NO_ROLE
