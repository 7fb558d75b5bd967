"""Executions in memory, behind the part of boto3's Step Functions client that this project's functions use."""

from stockflow.testing.faults import Faults


class FakeExecutions(Faults):
    """Knows which version of its state machine each execution runs: the one that ``version`` says.

    >>> FakeExecutions().describe_execution("arn:aws:states:us-east-1:1:execution:m:run-1")["stateMachineVersionArn"]
    'arn:aws:states:us-east-1:1:stateMachine:m:7'

    Attributes:
        version: its number; 0 where executions are those of the machine itself.
        described: the ARNs that were asked for.
    """

    def __init__(self, version: int = 7) -> None:
        super().__init__()
        self.version = version
        self.described: list[str] = []

    def describe_execution(self, executionArn: str) -> dict[str, str]:
        self._called("describe_execution")
        self.described.append(executionArn)
        machine = executionArn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
        of_version = {"stateMachineVersionArn": f"{machine}:{self.version}"} if self.version else {}
        return {"executionArn": executionArn, "stateMachineArn": machine, **of_version}
