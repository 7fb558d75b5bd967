"""AWS as the commands ask it: made answers, and refusals on demand."""

import io
import json

from stockflow.cloud.stack import Aws
from stockflow.testing import client_error

REGION = "eu-west-1"
MACHINE = "arn:aws:states:eu-west-1:210987654321:stateMachine:stockflow-dev-DailyPrices"
EXECUTION = "arn:aws:states:eu-west-1:210987654321:execution:stockflow-dev-DailyPrices"
OUTPUTS = {"StateMachine": MACHINE, "LiveAlias": f"{MACHINE}:live", "Bucket": "the-bucket"}


class FakeSession:
    """A boto3 session with these clients."""

    region_name = None

    def __init__(self, **clients):
        self.clients = clients

    def client(self, name, **_):
        return self.clients[name]


class FakeCloudFormation:
    """One stack; ``refuses`` is raised instead where it is set."""

    def __init__(self, name="stockflow-dev", status="CREATE_COMPLETE", outputs=OUTPUTS):
        self.stack = {
            "StackName": name,
            "StackStatus": status,
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
        }
        self.refuses = None

    def describe_stacks(self, StackName):  # noqa: N803 # boto3's own name
        if self.refuses:
            raise self.refuses
        if StackName != self.stack["StackName"]:
            raise client_error("ValidationError", message=f"Stack with id {StackName} does not exist")
        return {"Stacks": [self.stack]}


class FakeStepFunctions:
    """Takes starts, and gives a history that grows: each answer has as many events more as ``batches`` say.

    An exception among the batches is raised once. Pages are cut as Step Functions cuts them, newest first.
    """

    def __init__(self, events=(), batches=()):
        self.started = []
        self.requests = []
        self.executions = []
        self.refuses = None
        self._events = list(events)
        self._batches = list(batches) or [len(self._events)]
        self._there = 0

    def start_execution(self, **request):
        if self.refuses:
            raise self.refuses
        self.started.append(request)
        return {"executionArn": f"{EXECUTION}:{request['name']}"}

    def list_executions(self, stateMachineArn, maxResults, nextToken="0"):  # noqa: N803 # boto3's own names
        if self.refuses:
            raise self.refuses
        of_machine = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:"
        own = [execution for execution in self.executions if execution["executionArn"].startswith(of_machine)]
        first = int(nextToken)
        page = own[first : first + min(maxResults, 2)]
        more = {"nextToken": str(first + len(page))} if first + len(page) < len(own) else {}
        return {"executions": page, **more}

    def get_execution_history(self, executionArn, maxResults, reverseOrder, nextToken=None):  # noqa: N803
        assert reverseOrder
        self.requests.append((executionArn, maxResults, nextToken))
        assert nextToken or self._batches or self._events[: self._there] == self._events, "asked for ever"
        if nextToken is None and self._batches:
            batch = self._batches.pop(0)
            if isinstance(batch, Exception):
                raise batch
            self._there = min(self._there + batch, len(self._events))
        newest = self._there if nextToken is None else int(nextToken)
        page = self._events[max(0, newest - maxResults) : newest][::-1]
        oldest = newest - len(page)
        return {"events": page, **({"nextToken": str(oldest)} if oldest > 0 else {})}


def fake_aws(**clients):
    """``Aws`` in one region with these clients."""
    return Aws(REGION, FakeSession(**clients))


class FakeRefreshFunction:
    """Lambda with a function beside the workflow that answers with this, or fails, or whose call is refused."""

    def __init__(self, **answer):
        self.calls, self.answer, self.refuses = [], answer, None
        self.failed = False

    def invoke(self, **request):
        if self.refuses:
            raise self.refuses
        self.calls.append(request)
        answer = {"Payload": io.BytesIO(json.dumps(self.answer).encode())}
        return {**answer, "FunctionError": "Unhandled"} if self.failed else answer
