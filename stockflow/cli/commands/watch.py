"""``stockflow watch``: a run on AWS, followed to its end."""

import sys
from typing import cast

import click
from rich.console import Console
from rich.text import Text

from stockflow import workflows
from stockflow.cli.commands.ending import exit_status, manifest_of, sum_up
from stockflow.cli.commands.options import stack_options
from stockflow.cli.display import RunDisplay, follow
from stockflow.cli.listing import executions_of
from stockflow.cli.progress import SymbolEnd
from stockflow.cloud.stack import DEFAULT, Aws, Stack, find_stack
from stockflow.cloud.watching import WatchedExecution
from stockflow.cloud.watching_shards import WatchedShards
from stockflow.errors import INTERRUPTED, CommandFailed, Unusable
from stockflow.history.json_values import JsonObject, object_in, text_in
from stockflow.history.model import build_model
from stockflow.history.saved_run import SavedRun
from stockflow.manifest import Manifest
from stockflow.sources.opening import arn_in
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.workflow import Workflow

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
    shards = WatchedShards(aws.client("stepfunctions"), lambda: aws.client("s3"), execution_arn, workflow.sharding)
    try:
        with RunDisplay(console, workflow) as display:
            follow(display, watched.poll, watched.running, watched.pause, lambda: _news(watched, shards, workflow))
    except KeyboardInterrupt:
        console.print(Text(f"The run continues; follow it again: {commands.watch(execution_arn)}"), soft_wrap=True)
        return INTERRUPTED
    if shards.complaint:
        console.print(Text(shards.complaint, style="bold yellow"), soft_wrap=True)
    manifest = _ending(watched, execution_arn, workflow, shards)
    sum_up(console, manifest, workflow)
    status = exit_status(manifest)
    if status:
        console.print(Text(f"Why: {commands.show(execution_arn)}"), soft_wrap=True)
    return status


def _news(watched: WatchedExecution, shards: WatchedShards, workflow: Workflow) -> list[SymbolEnd]:
    records = shards.news(watched.events, over=not watched.running())
    return [
        SymbolEnd(text_in(record.get("symbol")), text_in(record.get("status")), _detail(record, workflow))
        for record in records
    ]


def _detail(record: JsonObject, workflow: Workflow) -> str:
    error = object_in(record.get("error"))
    parts = (text_in(error.get(name)) for name in ("state", "type", "message"))
    return ": ".join(filter(None, parts)) if error else workflow.summary(dict(record))


def _ending(watched: WatchedExecution, execution_arn: str, workflow: Workflow, shards: WatchedShards) -> Manifest:
    run = SavedRun(description={"executionArn": execution_arn}, events=watched.events)
    stored = shards.manifest(run.execution)
    if stored:
        return cast("Manifest", {"error": None, **stored})
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
    newest = next(iter(executions_of(aws, stack, machine_arn, 1)), None)
    if newest is None:
        raise CommandFailed(f"{stack.name} has no run yet: start one with `stockflow start`.")
    return newest["executionArn"]
