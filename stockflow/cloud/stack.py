"""The deployed stack: finds it, and has what the commands need of it."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from stockflow import workflows
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.errors import CommandFailed, Unusable
from stockflow_functions.runtime.workflow import Workflow

DEFAULT = "stockflow-dev"

_CALLS = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 4})


@dataclass(frozen=True)
class Stack:
    """A deployed stack; ``outputs`` are those of template.yaml. A property without its output raises CommandFailed."""

    name: str
    region: str
    status: str
    outputs: Mapping[str, str]

    @property
    def live_alias_arn(self) -> str:
        """The state machine's alias, through which runs are started."""
        return self.output("LiveAlias")

    @property
    def state_machine_arn(self) -> str:
        """The state machine itself, which lists the executions of all its versions."""
        return self.output("StateMachine")

    def alias_arn_of(self, workflow: Workflow) -> str:
        """The alias of any of its workflows."""
        return (
            self.live_alias_arn if workflow.name == workflows.DEFAULT else self.output(f"{workflow.machine}LiveAlias")
        )

    def machine_arn_of(self, workflow: Workflow) -> str:
        """The state machine of any of its workflows."""
        return self.state_machine_arn if workflow.name == workflows.DEFAULT else self.output(workflow.machine)

    @property
    def own_workflows(self) -> list[Workflow]:
        """The workflows that it has, the default one first: a stack of an older release may lack others."""
        first, *others = workflows.workflows()
        return [first, *(other for other in others if other.machine in self.outputs)]

    @property
    def machine_arns(self) -> list[str]:
        """The state machines of all of them."""
        return [self.machine_arn_of(workflow) for workflow in self.own_workflows]

    @property
    def bucket(self) -> str:
        """The bucket of the dataset."""
        return self.output("Bucket")

    def output(self, key: str) -> str:
        """One output's value.

        Raises:
            CommandFailed: it is missing; the sentence says what state the stack is in.
        """
        if key not in self.outputs:
            raise CommandFailed(
                f"The stack {self.name} in {self.region} is {self.status} and has no output {key}: wait for its "
                "deployment or deploy it again, or name another with --stack."
            )
        return self.outputs[key]


class Aws:
    """The clients of one region, each made when first needed; tests hand in their own session.

    Raises (where a client is made):
        Unusable: no region is known, or the profile does not exist.
    """

    def __init__(self, region: str | None = None, session: Any = None) -> None:
        self._region = region or os.environ.get("AWS_REGION") or None
        self._session = session

    @property
    def session(self) -> Any:
        """The boto3 session."""
        if self._session is None:
            with aws_errors_as_sentences("use these credentials", "nothing more"):
                self._session = boto3.session.Session(region_name=self._region)
        return self._session

    @property
    def region(self) -> str:
        """The region, from ``--region``, AWS_REGION, AWS_DEFAULT_REGION or the profile."""
        region = self._region or self.session.region_name
        if not region:
            raise Unusable("No AWS region is known: write --region eu-west-1, or set AWS_REGION.")
        return str(region)

    def client(self, service: str) -> Any:
        """A boto3 client with time-outs and retries."""
        with aws_errors_as_sentences(f"ask {service}", "nothing more"):
            return self.session.client(service, region_name=self.region, config=_CALLS)


def find_stack(aws: Aws, name: str = DEFAULT) -> Stack:
    """The stack of this name.

    Raises:
        CommandFailed: there is none in this region, it is being deleted, or this identity may not see it.
        Unusable: no usable credentials, or no region.
    """
    missing = (
        f"There is no stack {name} in {aws.region}: name yours with --stack and its region with --region, or deploy "
        "one (docs/deploy.md)."
    )
    cloudformation = aws.client("cloudformation")
    doing = f"read the stack {name} in {aws.region}"
    with aws_errors_as_sentences(doing, "cloudformation:DescribeStacks", {"ValidationError": missing}):
        found = cloudformation.describe_stacks(StackName=name)["Stacks"]
    # A deleted stack can still be described by its ID.
    if not found or found[0]["StackStatus"].startswith("DELETE"):
        raise CommandFailed(missing)
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found[0].get("Outputs", [])}
    return Stack(found[0]["StackName"], aws.region, found[0]["StackStatus"], outputs)


def stack_of_machine(aws: Aws, machine: str) -> Stack:
    """The stack whose state machine has this name.

    Raises:
        CommandFailed: as :func:`find_stack`; also if no template gives a state machine such a name.
    """
    suffixes = [f"-{workflow.machine}" for workflow in workflows.workflows()]
    suffix = next((suffix for suffix in suffixes if machine.endswith(suffix)), None)
    if suffix is None:
        raise CommandFailed(
            f"The state machine {machine} does not belong to a stockflow stack (its name would end in "
            f"{' or '.join(suffixes)}): name the stack with --stack."
        )
    return find_stack(aws, machine.removesuffix(suffix))


def start_execution(aws: Aws, stack: Stack, workflow_input: Mapping[str, object], workflow: Workflow) -> str:
    """Starts a run of the live version of a workflow and returns its ARN.

    It has a name, so that a request repeated after a lost answer does not start a second one.

    Raises:
        CommandFailed, Unusable: it can't be started; the sentence says why.
    """
    stepfunctions = aws.client("stepfunctions")
    with aws_errors_as_sentences(f"start a run of {stack.name}", "states:StartExecution"):
        answer = stepfunctions.start_execution(
            stateMachineArn=stack.alias_arn_of(workflow), name=execution_name(), input=json.dumps(workflow_input)
        )
    return str(answer["executionArn"])


def execution_name() -> str:
    """A readable name that sorts by time: ``2026-11-20T223000-250Z-1f0c``.

    Letters, digits and hyphens only: CloudWatch Logs may not log an execution whose name has a dot
    (docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html, "name").
    """
    now = datetime.now(UTC)
    return f"{now:%Y-%m-%dT%H%M%S}-{now.microsecond // 1000:03}Z-{secrets.token_hex(2)}"
