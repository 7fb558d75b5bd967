"""moto's DynamoDB, for what must be as in memory."""

import boto3
import pytest
from moto import mock_aws


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
