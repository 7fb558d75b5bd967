"""The AWS resources of one embedded AWS, made in moto: bucket, table, secret, topic, functions, state machine."""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from stockflow import workflows
from stockflow.embedded.direct_calls import DirectCalls
from stockflow.embedded.function_host import FunctionHost, LogBook, end_if_ended
from stockflow.embedded.interpreter import definitions_known_to_be_good
from stockflow.embedded.sessions import new_session
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime.services import Services, secret_names
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.workflow import Workflow

_ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/stockflow"


def make_session(region: str, access_key: str = "embedded") -> Any:
    """A boto3 session whose calls end if the calling function was ended.

    Args:
        access_key: says which embedded AWS asks, where one is asked that they do not share.

    Raises:
        InvalidInput: the embedded AWS has no such region.
    """
    if region not in stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID].regions:
        raise InvalidInput(f"AWS_REGION is {region!r}, which the embedded AWS does not have; write us-east-1.")
    session = new_session(region, access_key)
    session.events.register("before-call", end_if_ended)
    return session


def make_stores(session: Any, settings: Settings, environment: Mapping[str, str]) -> None:
    """The bucket (versioned), the table, the secret, and the SNS topic if one is named."""
    location = {"CreateBucketConfiguration": {"LocationConstraint": settings.region}}
    s3 = session.client("s3")
    s3.create_bucket(Bucket=settings.bucket, **({} if settings.region == "us-east-1" else location))
    s3.put_bucket_versioning(Bucket=settings.bucket, VersioningConfiguration={"Status": "Enabled"})
    session.client("dynamodb").create_table(
        TableName=settings.table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    secret = {name: environment[name] for name in secret_names(settings.vendor) if environment.get(name)}
    session.client("secretsmanager").create_secret(Name=settings.secret_id, SecretString=json.dumps(secret))
    if settings.sns_topic_arn:
        session.client("sns").create_topic(Name=settings.sns_topic_arn.rpartition(":")[2])


@dataclass(frozen=True)
class HostedWorkflow:
    """A workflow with its functions, by their names, and its state machine."""

    workflow: Workflow
    functions: Mapping[str, FunctionHost]
    definition: str
    state_machine_arn: str


@contextmanager
def hosted(
    workflow: Workflow, session: Any, endpoint: DirectCalls, services: Services, log_book: LogBook, suffix: str
) -> Iterator[HostedWorkflow]:
    """The workflow in this AWS: its functions answer at the endpoint until the end."""
    functions = _hosts(workflow, services, log_book, suffix)
    for host in functions.values():
        endpoint.host(host.name, host)
    prefix = f"arn:aws:lambda:{services.settings.region}:{DEFAULT_ACCOUNT_ID}:function:"
    arns = {name: f"{prefix}{host.name}:live" for name, host in functions.items()}
    definition = workflows.definition_of(workflow, arns)
    with definitions_known_to_be_good():  # by tests
        machine = session.client("stepfunctions").create_state_machine(
            name=f"{workflow.name}{suffix}", definition=definition, roleArn=_ROLE
        )
    try:
        yield HostedWorkflow(workflow, functions, definition, str(machine["stateMachineArn"]))
    finally:
        for host in functions.values():
            endpoint.remove(host.name)


def _hosts(workflow: Workflow, services: Services, log_book: LogBook, suffix: str) -> dict[str, FunctionHost]:
    # Arrow's own pool keeps megabytes for each thread that it has served, and here each lane is one.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    with ThreadPoolExecutor(2) as imports:
        functions = (*workflow.functions, *workflow.beside)
        modules = list(imports.map(lambda function: import_module(function.module), functions))
    return {
        function.name: FunctionHost(
            f"stockflow-{function.name}{suffix}",
            module.handler,
            services,
            log_book,
            timeout_seconds=function.timeout_seconds,
            memory_mb=function.memory_mb,
        )
        for function, module in zip(functions, modules, strict=True)
    }
