"""The AWS resources of one embedded AWS, made in moto: bucket, table, secret, topic, functions, state machine."""

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from stockflow import stack_files
from stockflow.embedded.function_host import FunctionHost, LogBook, end_if_ended
from stockflow.local_servers.lambda_endpoint import LambdaEndpoint
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime.services import SECRET_NAMES, Services
from stockflow_functions.runtime.settings import Settings

_ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/stockflow"


def make_session(region: str) -> Any:
    """A boto3 session whose calls end where the calling function was ended.

    Raises:
        InvalidInput: the embedded AWS has no such region.
    """
    if region not in stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID].regions:
        raise InvalidInput(f"AWS_REGION is {region!r}, which the embedded AWS does not have; write us-east-1.")
    session = boto3.session.Session(aws_access_key_id="embedded", aws_secret_access_key="embedded", region_name=region)  # noqa: S106 # moto takes any
    session.events.register("before-call", end_if_ended)
    return session


def make_stores(session: Any, settings: Settings, environment: Mapping[str, str]) -> None:
    """The bucket (versioned), the table, the secret, and the SNS topic where one is named."""
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
    secret = {name: environment[name] for name in SECRET_NAMES if environment.get(name)}
    session.client("secretsmanager").create_secret(Name=settings.secret_id, SecretString=json.dumps(secret))
    if settings.sns_topic_arn:
        session.client("sns").create_topic(Name=settings.sns_topic_arn.rpartition(":")[2])


def host_functions(
    stack: ExitStack, endpoint: LambdaEndpoint, services: Services, log_book: LogBook, suffix: str
) -> dict[str, FunctionHost]:
    """The five functions behind the Lambda endpoint until the stack is closed, by state."""
    limits = stack_files.function_limits()
    # Arrow's own pool keeps megabytes for each thread that it has served, and here each lane is one.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    with ThreadPoolExecutor(2) as imports:
        modules = imports.map(
            lambda state: import_module(f"stockflow_functions.daily_prices.{state.lower()}.app"),
            stack_files.STATES_WITH_FUNCTIONS,
        )
    hosts = {}
    for state, module in zip(stack_files.STATES_WITH_FUNCTIONS, modules, strict=True):
        name = f"stockflow-{state}{suffix}"
        hosts[state] = FunctionHost(
            name,
            module.handler,
            services,
            log_book,
            timeout_seconds=limits[state].timeout_seconds,
            memory_mb=limits[state].memory_mb,
        )
        endpoint.host(name, hosts[state])
        stack.callback(endpoint.remove, name)
    return hosts


def definition_of(settings: Settings, hosts: Mapping[str, FunctionHost]) -> str:
    """The definition, its Tasks calling the hosted functions."""
    prefix = f"arn:aws:lambda:{settings.region}:{DEFAULT_ACCOUNT_ID}:function:"
    return stack_files.definition({state: f"{prefix}{host.name}:live" for state, host in hosts.items()})


def make_state_machine(session: Any, settings: Settings, hosts: Mapping[str, FunctionHost], suffix: str) -> str:
    """The state machine; gives its ARN."""
    definition = definition_of(settings, hosts)
    machine = session.client("stepfunctions").create_state_machine(
        name=f"daily-prices{suffix}", definition=definition, roleArn=_ROLE
    )
    return str(machine["stateMachineArn"])
