"""Seconds a symbol of the whole workflow on the embedded engine, beside the bare interpreter on a Map of one Task.

Both run in this process, one after the other: 200 symbols through Plan, Fetch, Transform, Save and Notify with the
budget set so high that it never waits, and a Map over 200 items whose one Task calls a function that returns at once.
"""

import json
import tempfile
import time

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.function_host import FunctionHost
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

SYMBOLS = 200
LANES = 40
ROLE = "arn:aws:iam::123456789012:role/bare"


def nothing(_event: object, _services: Services) -> dict[str, bool]:
    """The least that a function can do."""
    return {"done": True}


def one_task_map(aws: EmbeddedAws) -> str:
    """Makes the bare machine; gives its ARN."""
    host = FunctionHost(
        "bare", StateFunction("Bare", nothing), aws.services, aws.log_book, timeout_seconds=60, memory_mb=128
    )
    MOTO.endpoint.host("bare", host)
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "bare", "Payload.$": "$"},
        "End": True,
    }
    each = {
        "Type": "Map",
        "MaxConcurrency": LANES,
        "ItemsPath": "$.items",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Bare", "States": {"Bare": task}},
        "End": True,
    }
    definition = json.dumps({"StartAt": "Each", "States": {"Each": each}})
    machine = aws.stepfunctions.create_state_machine(name="bare", definition=definition, roleArn=ROLE)
    return str(machine["stateMachineArn"])


def timed(aws: EmbeddedAws, arn: str, began: tuple[float, float]) -> tuple[float, float]:
    """Wall and CPU seconds an item until the execution has ended."""
    while aws.status(arn) == "RUNNING":
        time.sleep(0.01)
    return (time.monotonic() - began[0]) / SYMBOLS, (time.process_time() - began[1]) / SYMBOLS


def main() -> None:
    """Prints both, and the ratio."""
    environment = {"REQUESTS_PER_MINUTE": "60000", "REQUESTS_PER_DAY": "0"}
    with tempfile.TemporaryDirectory() as folder, EmbeddedAws(folder, environment) as aws:
        machine = one_task_map(aws)
        items = json.dumps({"items": [{"symbol": f"S{number}"} for number in range(SYMBOLS)]})
        began = time.monotonic(), time.process_time()
        started = aws.stepfunctions.start_execution(stateMachineArn=machine, name="bare", input=items)
        bare = timed(aws, started["executionArn"], began)
        began = time.monotonic(), time.process_time()
        arn = aws.start({"symbols": [f"S{number}" for number in range(SYMBOLS)]})
        whole = timed(aws, arn, began)
        saved = len(list(aws.output_dir.glob("prices/daily/*.parquet")))
    print(f"{'a symbol of ' + str(SYMBOLS):<42} {'seconds':>9} {'CPU seconds':>12}")
    print(f"{'the whole workflow (' + str(saved) + ' saved)':<42} {whole[0]:>9.4f} {whole[1]:>12.4f}")
    print(f"{'the bare interpreter, one Task':<42} {bare[0]:>9.4f} {bare[1]:>12.4f}")
    print(f"{'ratio':<42} {whole[0] / bare[0]:>9.2f} {whole[1] / bare[1]:>12.2f}")


if __name__ == "__main__":
    main()
