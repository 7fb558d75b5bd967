"""``stockflow resume``: a run that was killed, or stopped, goes on from what it saved."""

import sys
from pathlib import Path

import click

from stockflow.commands.options import output_dir_option, rate_options
from stockflow.commands.rerun import input_again, named, run_here_again
from stockflow.errors import Unusable
from stockflow.runs.saved_since import saved_since
from stockflow.runs.sources import open_run
from stockflow.terminal import say


@click.command()
@click.argument("reference", metavar="[RUN]", default="latest")
@rate_options
@output_dir_option
def resume(reference: str, requests_per_minute: str | None, requests_per_day: str | None, output_dir: Path) -> None:
    """Go on with RUN: ask for what neither it nor a later run has saved, with its series, size and force.

    RUN is latest (the default), a name under runs/, a folder, or a run.json. What goes on is a run of its own, in the
    same folder; slots that the killed run had reserved and not used are free again. Exit status as that of `stockflow
    run`; 0 also where nothing is left to do.
    """
    opened = open_run(reference, output_dir)
    if opened.on_aws:
        raise Unusable(f"{opened.run.execution} ran on AWS: write stockflow rerun {reference} --aws.")
    since = saved_since(opened)
    workflow_input = input_again(opened.model, since)
    if workflow_input is None:
        later = ", or has been saved since" if since else ""
        say(f"Nothing is left to do: every symbol of {opened.run.execution} is saved or unchanged{later}.")
        return
    say(f"Going on with {opened.run.execution}: {named(workflow_input.get('symbols'))}.")
    sys.exit(run_here_again(opened, workflow_input, requests_per_minute, requests_per_day, output_dir))
