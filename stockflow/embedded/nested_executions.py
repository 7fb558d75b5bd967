"""Executions that a Task starts and waits for, as AWS runs them.

moto 5.2.5 leaves the names of parameters and answers as boto3 has them, where a definition has AWS's own:
``StateMachineArn``, ``Status`` (docs.aws.amazon.com/step-functions, "Start Step Functions workflow executions").
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for


def _ask(
    self: StateTaskServiceSfn,
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: dict[str, Any],
    state_credentials: Any,
) -> None:
    client = boto_client_for(
        region=resource_runtime_part.region,
        service=self._get_boto_service_name(),
        state_credentials=state_credentials,
    )
    parameters = {f"{name[0].lower()}{name[1:]}": value for name, value in normalised_parameters.items()}
    answer = getattr(client, self._get_boto_service_action())(**parameters)
    answer.pop("ResponseMetadata", None)
    env.stack.append(answer)


def _named_as_by_aws(_self: StateTaskServiceSfn, response: dict[str, Any], *_names: Any, **_also: Any) -> None:
    for name in list(response):
        response[f"{name[0].upper()}{name[1:]}"] = response.pop(name)


@contextmanager
def nested_executions() -> Iterator[None]:
    """Until the end, Tasks start executions as on AWS."""
    with (
        patch.object(StateTaskServiceSfn, "_eval_service_task", _ask),
        patch.object(StateTaskServiceSfn, "_normalise_response", _named_as_by_aws),
    ):
        yield
