"""The chain that most people would write: MaxConcurrency 1, a fixed Wait, then Fetch, Transform and Save.

It gets stockflow's own handlers, but its Fetch asks at once: no slot, no budget. In its favour it has no Plan and no
Notify, and a Retry for whatever fails, which many such chains have not.
"""

import json
import math
from typing import Any

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.function_host import FunctionHost
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.daily_prices.contracts import Answer, FetchEvent
from stockflow_functions.daily_prices.fetch.request import ask_for_bars
from stockflow_functions.pacing.asking import client_of
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

_FETCH = "naive-fetch"
_ROLE = "arn:aws:iam::123456789012:role/naive"
_RUN = {
    "execution.$": "$$.Execution.Name",
    "trigger": "console",
    "series": "daily",
    "outputsize": "compact",
    "force": False,
    "generation": 0,
    "spare_events": 0,
}


def make_naive_chain(aws: EmbeddedAws, requests_per_minute: float) -> str:
    """Makes the chain in the embedded AWS and gives its ARN."""
    host = FunctionHost(
        _FETCH, StateFunction("Fetch", _fetch_at_once), aws.services, aws.log_book, timeout_seconds=60, memory_mb=512
    )
    MOTO.endpoint.host(_FETCH, host)
    definition = _definition(
        _FETCH, aws.functions["Transform"].name, aws.functions["Save"].name, whole_seconds(requests_per_minute)
    )
    machine = aws.stepfunctions.create_state_machine(
        name=f"naive-{requests_per_minute:g}", definition=json.dumps(definition), roleArn=_ROLE
    )
    return str(machine["stateMachineArn"])


def whole_seconds(requests_per_minute: float) -> int:
    """The fixed Wait: a Wait state takes whole seconds, so the interval is rounded up."""
    return math.ceil(60 / requests_per_minute)


def _fetch_at_once(event: FetchEvent, services: Services) -> Answer:
    return ask_for_bars(client_of(services), event["run"], event["symbol"], 1, services)


def _definition(fetch: str, transform: str, save: str, wait_seconds: int) -> dict[str, Any]:
    again = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2}
    states = {
        "Pause": {"Type": "Wait", "Seconds": wait_seconds, "Next": "Fetch"},
        "Fetch": _task(fetch, gives="answer", Retry=[again], Next="Transform"),
        "Transform": _task(transform, takes="answer", gives="table", Next="Save"),
        "Save": _task(save, takes="table", gives="saved", End=True),
    }
    each = {
        "Type": "Map",
        "MaxConcurrency": 1,
        "ItemsPath": "$.symbols",
        "ItemSelector": {"run": _RUN, "symbol.$": "$$.Map.Item.Value"},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Pause", "States": states},
        "End": True,
    }
    return {"StartAt": "EachSymbol", "States": {"EachSymbol": each}}


def _task(function: str, *, gives: str, takes: str = "", **fields: Any) -> dict[str, Any]:
    payload = {"run.$": "$.run", "symbol.$": "$.symbol", "retry_count": 0}
    if takes:
        payload[f"{takes}.$"] = f"$.{takes}.Payload"
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        "ResultPath": f"$.{gives}",
        **fields,
    }
