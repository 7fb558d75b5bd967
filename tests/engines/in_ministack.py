"""ministack with what its CloudFormation lacks, under .venv-ministack: ``python -m tests.engines.in_ministack``.

Versions and aliases of the workflow are made by its own Step Functions. Alarms, of which it has no metric maths, are
stubs.
"""

import json

from ministack.app import main
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from tests.engines.end_with_parent import end_with_parent


def made(answer, what):
    """The ARN in an answer ``(status, headers, body)`` of ministack's Step Functions."""
    status, _, body = answer
    if status != 200:
        raise ValueError(f"ministack made no {what}: {body!r}")
    return json.loads(body)[f"{what}Arn"]


def make_version(_logical_id, properties, _stack_name):
    answer = stepfunctions._publish_state_machine_version(
        {"stateMachineArn": properties["StateMachineArn"], "description": properties["Description"]}
    )
    arn = made(answer, "stateMachineVersion")
    return arn, {"Arn": arn}


def make_alias(_logical_id, properties, _stack_name):
    routing = [
        {"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
        for route in properties["RoutingConfiguration"]
    ]
    answer = stepfunctions._create_state_machine_alias({"name": properties["Name"], "routingConfiguration": routing})
    arn = made(answer, "stateMachineAlias")
    return arn, {"Arn": arn}


def make_alarm(_logical_id, properties, _stack_name):
    name = properties["AlarmName"]
    return name, {"Arn": f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}"}


def keep(*_, **__):
    """Nothing is deleted: the whole emulator goes."""


for kind, make in {
    "StepFunctions::StateMachineVersion": make_version,
    "StepFunctions::StateMachineAlias": make_alias,
    "CloudWatch::Alarm": make_alarm,
}.items():
    provisioners._RESOURCE_HANDLERS[f"AWS::{kind}"] = {"create": make, "delete": keep}
end_with_parent()
main()
