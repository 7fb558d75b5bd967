"""Two engines that run the cases of MockConfigFile.json: the embedded one, and AWS's Step Functions Local in Docker.

Each is called with a case's name and gives ``(status, error, states entered)``.
"""

import json
from collections import defaultdict
from functools import partialmethod
from itertools import count
from pathlib import Path
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

from stockflow import workflows
from stockflow.embedded.aws import EmbeddedAws
from tests.helpers.back_off import no_back_off

MACHINE = "DailyPrices"
FUNCTIONS = [function.name for function in workflows.default().functions]
CONFIG_FILE = Path(__file__).with_name("MockConfigFile.json")
CONFIG = json.loads(CONFIG_FILE.read_text())
CASES = CONFIG["StateMachines"][MACHINE]["TestCases"]
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

    def __call__(self, case):
        mocked = partialmethod(ExecutionWorker.__init__, mock_test_case=mock_test_case(case))
        with (
            patch.object(ExecutionWorker, "__init__", mocked),
            patch.object(Environment, "get_current_mocked_response", in_turn()),
            no_back_off(),
        ):
            return outcome(self._aws.stepfunctions, self._aws.state_machine_arn, case)


class InDocker:
    """Step Functions Local, started by ``docker compose up`` with the same file."""

    def __init__(self, url):
        credentials = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        self._client = boto3.client("stepfunctions", endpoint_url=url, region_name="us-east-1", **credentials)

    def __enter__(self):
        self._wait_until_it_answers()
        prefix = "arn:aws:lambda:us-east-1:123456789012:function:"
        functions = {state: prefix + state for state in FUNCTIONS}
        machine = self._client.create_state_machine(
            name=MACHINE,
            definition=workflows.definition_of(workflows.default(), functions),
            roleArn="arn:aws:iam::123456789012:role/local",
        )
        self._arn = machine["stateMachineArn"]
        return self

    def __exit__(self, *_):
        self._client.delete_state_machine(stateMachineArn=self._arn)

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

    def __call__(self, case):
        return outcome(self._client, f"{self._arn}#{case}", case)


def outcome(client, machine_arn, case):
    """Runs one execution to its end."""
    name = f"{case}-{uuid4().hex[:8]}"
    started = client.start_execution(stateMachineArn=machine_arn, name=name, input='{"symbols": ["AAPL"]}')
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


def mock_test_case(case):
    """The case in the form that moto's interpreter takes; moto has the classes but no reader of the file."""
    return MockTestCase(MACHINE, case, [state_responses(state, name) for state, name in CASES[case].items()])


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
