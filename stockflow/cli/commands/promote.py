"""``stockflow promote``: tries the deployed workflows, and makes them the live ones if that goes well."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import click

from stockflow import workflows
from stockflow.cli.commands.options import stack_options
from stockflow.cli.smoke_recording import smoke_recording
from stockflow.cloud.promotion.candidate import Candidate, Tried, make_live
from stockflow.cloud.promotion.deployed import deployed_workflows
from stockflow.cloud.promotion.rollback import roll_back
from stockflow.cloud.promotion.smoke import Items, items_of
from stockflow.cloud.promotion.versions import LIVE, LONGEST_DESCRIPTION, Version
from stockflow.cloud.promotion.waiting import Waiting
from stockflow.cloud.stack import DEFAULT, Aws, Stack, find_stack
from stockflow.errors import CommandFailed, Unusable
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.earnings_calls.smoke import SMOKE as CALLS_SMOKE
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS

SMOKE_SYMBOLS = "AAPL,MSFT"
DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
LONGEST_REASON = LONGEST_DESCRIPTION - 56
"""Characters; the rest of an alias's description names the version."""


@click.command()
@stack_options
@click.option(
    "--workflow",
    "names",
    metavar="NAME",
    multiple=True,
    help="Which workflow; may be given again.  [default: all of the stack]",
)
@click.option("--symbols", default=SMOKE_SYMBOLS, show_default=True, help="What the smoke run of daily prices fetches.")
@click.option(
    "--smoke-audio",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A short recording, so that the smoke run of earnings calls tries Amazon Transcribe too; from $0.006.",
)
@click.option(
    "--timeout-seconds",
    type=click.IntRange(min=0),
    default=900,
    show_default=True,
    help="How long to wait for a smoke run.",
)
@click.option("--skip-smoke", "reason", metavar="REASON", help="Make it live without a smoke run, and keep why.")
@click.option("--rollback", is_flag=True, help="Make the version live that was live before.")
def promote(
    stack_name: str | None,
    region: str | None,
    names: tuple[str, ...],
    symbols: str,
    smoke_audio: Path | None,
    timeout_seconds: int,
    reason: str | None,
    *,
    rollback: bool,
) -> None:
    """Make the deployed version of each workflow the live one, after a smoke run of it.

    A smoke run does for real what a run does, and saves below scratch/ in the bucket: the dataset is not touched. That
    of daily prices fetches its symbols; that of earnings calls judges the transcript of an invented call. Meanwhile
    one-time schedules try whether a scheduled start arrives; that costs no request. Nothing is made live unless all
    went well.

    Exit status: 0 the versions are live; 1 they are not; 2 the arguments or the credentials can't be used.
    """
    others: dict[str, Items] = {workflows.DEFAULT: dict.fromkeys(_symbols(symbols))}
    _check_reason(reason, rollback=rollback)
    if smoke_audio is not None:
        if rollback or reason is not None:
            raise Unusable("--smoke-audio is for a smoke run, and there is to be none: leave it out.")
        others[EARNINGS_CALLS.name] = {**items_of(CALLS_SMOKE), **_recording(smoke_audio)}
    aws, waiting = Aws(region), Waiting()
    chosen = deployed_workflows(_deployed_stack(aws, stack_name or DEFAULT), names)
    if smoke_audio is not None and EARNINGS_CALLS not in [deployed.workflow for deployed in chosen]:
        raise Unusable("--smoke-audio is for earnings calls, and they are not promoted here: leave it out.")
    candidates = [Candidate.of(deployed, aws, waiting, others.get(deployed.workflow.name)) for deployed in chosen]
    if rollback:
        _tell(roll_back([candidate.versions for candidate in candidates]))
    else:
        _tell(make_live(_tried(candidates, timeout_seconds, reason)))


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


def _recording(file: Path) -> Items:
    """The call that the smoke run writes down, after what that costs is told."""
    recording = smoke_recording(file)
    click.echo(f"Amazon Transcribe takes {recording.price} to write {file.name} down, in the smoke run.")
    return {recording.call: file}


def _tell(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        click.echo(sentence)


def _tried(candidates: Sequence[Candidate], timeout_seconds: int, reason: str | None) -> list[Tried]:
    """Publishes a version of each candidate and tries it; ends the command if something is wrong with one."""
    lives = [candidate.versions.of(LIVE) for candidate in candidates]
    with ExitStack() as made:
        schedules = [made.enter_context(candidate.delivery.under_way(candidate.first)) for candidate in candidates]
        tried = []
        for candidate, live in zip(candidates, lives, strict=True):
            new = candidate.publish("after a smoke run" if reason is None else f"without a smoke run: {reason}")
            if not _runs_well(candidate, new, timeout_seconds, reason):
                _end(candidates, lives)
            tried.append(Tried(candidate.versions, new, instead_of=live))
        for candidate, schedule in zip(candidates, schedules, strict=True):
            click.echo(f"Waiting for the run that {schedule.name} starts as {candidate.deployed.schedule} would.")
            click.echo(f"It arrived: {candidate.delivery.wait_for(schedule)}.")
    return tried


def _runs_well(candidate: Candidate, new: Version, timeout_seconds: int, reason: str | None) -> bool:
    """Whether nothing is wrong with the smoke run of a new version, if there is to be one; says what is."""
    version = f"Version {new.number} of {candidate.deployed.name}"
    if reason is not None:
        click.echo(f"{version}: no smoke run ({reason}).")
        return True
    click.echo(f"{version}: smoke run of {', '.join(candidate.items)}.")
    complaints = candidate.smoke_run.complaints(new.arn, candidate.items, timeout_seconds)
    for complaint in complaints:
        click.echo(f"stockflow: {complaint}", err=True)
    return not complaints


def _end(candidates: Sequence[Candidate], lives: Sequence[Version]) -> NoReturn:
    """Ends the command, with nothing made live."""
    stays = [
        f"version {live.number} of {candidate.deployed.name}" for candidate, live in zip(candidates, lives, strict=True)
    ]
    click.echo(f"Nothing is made live: {' and '.join(stays)} {'stay' if len(stays) > 1 else 'stays'}.", err=True)
    sys.exit(1)
