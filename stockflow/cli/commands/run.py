"""``stockflow run``: the workflow on this machine."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import NoReturn

import click
from rich.console import Console
from rich.text import Text

from stockflow import workflows
from stockflow.cli.commands.ending import exit_status, sum_up
from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.cli.commands.options import (
    output_dir_option,
    rate_options,
    rates_of,
    request_options,
    universe_option,
    workflow_options,
)
from stockflow.cli.display import RunDisplay, follow
from stockflow.cli.due import Schedule
from stockflow.cli.given_universe import GivenUniverse, complaints_of, given_universe, universe_input
from stockflow.cli.notices import notice_of
from stockflow.cli.refreshing import ready_for
from stockflow.cli.shard_progress import ShardsHeard
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.waiting import Waiting
from stockflow.errors import INTERRUPTED, CommandError
from stockflow.history.json_values import JsonObject
from stockflow.sources.opening import killed_before
from stockflow.sources.saving import reference_to
from stockflow.sources.unended import read_unended, symbols_saved
from stockflow.stand_ins.jobs import is_any_left
from stockflow.terminal import on_one_line
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.words import counted
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.workflow import Workflow

_POLL_SECONDS = 0.1


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL or CALL ...]")
@click.option("--input", "input_file", type=click.Path(path_type=Path), help="A workflow input as a JSON file.")
@universe_option
@request_options
@workflow_options
@rate_options
@output_dir_option
@click.option("--scheduled", is_flag=True, help="Only if one is due after New York's last session: for cron, systemd.")
def run(  # noqa: PLR0913 # one per option
    symbols: tuple[str, ...],
    input_file: Path | None,
    *,
    universe: str | None,
    series: str | None,
    outputsize: str | None,
    workflow_name: str,
    language: str | None,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    force: bool,
    scheduled: bool,
) -> None:
    """Fetch, check and save the daily prices of each SYMBOL (or of STOCK_SYMBOLS), and report.

    With --workflow earnings-calls, judge each CALL: the key of what is in the output folder, without calls/
    (AAPL/2026-10-29.mp3), or a quarter (IBM/2024Q1); `stockflow call` copies a file there first. Without
    ALPHA_VANTAGE_API_KEY the prices come from a simulated Alpha Vantage. A symbol that is up to date is not asked for,
    unless with --force. Exit status: 0 every symbol is saved, unchanged, fresh or deferred; 1 a symbol or the run
    failed; 2 the arguments or the input can't be used.
    """
    workflow = workflows.named(workflow_name)
    environment = {**os.environ, **rates_of(requests_per_minute, requests_per_day)}
    given = given_universe(universe) if universe is not None else None
    workflow_input = universe_input(
        given,
        workflow_input_of(symbols, input_file, series=series, outputsize=outputsize, language=language, force=force),
    )
    steps = LocalRun(prepare=lambda aws: _with_universe(given, workflow_input, aws))

    def go(workflow_input: JsonObject) -> int:
        return run_here(workflow_input, environment, output_dir, workflow, steps=steps)

    if scheduled:
        due = Schedule(output_dir, workflow.name, workflow_input)
        sys.exit(due.run_if_due(SystemClock().now_ms(), go))
    sys.exit(go(workflow_input))


def _with_universe(given: GivenUniverse | None, workflow_input: JsonObject, aws: EmbeddedAws) -> str:
    """Puts a list in place, or has listings asked for that are needed; what is to be told of that."""
    if given is not None:
        given.put_in_place(aws.services.bucket)
    return complaints_of(given) or ready_for(workflow_input.get("universe"), aws)


@dataclass(frozen=True)
class LocalRun:
    """What a command does beside the run, in the embedded AWS.

    Attributes:
        prepare: before the run is started; returns a sentence for people, or "".
        conclude: after a run in which nothing failed; returns lines for people.
    """

    prepare: Callable[[EmbeddedAws], str] = lambda _: ""
    conclude: Callable[[EmbeddedAws], list[str]] = lambda _: []


def run_here(
    workflow_input: JsonObject,
    environment: dict[str, str],
    output_dir: Path,
    workflow: Workflow | None = None,
    *,
    goes_on_from: str = "",
    steps: LocalRun | None = None,
) -> int:
    """Runs a workflow in this process, shows its progress, and returns the command's exit status.

    Args:
        workflow: None for the default one.
        goes_on_from: the earlier run that this one continues, which is not mentioned in the output.
        steps: what else is to be done.

    Raises:
        Unusable: the folder or a setting can't be used.
    """
    console = Console(highlight=False)
    workflow, steps = workflow or workflows.default(), steps or LocalRun()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        try:
            aws = stack.enter_context(EmbeddedAws(output_dir, environment, waiting=Waiting(_said_on(console))))
        except KeyboardInterrupt:
            console.print("Stopped before its turn: nothing was asked for.")
            return INTERRUPTED
        aws.check_folder(workflow.name)  # before anything is copied there
        is_simulated = aws.vendor is not None
        _warn(console, notice_of(workflow, workflow_input, aws.settings, environment, is_vendor_simulated=is_simulated))
        before = killed_before(output_dir)
        if before is not None and before.name != goes_on_from:
            _warn(console, _killed(before))
        _warn(console, steps.prepare(aws))
        execution_arn = aws.start({"trigger": "laptop", **workflow_input}, workflow=workflow.name)
        status = _follow(console, aws, workflow, execution_arn)
        manifest = aws.wait(execution_arn)
        sum_up(console, manifest, workflow)
        _say_slack(console, aws)
        _say_complaints(console, aws)
        _warn(console, manifest.get("unsaved", ""), "bold red")
        status = status or exit_status(manifest)
        for line in [] if status else steps.conclude(aws):
            console.print(Text(on_one_line(line)), soft_wrap=True)
        console.print(Text(f"Run folder: {aws.run_folder(execution_arn)}"), soft_wrap=True)
    if is_any_left():
        _leave(status)
    return status


def _leave(status: int) -> NoReturn:
    """Ends the process at once: an engine's own code that works on would make Python's usual ending crash."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _follow(console: Console, aws: EmbeddedAws, workflow: Workflow, execution_arn: str) -> int:
    """Shows the run's progress to its end, and returns the exit status if a person ended it, else 0."""
    heard = ShardsHeard(workflow)
    aws.shards.listeners.append(heard.hear)
    try:
        with RunDisplay(console, workflow) as display:
            follow(
                display,
                lambda known: aws.history_since(execution_arn, known),
                lambda: aws.status(execution_arn) == "RUNNING",
                lambda: _pause(console, aws),
                heard.news,
            )
    except KeyboardInterrupt:
        console.print("Stopping: what is saved stays saved.")
        aws.stop(execution_arn)
        return INTERRUPTED
    return 0


