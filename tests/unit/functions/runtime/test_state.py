"""When a state's function makes what it works with."""

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime import state
from stockflow_functions.runtime.state import StateFunction

IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "stockflow-dev-Fetch"}


class CountingAws(FakeAws):
    """Notes which clients are made."""

    def __init__(self):
        super().__init__()
        self.made = []

    def client(self, name, **options):
        self.made.append(name)
        return super().client(name, **options)


@pytest.fixture
def aws(monkeypatch):
    """The equipment of this instance, and a tracer that is none."""
    aws = CountingAws()
    monkeypatch.setattr(state, "services_of_this_instance", lambda: aws.services)
    monkeypatch.setattr(state, "_tracer", lambda: None)
    return aws


def nothing(event, services):
    """Work that is none."""
    return {}


def test_in_lambda_the_clients_are_made_with_the_handler(aws):
    """Those that it names, and no other, before the first call."""
    StateFunction("Fetch", nothing, clients=("s3", "secretsmanager"), environment=IN_LAMBDA)
    assert aws.made == ["s3", "secretsmanager"]


def test_a_client_made_at_the_start_is_the_one_that_is_used(aws):
    """A call makes none again."""
    StateFunction("Fetch", nothing, clients=("s3", "dynamodb", "secretsmanager"), environment=IN_LAMBDA)
    assert aws.services.bucket.get("nothing") is None
    assert aws.services.secret("ALPHA_VANTAGE_API_KEY")
    assert aws.services.dynamodb is aws.dynamodb
    assert aws.made == ["s3", "dynamodb", "secretsmanager"]


def test_elsewhere_a_handler_makes_nothing(aws):
    """On a laptop the equipment is handed in, and AWS is not to be looked for."""
    StateFunction("Fetch", nothing, clients=("s3",), environment={})
    assert aws.made == []


def test_a_start_that_can_not_make_its_equipment_does_not_end_the_instance(aws, monkeypatch):
    """The call meets the fault again, and reports it under the name that the workflow knows."""

    def refuse():
        raise InvalidInput("REQUESTS_PER_MINUTE is 'none'; write a number, such as 30.")

    monkeypatch.setattr(state, "services_of_this_instance", refuse)
    handler = StateFunction("Fetch", nothing, clients=("s3",), environment=IN_LAMBDA)
    assert handler.state == "Fetch"
