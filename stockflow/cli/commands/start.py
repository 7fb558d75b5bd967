"""``stockflow start``: a run on the deployed stack."""

import sys
from pathlib import Path

import click

from stockflow import workflows
from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.cli.commands.options import request_options, stack_options, universe_option, workflow_options
from stockflow.cli.commands.watch import watch_run
from stockflow.cli.given_universe import GivenUniverse, complaints_of, given_universe, universe_input
from stockflow.cloud.stack import DEFAULT, Aws, Stack, find_stack, start_execution
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.json_values import JsonObject
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import InvalidInput, StockflowError
from stockflow_functions.reporting import commands
from stockflow_functions.reporting.run_links import console_link
from stockflow_functions.runtime.workflow import Workflow


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL or CALL ...]")
@click.option("--input", "input_file", type=click.Path(path_type=Path), help="A workflow input as a JSON file.")
@universe_option
@request_options
@workflow_options
@stack_options
@click.option("--watch", "and_watch", is_flag=True, help="Follow the run to its end.")
def start(  # noqa: PLR0913 # one per option
    symbols: tuple[str, ...],
    input_file: Path | None,
    *,
    universe: str | None,
    series: str | None,
    outputsize: str | None,
    workflow_name: str,
    language: str | None,
    stack_name: str | None,
    region: str | None,
    force: bool,
    and_watch: bool,
) -> None:
    """Start a run of each SYMBOL (or of the stack's own) on AWS; with --workflow earnings-calls of each CALL.

    A CALL is the key of what was dropped, without calls/ (AAPL/2026-10-29.mp3), or a quarter (IBM/2024Q1). The live
    version of the deployed stack runs, on the same request budget as scheduled runs. Exit status: 0 the run has
    started, or with --watch as for `stockflow run`; 1 there is no such stack, or it may not be used; 2 the arguments,
    the input or the credentials can't be used.
    """
    workflow = workflows.named(workflow_name)
    given = given_universe(universe) if universe is not None else None
    workflow_input = universe_input(
        given,
        workflow_input_of(symbols, input_file, series=series, outputsize=outputsize, language=language, force=force),
    )
    check(workflow_input, workflow)
    aws = Aws(region)
    stack = find_stack(aws, stack_name or DEFAULT)
    if given is not None:
        _put_in_place(given, aws, stack)
    execution_arn = start_and_tell(aws, stack, workflow_input, workflow)
    if and_watch:
        sys.exit(watch_run(aws, execution_arn))
    click.echo(f"Follow it: {commands.watch(execution_arn)}")


def _put_in_place(given: GivenUniverse, aws: Aws, stack: Stack) -> None:
    """Copies a list into the stack's bucket; says what is wrong with its entries."""
    if complaints := complaints_of(given):
        click.echo(complaints, err=True)
    try:
        given.put_in_place(Bucket(aws.client("s3"), stack.bucket))
    except StockflowError as error:
        raise CommandFailed(f"The universe can't be put into {stack.bucket}: {error}") from None


def start_and_tell(aws: Aws, stack: Stack, workflow_input: JsonObject, workflow: Workflow) -> str:
    """Starts the run, prints its ARN and its page in the console, and returns the ARN."""
    execution_arn = start_execution(aws, stack, workflow_input, workflow)
    click.echo(f"Started {execution_arn}")
    link = console_link({"execution_arn": execution_arn, "trigger": "console"})
    if link:
        click.echo(link.url)
    return execution_arn


def check(workflow_input: JsonObject, workflow: Workflow) -> None:
    """Refuses before the start what the workflow would refuse.

    Raises:
        Unusable: the workflow's own sentence.
    """
    try:
        workflow.check(workflow_input)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
