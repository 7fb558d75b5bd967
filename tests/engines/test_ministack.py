"""The whole stack on ministack: another CloudFormation, Step Functions, Lambda, S3 and DynamoDB than LocalStack's."""

import pytest

from tests.engines.cases import Case
from tests.engines.runs import run_on_laptop

# Of two symbols: ministack unpacks the layers for each process anew, and ten at once would outlast their time-outs.
GOOD = Case({"symbols": ["IBM", "MSFT"]}, "SUCCEEDED", None, {"IBM": "saved", "MSFT": "saved"})


@pytest.fixture(scope="module")
def on_ministack(deployed, ministack):
    return deployed(ministack, "stockflow-mini")


@pytest.fixture(scope="module")
def outcomes(on_ministack, tmp_path_factory):
    """A good day there and on the laptop."""
    with on_ministack.running(GOOD) as outcome:
        laptop = run_on_laptop(GOOD, tmp_path_factory.mktemp("laptop"))
        return outcome(), laptop


def test_every_resource_is_made(on_ministack):
    """CloudFormation makes the whole stack."""
    statuses = {name: item["ResourceStatus"] for name, item in on_ministack.deployment.resources.items()}
    assert {name: status for name, status in statuses.items() if status != "CREATE_COMPLETE"} == {}


def test_a_good_day_ends_as_it_should(outcomes):
    """The execution succeeds, and every symbol is saved."""
    ended, _ = outcomes
    assert (ended.status, ended.error, ended.symbols) == (GOOD.status, GOOD.error, GOOD.symbols)


def test_the_datasets_are_the_same(outcomes):
    """The same files are below prices/ as on the laptop, row by row."""
    ended, laptop = outcomes
    assert ended.dataset == laptop.dataset