def _warn(console: Console, sentence: str, style: str = "bold yellow") -> None:
    if sentence:
        console.print(Text(sentence, style=style), soft_wrap=True)


def _said_on(console: Console) -> Callable[[str], None]:
    return lambda sentence: _warn(console, sentence)


def _killed(before: Path) -> str:
    workflow = _workflow_of(before)
    saved, reference = counted(len(symbols_saved(before, workflow)), workflow.item), reference_to(before)
    return (
        f"The previous run, {before.name}, was killed after it had saved {saved}: "
        f"{commands.show(reference)} says where, {commands.resume(reference)} does the rest."
    )


def _workflow_of(folder: Path) -> Workflow:
    with suppress(FileNotFoundError, CommandError):
        return workflows.of_run(read_unended(folder)) or workflows.default()
    return workflows.default()


def _pause(console: Console, aws: EmbeddedAws) -> None:
    _say_complaints(console, aws)
    sleep(_POLL_SECONDS)


def _say_complaints(console: Console, aws: EmbeddedAws) -> None:
    while aws.journals.complaints:
        _warn(console, aws.journals.complaints.pop())


def _say_slack(console: Console, aws: EmbeddedAws) -> None:
    for message in aws.slack.messages if aws.slack else ():
        first_line = message.text.splitlines()[0]
        said = f"Slack ({message.channel}, not sent: no webhook is set): {first_line}"
        console.print(Text(on_one_line(said)), soft_wrap=True)
