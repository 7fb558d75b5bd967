"""Which workflow a run is of, and what a reader knows of a history without being told."""

from dataclasses import replace

import pytest

from stockflow import workflows
from stockflow.history.model import build_model
from stockflow.sources import SavedRun
from tests.helpers.made_runs import made_run

ARN = "arn:aws:states:eu-west-1:123456789012:execution:{}:run-1"


@pytest.mark.parametrize("machine", ["stockflow-dev-DailyPrices", "daily-prices", "daily-prices-2"])
def test_a_run_is_known_by_its_state_machine(machine):
    """On AWS by the end of the name, on a laptop by the workflow's own, with a number where there are several."""
    assert workflows.of_run(SavedRun(description={"executionArn": ARN.format(machine)})) is workflows.default()


def test_a_run_is_known_by_its_definition():
    """Whatever its state machine is called."""
    assert workflows.of_run(SavedRun(definition=made_run({"AAPL": "ok"}).definition)) is workflows.default()


def test_a_history_alone_is_known_by_the_states_that_it_entered():
    """A file with events and nothing else."""
    assert workflows.of_run(SavedRun(events=made_run({"AAPL": "ok"}).events)) is workflows.default()


@pytest.mark.parametrize("machine", ["orders", "daily-prices-fork"])
def test_a_run_of_another_workflow_is_of_none(machine):
    """By a definition and a name that none of ours has."""
    definition = {"StartAt": "Ship", "States": {"Ship": {"Type": "Succeed"}}}
    run = SavedRun(definition=definition, description={"executionArn": ARN.format(machine)})

    assert workflows.of_run(run) is None


def test_without_conventions_a_caught_error_is_a_handled_failure():
    """The reader itself knows no workflow's errors, and no words for items."""
    run = made_run({"AAPL": "moved", "MSFT": "quota"})

    assert {row.status for row in build_model(run).rows} == {"handled"}
    assert {row.outcome for row in build_model(run).rows} == {""}


def test_with_the_conventions_of_the_workflow_it_is_a_wait():
    """One symbol waited for another slot, the other is left to a later run."""
    rows = {row.symbol: row for row in workflows.model_of(made_run({"AAPL": "moved", "MSFT": "quota"})).rows}

    assert (rows["AAPL"].status, rows["AAPL"].outcome) == ("ok", "saved")
    assert (rows["MSFT"].status, rows["MSFT"].outcome) == ("deferred", "deferred")


def test_items_are_named_by_the_key_that_is_told():
    """An item that is an object has its name under the key of the workflow's conventions."""
    run = made_run({"AAPL": "ok"})
    conventions = replace(workflows.conventions_of(workflows.of_run(run)), item_key="not_before")

    assert build_model(run, conventions).rows[0].symbol != "AAPL"


def test_a_definition_keeps_the_placeholders_that_no_arn_is_given_for():
    """CloudFormation leaves what it is not told too."""
    text = workflows.definition_of(workflows.default(), {"Plan": "arn:plan"})

    assert '"arn:plan"' in text
    assert "${FetchFunction}" in text
