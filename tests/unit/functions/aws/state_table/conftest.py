"""A budget on a clock of its own, in memory or in moto's DynamoDB (one thread at a time)."""

import pytest

from stockflow.testing import FakeClock, FakeDynamoDb
from stockflow_functions.aws.state_table.store import BudgetStore
from tests.helpers.moto_table import moto_table
from tests.helpers.terms import terms

__all__ = ["moto_table"]


@pytest.fixture
def clock():
    return FakeClock()


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
