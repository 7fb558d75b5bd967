"""A budget on a clock of its own, in memory or in moto's DynamoDB (one thread at a time)."""

import boto3
import pytest
from moto import mock_aws

from stockflow_functions.aws.state_table.store import BudgetStore
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb
from tests.helpers.terms import terms


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture(scope="module")
def moto_table():
    """A client of moto's DynamoDB, with the table made as the template makes it."""
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        client.create_table(
            TableName="stockflow",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture(params=["memory", "moto"])
def dynamodb(request):
    """An empty table."""
    if request.param == "memory":
        yield FakeDynamoDb()
        return
    client = request.getfixturevalue("moto_table")
    yield client
    for item in client.scan(TableName="stockflow")["Items"]:
        client.delete_item(TableName="stockflow", Key={"pk": item["pk"]})


@pytest.fixture
def memory():
    return FakeDynamoDb()


@pytest.fixture
def open_budget(clock):
    """Opens the budget in a table, for a run with terms of its own."""

    def open_one(dynamodb, at=clock, **own):
        return BudgetStore(dynamodb, "stockflow", "alpha-vantage", terms(**own), at)

    return open_one
