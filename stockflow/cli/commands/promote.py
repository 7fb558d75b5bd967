"""``stockflow promote``: tries the deployed workflow, and makes it the live one if that goes well."""

import sys

import click

from stockflow import workflows
from stockflow.cli.commands.options import stack_options
from stockflow.cloud.promotion.delivery import Delivery
from stockflow.cloud.promotion.smoke import SmokeRun
from stockflow.cloud.promotion.versions import LIVE, LONGEST_DESCRIPTION, Version, Versions
from stockflow.cloud.promotion.waiting import Waiting
from stockflow.cloud.stack import DEFAULT, Aws, Stack, find_stack
from stockflow.errors import CommandFailed, Unusable
from stockflow_functions.domain.errors import InvalidInput

SMOKE_SYMBOLS = "AAPL,MSFT"
DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
LONGEST_REASON = LONGEST_DESCRIPTION - 56
"""Characters; the rest of an alias's description names the version."""


@click.command()
@stack_options
@click.option("--symbols", default=SMOKE_SYMBOLS, show_default=True, help="What the smoke run fetches.")
@click.option(
    "--timeout-seconds",
    type=click.IntRange(min=0),
    default=900,
    show_default=True,
    help="How long to wait for the smoke run.",
)
@click.option("--skip-smoke", "reason", metavar="REASON", help="Make it live without a smoke run, and keep why.")
@click.option("--rollback", is_flag=True, help="Make the version live that was live before.")
def promote(
    stack_name: str | None,
    region: str | None,
    symbols: str,
    timeout_seconds: int,
    reason: str | None,
    *,
    rollback: bool,
) -> None:
    """Make the deployed version of the workflow the live one, after a smoke run of it.

    The smoke run fetches its symbols for real and saves them below scratch/ in the bucket: the dataset is not touched.
    Meanwhile a one-time schedule tries whether a scheduled start arrives; that costs no request.
    Exit status: 0 the version is live; 1 it is not; 2 the arguments or the credentials can't be used.
    """
    wanted = _symbols(symbols)
    _check_reason(reason, rollback=rollback)
    aws, waiting = Aws(region), Waiting()
    stack = _deployed_stack(aws, stack_name or DEFAULT)
    stepfunctions = aws.client("stepfunctions")
    versions = Versions(stack, stepfunctions)
    if rollback:
        click.echo(versions.roll_back())
        return
    live = versions.of(LIVE)
    delivery = Delivery(stack, aws.client("scheduler"), stepfunctions, waiting)
    with delivery.under_way(wanted[0]) as schedule:
        new = Version.promoted(versions.publish(), f"without a smoke run: {reason}" if reason else "after a smoke run")
        if reason:
            click.echo(f"Version {new.number} of {stack.name}: no smoke run ({reason}).")
        else:
            click.echo(f"Version {new.number} of {stack.name}: smoke run of {', '.join(wanted)}.")
            smoke = SmokeRun(stack, stepfunctions, aws.client("s3"), waiting)
            _end_if(smoke.complaints(new.arn, wanted, timeout_seconds), new, live)
        click.echo(f"Waiting for the run that {schedule.name} starts as {stack.schedule} would.")
        click.echo(f"It arrived: {delivery.wait_for(schedule)}.")
    click.echo(versions.make_live(new, instead_of=live))


def _symbols(text: str) -> list[str]:
    try:
        return workflows.default().items_of({"symbols": text}, "")
    except InvalidInput as error:
        raise Unusable(str(error)) from None


def _check_reason(reason: str | None, *, rollback: bool) -> None:
    if reason is None:
        return
    if rollback:
        raise Unusable("--rollback makes no smoke run: leave out --skip-smoke.")
    if not reason.strip():
        raise Unusable('--skip-smoke takes a reason, which is kept: write it like --skip-smoke "the quota is spent".')
    if len(reason) > LONGEST_REASON:
        raise Unusable(f"The reason of --skip-smoke has {len(reason)} characters: write at most {LONGEST_REASON}.")


def _deployed_stack(aws: Aws, name: str) -> Stack:
    stack = find_stack(aws, name)
    if stack.status not in DEPLOYED:
        raise CommandFailed(f"The stack {stack.name} in {stack.region} is {stack.status}: {_remedy(stack.status)}.")
    return stack


def _remedy(status: str) -> str:
    """What to do about a stack in this status: docs.aws.amazon.com/AWSCloudFormation, "Stack status codes"."""
    if status.endswith("_IN_PROGRESS"):
        return "wait until its deployment has ended"
    see = "its events in the CloudFormation console say why"
    if status in {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}:
        return f"{see}; it was never whole, so delete it before you deploy it again"
    return f"{see}; deploy it again"


def _end_if(complaints: list[str], new: Version, live: Version) -> None:
    """Ends the command if something is wrong with the smoke run."""
    for complaint in complaints:
        click.echo(f"stockflow: {complaint}", err=True)
    if complaints:
        click.echo(f"Version {new.number} is not made live; version {live.number} stays.", err=True)
        sys.exit(1)
