"""Which workflows of a stack are promoted, and that the template gives out what is read of each."""

import re
from pathlib import Path

import pytest

from stockflow import workflows
from stockflow.cloud.promotion.deployed import deployed_workflows
from stockflow.cloud.stack import Stack
from stockflow.errors import CommandFailed, Unusable
from tests.helpers.fake_aws import MACHINE, OUTPUTS

TEMPLATE = (Path(__file__).parents[3] / "template.yaml").read_text(encoding="utf-8")
OLDER = Stack("mine", "eu-west-1", "UPDATE_COMPLETE", OUTPUTS)
CALLS_MACHINE = MACHINE.replace("DailyPrices", "EarningsCalls")
STACK = Stack("mine", "eu-west-1", "UPDATE_COMPLETE", {**OUTPUTS, "EarningsCalls": CALLS_MACHINE})


def names(deployed):
    return [one.name for one in deployed]


def test_all_workflows_of_a_stack_are_promoted():
    """Where nobody names one it is all of them, prices first, each under its state machine's name."""
    assert names(deployed_workflows(STACK, [])) == ["mine-DailyPrices", "mine-EarningsCalls"]


def test_a_stack_of_an_older_release_has_fewer():
    """A workflow whose state machine is not among the outputs is left alone."""
    assert names(deployed_workflows(OLDER, [])) == ["mine-DailyPrices"]


def test_a_workflow_is_promoted_once():
    """A name that is given twice counts once."""
    (deployed,) = deployed_workflows(STACK, ["earnings-calls", "earnings-calls"])

    assert deployed.machine_arn == CALLS_MACHINE


def test_an_older_stack_lacks_what_is_named():
    """The sentence for a workflow that the stack does not have says which output is missing."""
    (deployed,) = deployed_workflows(OLDER, ["earnings-calls"])

    with pytest.raises(CommandFailed, match="has no output EarningsCalls"):
        _ = deployed.machine_arn


def test_an_unknown_workflow_is_unusable():
    """The sentence has the names that there are."""
    with pytest.raises(Unusable, match="daily-prices or earnings-calls"):
        deployed_workflows(STACK, ["lunch"])


@pytest.mark.parametrize("workflow", workflows.workflows(), ids=lambda workflow: workflow.name)
def test_the_template_gives_out_the_schedule(workflow):
    """The output that a workflow says has its schedule is one of template.yaml's."""
    outputs = TEMPLATE.partition("\nOutputs:\n")[2]

    assert re.search(rf"^  {workflow.smoke.schedule}:$", outputs, re.MULTILINE)


@pytest.mark.parametrize("workflow", workflows.workflows(), ids=lambda workflow: workflow.name)
def test_what_a_smoke_run_needs_is_there(workflow):
    """Each file that is put in place before a smoke run comes with the package."""
    examples = Path(__file__).parents[3] / "stockflow" / "examples"

    assert [file for file in workflow.smoke.items.values() if file and not (examples / file).is_file()] == []
