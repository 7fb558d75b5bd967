"""Executions that a Task starts and waits for, and the Distributed Map around them."""

import json
import time

import pytest

from stockflow.embedded.nested import execution_of, forget_history
from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO

ROLE = "arn:aws:iam::123456789012:role/r"
START = "arn:aws:states:::states:startExecution.sync:2"


@pytest.fixture
def client():
    """Step Functions of the embedded AWS."""
    MOTO.enter()
    yield make_session("us-east-1").client("stepfunctions")
    MOTO.leave()


def machine(client, name, **states):
    first = next(iter(states))
    definition = json.dumps({"StartAt": first, "States": states})
    return client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]


def outer(client, inner, lanes=2):
    """A Distributed Map that starts an execution of the inner machine for each item, and tolerates all failures."""
    run = {
        "Type": "Task",
        "Resource": START,
        "Parameters": {"StateMachineArn": inner, "Name.$": "$.name", "Input.$": "$"},
        "End": True,
    }
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": lanes,
        "ToleratedFailurePercentage": 100.0,  # moto reads no whole number here
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Run",
            "States": {"Run": run},
        },
        "ResultPath": "$.results",
        "End": True,
    }
    return machine(client, "outer", Each=each)


def started(client, arn, items):
    given = json.dumps({"items": [{"name": f"shard-{n}", "n": n} for n in range(items)]})
    return client.start_execution(stateMachineArn=arn, name="run", input=given)["executionArn"]


def ended(client, arn):
    while (description := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.005)
    return description


def statuses(client, arn):
    return {one["name"]: one["status"] for one in client.list_executions(stateMachineArn=arn)["executions"]}


def test_each_item_is_an_execution_of_its_own(client):
    """Its output is the Task's result, parsed."""
    inner = machine(client, "inner", Double={"Type": "Pass", "End": True})

    output = json.loads(ended(client, started(client, outer(client, inner), 3))["output"])

    assert [result["Output"]["n"] for result in output["results"]] == [0, 1, 2]
    assert statuses(client, inner) == dict.fromkeys(("shard-0", "shard-1", "shard-2"), "SUCCEEDED")


def test_a_nested_execution_that_fails_leaves_the_others_alone(client):
    """The threshold tolerates it."""
    states = {
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "No"}],
            "Default": "Yes",
        },
        "No": {"Type": "Fail", "Error": "Boom"},
        "Yes": {"Type": "Succeed"},
    }
    inner = machine(client, "inner", **states)

    description = ended(client, started(client, outer(client, inner), 3))

    assert description["status"] == "SUCCEEDED"
    assert statuses(client, inner) == {"shard-0": "SUCCEEDED", "shard-1": "FAILED", "shard-2": "SUCCEEDED"}


def test_more_items_than_python_calls_deep(client):
    """One lane goes round."""
    items = {"items": [{"name": f"s{n}"} for n in range(1100)]}
    run = {"Type": "Pass", "End": True}
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": 1,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Run",
            "States": {"Run": run},
        },
        "ResultPath": None,
        "End": True,
    }
    arn = machine(client, "outer", Each=each)

    execution = client.start_execution(stateMachineArn=arn, name="run", input=json.dumps(items))["executionArn"]

    assert ended(client, execution)["status"] == "SUCCEEDED"


def stop_at_once(client, inner):
    arn = started(client, outer(client, inner), 3)
    while len(statuses(client, inner)) < 2:
        time.sleep(0.005)
    execution_of(arn).stop(None, "Stopped", "By somebody.")
    return arn, ended(client, arn)


def test_stopping_stops_what_was_started(client):
    """With the same words, and nothing more is started."""
    inner = machine(client, "inner", Wait={"Type": "Wait", "Seconds": 60, "End": True})

    stop_at_once(client, inner)

    for one in client.list_executions(stateMachineArn=inner)["executions"]:
        description = ended(client, one["executionArn"])
        assert (description["status"], description["error"]) == ("ABORTED", "Stopped")
    assert len(statuses(client, inner)) == 2


def test_a_stopped_distributed_map_is_aborted(client):
    """Not succeeded."""
    inner = machine(client, "inner", Wait={"Type": "Wait", "Seconds": 60, "End": True})

    arn, _ = stop_at_once(client, inner)

    kinds = [event["type"] for event in client.get_execution_history(executionArn=arn)["events"]]
    assert kinds[-1] == "ExecutionAborted"
    assert "MapRunAborted" in kinds
    assert "MapStateSucceeded" not in kinds


def test_the_end_wakes_who_waits(client):
    """Long before the next half second."""
    inner = machine(client, "inner", Yes={"Type": "Succeed"})
    ended(client, started(client, outer(client, inner, lanes=1), 1))  # the first one loads the parser
    run = outer(client, inner, lanes=1)
    began = time.monotonic()

    arn = client.start_execution(
        stateMachineArn=run, name="again", input=json.dumps({"items": [{"name": f"x{n}"} for n in range(8)]})
    )["executionArn"]
    ended(client, arn)

    assert time.monotonic() - began < 8 * 0.5


def test_an_ended_execution_is_forgotten_but_for_its_name(client):
    """Its name can't be given again, and its description stays."""
    inner = machine(client, "inner", Yes={"Type": "Succeed"})
    arn = client.start_execution(stateMachineArn=inner, name="once", input="{}")["executionArn"]
    ended(client, arn)

    forget_history(arn)

    assert execution_of(arn).exec_worker.env is None
    assert client.describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(stateMachineArn=inner, name="once", input="{}")
