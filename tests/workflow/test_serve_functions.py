"""The functions behind Lambda's Invoke API, as Step Functions Local calls them."""

import json
import subprocess
import sys

import boto3
import pytest
from botocore.config import Config


@pytest.fixture
def served(tmp_path):
    """The command, running on a free port in an empty folder; gives its URL."""
    arguments = [sys.executable, "-c", "from stockflow.cli.main import main; main()", "serve-functions", "--port", "0"]
    environment = {"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        line = process.stdout.readline()
        yield line.split()[4].rstrip(".")
        process.terminate()
        assert process.wait(30) == 0


def test_a_function_is_invoked_by_the_arn_of_the_written_definition(served, tmp_path):
    """Plan, called under the ARN that the definition names, plans one request."""
    definition = json.loads((tmp_path / "out/daily_prices.local.json").read_text())
    arn = definition["States"]["Plan"]["Parameters"]["FunctionName"]
    client = boto3.client(
        "lambda",
        endpoint_url=served,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )
    event = {
        "input": {"symbols": ["AAPL"]},
        "execution": "e",
        "execution_arn": "arn:aws:states:us-east-1:123456789012:execution:m:e",
        "started_at": "2026-11-20T23:00:00Z",
        "retry_count": 0,
    }

    answer = client.invoke(FunctionName=arn, Payload=json.dumps(event))

    assert [item["symbol"] for item in json.loads(answer["Payload"].read())["work"]] == ["AAPL"]
