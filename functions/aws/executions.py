"""Executions of Step Functions: which version of its state machine one runs."""

from typing import Any

from stockflow_functions.aws.errors import AWS_ERRORS, DENIED, code_of
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable


def machine_of(stepfunctions: Any, execution_arn: str) -> str:
    """The ARN of the version of the state machine that the execution runs, or of the machine if it has no version.

    Raises:
        StorageUnavailable: Step Functions does not answer now.
        StorageDenied: this role may not ask.
    """
    try:
        found = stepfunctions.describe_execution(executionArn=execution_arn)
    except AWS_ERRORS as error:
        code = code_of(error)
        if code in DENIED:
            raise StorageDenied(
                f"This role may not describe {execution_arn} ({code}): grant it states:DescribeExecution."
            ) from error
        raise StorageUnavailable(f"Step Functions could not describe {execution_arn} ({code}).") from error
    return str(found.get("stateMachineVersionArn") or found["stateMachineArn"])
