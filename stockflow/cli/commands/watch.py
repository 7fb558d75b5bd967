"""``stockflow watch``: a run on AWS, followed to its end."""

import sys

import click
from rich.console import Console
from rich.text import Text

from stockflow import workflows
from stockflow.cli.commands.ending import exit_status, manifest_of, sum_up
from stockflow.cli.commands.options import stack_options
from stockflow.cli.display import RunDisplay, follow
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import DEFAULT, Aws, Stack, find_stack
from stockflow.cloud.watching import WatchedExecution
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.model import build_model
from stockflow.history.saved_run import SavedRun
from stockflow.manifest import Manifest
from stockflow.sources.opening import arn_in
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.workflow import Workflow

_INTERRUPTED = 130
_LATEST = "latest"


@click.command()
@click.argument("execution", metavar="EXECUTION")
@click.option("--workflow", "workflow_name", metavar="NAME", default=workflows.DEFAULT, help="Whose runs are meant.")
@stack_options
def watch(execution: str, workflow_name: str, stack_name: str | None, region: str | None) -> None:
    """Follow a run on AWS to its end: EXECUTION is latest, a name, an ARN, or an address of the console.

    latest and a name refer to the stack's runs of daily prices, or of the workflow that is named with --workflow.
    Ctrl-C stops the watching, never the run. Exit status as for `stockflow run`; also 1 if there is no such run.
    """
    arn = arn_in(execution)
    if arn is not None:
        sys.exit(watch_run(Aws(_checked(arn).split(":")[3]), arn))
    workflow, aws = workflows.named(workflow_name), Aws(region)
    sys.exit(watch_run(aws, _arn_of(aws, find_stack(aws, stack_name or DEFAULT), workflow, execution)))


def watch_run(aws: Aws, execution_arn: str, console: Console | None = None) -> int:
    """Shows the run's progress until it ends, sums it up, and returns the command's exit status.

    Raises:
        CommandFailed: there is no such run, it may not be read, or AWS is out of reach for minutes.
        Unusable: the credentials are missing or have expired.
    """
    console = console or Console(highlight=False)
    workflow = workflows.of_machine(execution_arn.split(":")[6]) or workflows.default()
    watched = WatchedExecution(aws.client("stepfunctions"), execution_arn)
    try:
        with RunDisplay(console, workflow) as display:
            follow(display, watched.poll, watched.running, watched.pause)
    except KeyboardInterrupt:
        console.print(Text(f"The run continues; follow it again: {commands.watch(execution_arn)}"), soft_wrap=True)
        return _INTERRUPTED
    manifest = _ending(watched, execution_arn, workflow)
    sum_up(console, manifest, workflow)
    status = exit_status(manifest)
    if status:
        console.print(Text(f"Why: {commands.show(execution_arn)}"), soft_wrap=True)
    return status


def _ending(watched: WatchedExecution, execution_arn: str, workflow: Workflow) -> Manifest:
    run = SavedRun(description={"executionArn": execution_arn}, events=watched.events)
    return manifest_of(build_model(run, workflows.conventions_of(workflow)), workflow)


def _checked(arn: str) -> str:
    kind = arn.split(":")[5]
    if kind != "execution":
        raise Unusable(
            f"{arn} is the ARN of a {kind}, not of a Standard execution: take one from `stockflow runs --aws`."
        )
    return arn


def _arn_of(aws: Aws, stack: Stack, workflow: Workflow, name: str) -> str:
    machine_arn = stack.machine_arn_of(workflow)
    if name != _LATEST:
        return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
    with aws_errors_as_sentences(f"list the runs of {stack.name}", "states:ListExecutions"):
        answer = aws.client("stepfunctions").list_executions(stateMachineArn=machine_arn, maxResults=1)
    if not answer["executions"]:
        raise CommandFailed(f"{stack.name} has no run yet: start one with `stockflow start`.")
    return str(answer["executions"][0]["executionArn"])
