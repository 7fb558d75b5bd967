"""The iteration an event is said to be in is the lane that wrote it, for any nesting of Maps and Parallels.

moto's interpreter runs the machines; none of their states calls a service, so that no two threads meet in a backend.
"""

import contextvars
import json
import threading
from time import monotonic, sleep
from unittest.mock import patch

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iteration_worker import IterationWorker
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from stockflow.history.attribution import attribute
from stockflow.history.definition import read_definition

SOON_SECONDS = 60
ITEMS = [1, 2, 3]
ROLE = "arn:aws:iam::123456789012:role/x"
CATCH = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught"}
LANE = contextvars.ContextVar("lane", default=())


@st.composite
def machines(draw, depth=0, names=None):
    """A definition of Pass, Choice, Fail, Map and Parallel states, Maps and Parallels up to three deep.

    A Choice fails an iteration for one of the items, so that some Maps fail, and each failure is caught outside.
    """
    names = [0] if names is None else names
    kinds = ["Pass", "Choice"] if depth == 3 else ["Pass", "Choice", "Map", "Parallel"]
    states, follower = {}, None
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)):
        names[0] += 1
        name = f"{kind}{names[0]}"
        after = {"Next": follower} if follower else {"End": True}
        if kind == "Choice":
            fails = {"Variable": "$.item", "NumericEquals": draw(st.sampled_from([*ITEMS, 9])), "Next": f"Fail{name}"}
            states[name] = {"Type": "Choice", "Choices": [fails], "Default": f"Go{name}"}
            states[f"Fail{name}"] = {"Type": "Fail", "Error": "Odd"}
            states[f"Go{name}"] = {"Type": "Pass", **after}
        elif kind == "Pass":
            states[name] = {"Type": "Pass", **after}
        else:
            catch = {"ResultPath": f"$.{name}", "Catch": [{**CATCH, "Next": f"Caught{name}"}], **after}
            states[f"Caught{name}"] = {"Type": "Pass", **after}
            inner = [draw(machines(depth=depth + 1, names=names)) for _ in range(2 if kind == "Parallel" else 1)]
            states[name] = {"Type": kind, **(
                {"Branches": inner} if kind == "Parallel" else _map(draw(st.sampled_from([0, 1, 2])), inner[0])
            ), **catch}  # fmt: skip
        follower = name
    return {"StartAt": follower, "States": states}


def _map(lanes, processor):
    return {
        "ItemsPath": "$.items",
        "ItemSelector": {"item.$": "$$.Map.Item.Value", "items": ITEMS},
        "MaxConcurrency": lanes,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **processor},
    }


@pytest.fixture(scope="module")
def run_machine():
    """Runs a definition; gives its events and, by their ids, the iterations of the lane that wrote each."""
    written = {}
    eval_job, add_event = IterationWorker._eval_job, EventManager.add_event
    init, run = threading.Thread.__init__, threading.Thread.run
    lock = threading.Lock()

    def init_in_lane(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.lane = contextvars.copy_context()

    def eval_job_in_lane(self, env, job):
        LANE.set((*LANE.get(), (self._work_name, job.job_index)))
        try:
            return eval_job(self, env, job)
        finally:
            LANE.set(LANE.get()[:-1])

    def add_event_of_lane(self, *args, **kwargs):
        with lock:
            number = add_event(self, *args, **kwargs)
            written[self._history_event_list[-1]["id"]] = LANE.get()
        return number

    def execute(definition):
        written.clear()
        name = f"m{abs(hash(json.dumps(definition)))}"
        machine = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
        item = json.dumps({"item": 9, "items": ITEMS})
        arn = client.start_execution(stateMachineArn=machine["stateMachineArn"], input=item)["executionArn"]
        ends = monotonic() + SOON_SECONDS
        while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
            assert monotonic() < ends
            sleep(0.005)
        pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]], dict(written)

    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        patch.object(threading.Thread, "__init__", init_in_lane),
        patch.object(threading.Thread, "run", lambda self: self.lane.run(run, self)),
        patch.object(IterationWorker, "_eval_job", eval_job_in_lane),
        patch.object(EventManager, "add_event", add_event_of_lane),
    ):
        client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        yield execute


# A branch that has not begun when another one fails dies in its thread.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(definition=machines())
def test_an_event_is_in_the_iteration_of_the_lane_that_wrote_it(run_machine, definition):
    """Whatever is nested in what, and whichever iterations fail."""
    events, lanes = run_machine(definition)

    found = attribute(events, read_definition(json.dumps(definition)))

    said = {event["id"]: tuple(found.places[event["id"]].scope.iterations) for event in events}
    assert said == {number: lanes[number] for number in said}
