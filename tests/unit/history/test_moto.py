"""The laptop's engine writes histories in AWS's shape: a real one, out of moto's interpreter."""

import json
from time import monotonic, sleep

import boto3
import pytest
from moto import mock_aws

from stockflow.sources import SavedRun, model_of

INNER = {
    "StartAt": "Bad?",
    "States": {
        "Bad?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.symbol", "StringEquals": "NFLX", "Next": "Refuse"}],
            "Default": "Keep",
        },
        "Keep": {"Type": "Pass", "End": True},
        "Refuse": {"Type": "Fail", "Error": "BadPrices", "Cause": "no row"},
    },
}
DEFINITION = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "MaxConcurrency": 1,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **INNER},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}],
            "End": True,
        },
        "Tell": {"Type": "Pass", "Next": "Broken"},
        "Broken": {"Type": "Fail", "Error": "Broken", "Cause": "some failed"},
    },
}


@pytest.fixture
def run():
    """An execution of three items, the second of which fails, as boto3 gives it."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        machine = client.create_state_machine(
            name="m", definition=json.dumps(DEFINITION), roleArn="arn:aws:iam::123456789012:role/x"
        )
        items = [{"symbol": "AAPL"}, {"symbol": "NFLX"}, {"symbol": "TSLA"}]
        started = client.start_execution(
            stateMachineArn=machine["stateMachineArn"], name="one", input=json.dumps(items)
        )
        ends = monotonic() + 20
        while (described := client.describe_execution(executionArn=started["executionArn"]))["status"] == "RUNNING":
            assert monotonic() < ends
            sleep(0.02)
        return SavedRun(
            definition=machine_definition(client, started["executionArn"]),
            description=described,
            events=client.get_execution_history(executionArn=started["executionArn"])["events"],
        )


def machine_definition(client, arn):
    return client.describe_state_machine_for_execution(executionArn=arn)["definition"]


def test_a_real_history_of_the_laptops_engine_is_read(run):
    """Cause, symbols and the error at the end."""
    model = model_of(run)
    assert [(cause.path, cause.error, model.symbols_of(cause)) for cause in model.root_causes] == [
        (("Each", "Refuse"), "BadPrices", ["NFLX"])
    ]
    assert (model.status, model.ended_with.error) == ("FAILED", "Broken")
    assert {row.symbol: row.status for row in model.rows}["NFLX"] == "failed"
    assert [row.symbol for row in model.rows if row.status == "ok"] == ["AAPL"]
