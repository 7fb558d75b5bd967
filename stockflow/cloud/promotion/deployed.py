"""A workflow as a stack has it: what is tried and made live."""

from collections.abc import Sequence
from dataclasses import dataclass

from stockflow import workflows
from stockflow.cloud.stack import Stack
from stockflow.errors import Unusable
from stockflow_functions.runtime.workflow import Smoke, Workflow


@dataclass(frozen=True)
class DeployedWorkflow:
    """One workflow of a stack, and how it is tried.

    A property whose output the stack lacks raises ``CommandFailed``.
    """

    stack: Stack
    workflow: Workflow
    smoke: Smoke

    @property
    def name(self) -> str:
        """What the template calls its state machine: ``stockflow-dev-DailyPrices``."""
        return f"{self.stack.name}-{self.workflow.machine}"

    @property
    def machine_arn(self) -> str:
        """Its state machine."""
        return self.stack.machine_arn_of(self.workflow)

    @property
    def schedule(self) -> str:
        """The name of its schedule."""
        return self.stack.output(self.smoke.schedule)


def deployed_workflows(stack: Stack, names: Sequence[str]) -> list[DeployedWorkflow]:
    """The workflows of these names, or if there are none, all that the stack has.

    Raises:
        Unusable: there is no workflow of such a name, or it can't be tried.
    """
    chosen = [workflows.named(name) for name in dict.fromkeys(names)] or stack.own_workflows
    return [DeployedWorkflow(stack, workflow, _smoke_of(workflow)) for workflow in chosen]


def _smoke_of(workflow: Workflow) -> Smoke:
    if workflow.smoke is None:
        raise Unusable(f"The workflow {workflow.name} does not say how it is tried: give it a Smoke.")
    return workflow.smoke
