"""``stockflow resume``: continues a run that was killed or stopped from what it saved."""

import sys
from pathlib import Path

import click

from stockflow.cli.commands.options import output_dir_option, rate_options
from stockflow.cli.commands.rerun import input_again, item_of, named, run_here_again
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.model import ENDS
from stockflow.page.as_words import STATUS_WORDS
from stockflow.sources.opening import OpenedRun, open_run
from stockflow.sources.saved_since import saved_since
from stockflow.terminal import say
from stockflow_functions.reporting import commands

_STOPPED = "ABORTED"


@click.command()
@click.argument("reference", metavar="[RUN]", default="latest")
@rate_options
@output_dir_option
def resume(reference: str, requests_per_minute: str | None, requests_per_day: str | None, output_dir: Path) -> None:
    """Continue RUN: fetch what neither it nor a later run has saved, with its series, size and force.

    RUN is latest (the default), a name under runs/, a folder, or a run.json. It continues as a run of its own, in the
    same folder; slots that the killed run had reserved and not used are released. Exit status as for `stockflow run`;
    also 0 if nothing is left to do, and 2 if there is no such run, or it is still running or ended by itself.
    """
    try:
        opened = open_run(reference, output_dir)
        _must_be_cut_off(opened)
        since = saved_since(opened)
        workflow_input = input_again(opened.model, since)
    except CommandFailed as error:
        raise Unusable(str(error)) from None
    if workflow_input is None:
        later = ", or has been saved since" if since else ""
        say(f"Nothing is left to do: every {item_of(opened)} of {opened.run.execution} is done{later}.")
        return
    say(f"Continuing {opened.run.execution}: {named(workflow_input.get('symbols'), item_of(opened))}.")
    sys.exit(run_here_again(opened, workflow_input, requests_per_minute, requests_per_day, output_dir))


def _must_be_cut_off(opened: OpenedRun) -> None:
    name, status = opened.run.execution, opened.model.status
    if opened.on_aws:
        raise Unusable(f"{name} ran on AWS: write {commands.rerun(opened.reference, on_aws=True)}.")
    if status in ENDS.values() and status != _STOPPED:
        how = STATUS_WORDS[status].lower()
        again = commands.rerun(opened.reference)
        raise Unusable(f"{name} has ended ({how}): write {again} for what it did not save.")
