"""``stockflow run``: the workflow on this machine."""

import os
import signal
import sys
from pathlib import Path
from time import sleep

import click
from rich.console import Console
from rich.text import Text

from stockflow import workflows
from stockflow.cli.commands.ending import exit_status, sum_up
from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.cli.commands.options import output_dir_option, rate_options, rates_of, request_options
from stockflow.cli.display import RunDisplay, follow
from stockflow.embedded.aws import EmbeddedAws
from stockflow.history.json_values import JsonObject
from stockflow.sources.opening import killed_before
from stockflow.sources.saving import reference_to
from stockflow.sources.unended import symbols_saved
from stockflow_functions.domain.words import counted
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.workflow import Workflow
from stockflow_functions.vendors import name_in
from stockflow_functions.vendors.port import key_variable_of

_POLL_SECONDS = 0.1
_INTERRUPTED = 130


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@click.option("--input", "input_file", type=click.Path(path_type=Path), help="A workflow input as a JSON file.")
@request_options
@rate_options
@output_dir_option
def run(
    symbols: tuple[str, ...],
    input_file: Path | None,
    series: str | None,
    outputsize: str | None,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    *,
    force: bool,
) -> None:
    """Fetch, check and save the daily prices of each SYMBOL (or of STOCK_SYMBOLS), and report.

    Without ALPHA_VANTAGE_API_KEY the prices come from a simulated Alpha Vantage. Exit status: 0 every symbol is saved,
    unchanged or deferred; 1 a symbol or the run failed; 2 the arguments or the input can't be used.
    """
    environment = {**os.environ, **rates_of(requests_per_minute, requests_per_day)}
    workflow_input = workflow_input_of(symbols, input_file, series=series, outputsize=outputsize, force=force)
    sys.exit(run_here(workflow_input, environment, output_dir))


def run_here(
    workflow_input: JsonObject,
    environment: dict[str, str],
    output_dir: Path,
    workflow: Workflow | None = None,
    *,
    goes_on_from: str = "",
) -> int:
    """Runs a workflow in this process, shows its progress, and returns the command's exit status.

    Args:
        workflow: None for the default one.
        goes_on_from: the earlier run that this one continues, which is not mentioned in the output.

    Raises:
        Unusable: the folder or a setting can't be used.
    """
    console = Console(highlight=False)
    workflow = workflow or workflows.default()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with EmbeddedAws(output_dir, environment) as aws:
        if aws.vendor is not None:
            console.print(Text(_simulated(environment), style="bold yellow"), soft_wrap=True)
        before = killed_before(output_dir)
        if before is not None and before.name != goes_on_from:
            console.print(Text(_killed(before, workflow), style="bold yellow"), soft_wrap=True)
        execution_arn = aws.start({"trigger": "laptop", **workflow_input}, workflow=workflow.name)
        status = 0
        try:
            with RunDisplay(console, workflow) as display:
                follow(
                    display,
                    lambda known: aws.history_since(execution_arn, known),
                    lambda: aws.status(execution_arn) == "RUNNING",
                    lambda: _pause(console, aws),
                )
        except KeyboardInterrupt:
            console.print("Stopping: what is saved stays saved.")
            aws.stop(execution_arn)
            status = _INTERRUPTED
        manifest = aws.wait(execution_arn)
        sum_up(console, manifest)
        _say_slack(console, aws)
        _say_complaints(console, aws)
        if "unsaved" in manifest:
            console.print(Text(manifest["unsaved"], style="bold red"), soft_wrap=True)
        console.print(Text(f"Run folder: {aws.run_folder(execution_arn)}"), soft_wrap=True)
    return status or exit_status(manifest)


def _simulated(environment: dict[str, str]) -> str:
    key = key_variable_of(name_in(environment))
    why = "MOCK_MODE is on" if environment.get(key) else f"no {key} is set"
    return f"SIMULATED PRICES: {why}, so an invented Alpha Vantage answers. These are not market data."


def _killed(before: Path, workflow: Workflow) -> str:
    saved, reference = counted(len(symbols_saved(before, workflow)), "symbol"), reference_to(before)
    return (
        f"The previous run, {before.name}, was killed after it had saved {saved}: "
        f"{commands.show(reference)} says where, {commands.resume(reference)} does the rest."
    )


def _pause(console: Console, aws: EmbeddedAws) -> None:
    _say_complaints(console, aws)
    sleep(_POLL_SECONDS)


def _say_complaints(console: Console, aws: EmbeddedAws) -> None:
    while aws.journals.complaints:
        console.print(Text(aws.journals.complaints.pop(), style="bold yellow"), soft_wrap=True)


def _say_slack(console: Console, aws: EmbeddedAws) -> None:
    for message in aws.slack.messages if aws.slack else ():
        first_line = message.text.splitlines()[0]
        said = f"Slack ({message.channel}, not sent: no webhook is set): {first_line}"
        console.print(Text(said), soft_wrap=True)
