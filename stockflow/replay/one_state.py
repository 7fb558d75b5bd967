"""The same call on AWS: Step Functions' TestState, which runs one state by itself."""

import json
import shlex

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import Aws
from stockflow.errors import CommandError
from stockflow.history.json_values import JsonObject, parsed
from stockflow.history.model import RunModel
from stockflow.history.visits import details_of
from stockflow.replay.visit import CalledState

NO_ROLE = "<ARN of the workflow's role>"


def state_by_itself(call: CalledState, model: RunModel) -> JsonObject | None:
    """The state as defined, with the actual parameters in place of its paths.

    TestState has no execution around the state, so paths into the context object (``$$``) would lead nowhere. None
    if the definition is missing.
    """
    states = [] if model.drawn_from_events else list(model.machine.all_states())
    source = next((state.source for state in states if state.path == call.visit.path), None)
    if source is None:
        return None
    parameters = parsed(details_of(call.attempt.scheduled).get("parameters"))
    return {**source, "Parameters": parameters}


def command_for(state: JsonObject, state_input: str, role_arn: str, region: str) -> str:
    """The command, quoted for a shell. It calls the deployed function for real."""
    words = {
        "--region": region,
        "--role-arn": role_arn,
        "--inspection-level": "DEBUG",
        "--definition": json.dumps(state, ensure_ascii=False, separators=(",", ":")),
        "--input": state_input,
    }
    return "aws stepfunctions test-state " + " ".join(f"{name} {shlex.quote(value)}" for name, value in words.items())


def role_of(aws: Aws, execution_arn: str) -> str:
    """The role of the workflow, or a placeholder if it is unknown."""
    stepfunctions = aws.client("stepfunctions")
    try:
        with aws_errors_as_sentences("read the workflow's role", "states:DescribeStateMachineForExecution"):
            return str(stepfunctions.describe_state_machine_for_execution(executionArn=execution_arn)["roleArn"])
    except CommandError:
        return NO_ROLE
