"""Two engines that run the cases of MockConfigFile.json: the embedded one, and AWS's Step Functions Local in Docker.

Each is called with a machine's name and a case's, and gives ``(status, error, states entered)``.
"""

import json
from collections import defaultdict
from functools import partialmethod
from itertools import count
from time import monotonic, sleep
from unittest.mock import patch
from uuid import uuid4

import boto3
from botocore.exceptions import BotoCoreError
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.mocking.mock_config import (
    MockedResponseReturn,
    MockedResponseThrow,
    MockTestCase,
    StateMockedResponses,
)

from stockflow.embedded.aws import EmbeddedAws
from tests.helpers.back_off import no_back_off
from tests.stepfunctions_local.cases import CONFIG, INPUTS, TEST_CASES, WORKFLOWS, definition_of, without_shards

POLL_SECONDS = 0.02
START_SECONDS = 60


class Embedded:
    """moto's interpreter, as ``stockflow run`` has it; back-offs are not waited for."""

    def __init__(self, folder):
        self._aws = EmbeddedAws(folder, {"REQUESTS_PER_DAY": "0"})

    def __enter__(self):
        self._aws.__enter__()
        return self

    def __exit__(self, *_):
        self._aws.close()

    def __call__(self, machine, case):
        mocked = partialmethod(ExecutionWorker.__init__, mock_test_case=mock_test_case(machine, case))
        with (
            patch.object(ExecutionWorker, "__init__", mocked),
            patch.object(Environment, "get_current_mocked_response", in_turn()),
            no_back_off(),
        ):
            arn = self._aws.machines[WORKFLOWS[machine].name].state_machine_arn
            return outcome(self._aws.stepfunctions, arn, machine, case)


class InDocker:
    """Step Functions Local, started by ``docker compose up`` with the same file."""

    def __init__(self, url):
        credentials = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        self._client = boto3.client("stepfunctions", endpoint_url=url, region_name="us-east-1", **credentials)

    def __enter__(self):
        self._wait_until_it_answers()
        self._arns = {machine: self._created(machine) for machine in TEST_CASES}
        return self

    def __exit__(self, *_):
        for arn in self._arns.values():
            self._client.delete_state_machine(stateMachineArn=arn)

    def _created(self, machine):
        answer = self._client.create_state_machine(
            name=machine,
            definition=without_shards(definition_of(machine)),
            roleArn="arn:aws:iam::123456789012:role/local",
        )
        return answer["stateMachineArn"]

    def _wait_until_it_answers(self):
        """The server closes connections for some seconds after its container has started."""
        ends = monotonic() + START_SECONDS
        while True:
            try:
                self._client.list_state_machines()
                return
            except BotoCoreError:
                if monotonic() > ends:
                    raise
                sleep(1)

    def __call__(self, machine, case):
        return outcome(self._client, f"{self._arns[machine]}#{case}", machine, case)


def outcome(client, machine_arn, machine, case):
    """Runs one execution to its end."""
    name = f"{case}-{uuid4().hex[:8]}"
    started = client.start_execution(stateMachineArn=machine_arn, name=name, input=json.dumps(INPUTS[machine]))
    arn = started["executionArn"]
    while (execution := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        sleep(POLL_SECONDS)
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    entered = (event.get("stateEnteredEventDetails") for page in pages for event in page["events"])
    return execution["status"], execution.get("error"), [details["name"] for details in entered if details]


def in_turn():
    """Gives a state's responses one after the other through the whole execution, as Step Functions Local 2.0.0 does.

    moto begins anew each time a state is entered: github.com/localstack/localstack/issues/13107.
    """
    turns = defaultdict(count)

    def current(environment):
        state = environment.next_state_name
        return environment.mock_test_case.state_mocked_responses[state].mocked_responses[next(turns[state])]

    return current


def mock_test_case(machine, case):
    """The case in the form that moto's interpreter takes; moto has the classes but no reader of the file."""
    responses = [state_responses(state, name) for state, name in TEST_CASES[machine][case].items()]
    return MockTestCase(machine, case, responses)


def state_responses(state, name):
    """The responses of one state: ``"0"`` is the first try, ``"1-3"`` are the next three."""
    responses = []
    for tries, response in CONFIG["MockedResponses"][name].items():
        first, _, last = tries.partition("-")
        numbers = int(first), int(last or first)
        if "Return" in response:
            responses.append(MockedResponseReturn(*numbers, response["Return"]))
        else:
            responses.append(MockedResponseThrow(*numbers, response["Throw"]["Error"], response["Throw"]["Cause"]))
    return StateMockedResponses(state, name, responses)
