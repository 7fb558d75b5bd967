"""``stockflow replay``: one state of a run again, on this machine."""

import json
import re
import sys
from pathlib import Path

import click

from stockflow.cli.commands.folders import output_dir_of
from stockflow.cli.commands.options import output_dir_option
from stockflow.cloud.stack import Aws
from stockflow.errors import Unusable
from stockflow.history.shards import shard_name
from stockflow.replay.call import Called, LeftDebugger, call_handler
from stockflow.replay.equipment import equipped
from stockflow.replay.one_state import command_for, role_of, state_by_itself
from stockflow.replay.places import AwsPlace, LaptopPlace
from stockflow.replay.telling import effects, failed, heading, outcome
from stockflow.replay.visit import CalledState, find_call
from stockflow.sources.opening import OpenedRun, open_run
from stockflow.terminal import printable, say
from stockflow_functions.reporting.run_links import EXAMPLE_ACCOUNT

_EVENT = re.compile(r"([0-9]{1,5}:)?0*[1-9][0-9]{0,8}")
_FUNCTION_ARN = re.compile(r"arn:aws[\w-]*:lambda:(?P<region>[\w-]+):(?P<account>\d+):function:")


@click.command()
@click.argument("reference", metavar="RUN")
@click.option("--symbol", metavar="SYMBOL", help="The call's symbol. [default: the first that failed]")
@click.option("--state", metavar="STATE", help="The call's state. [default: the one that failed]")
@click.option("--event", "event", metavar="ID", help="The call of this event instead, such as 80 or 0007:42.")
@click.option("--pdb", "debug", is_flag=True, help="Stop in the debugger, at the first line and at an error.")
@click.option("--live", is_flag=True, help="With effect: write, make requests to Alpha Vantage, notify people.")
@output_dir_option
def replay(
    reference: str,
    symbol: str | None,
    state: str | None,
    event: str | None,
    output_dir: Path,
    *,
    debug: bool,
    live: bool,
) -> None:
    """Call one state's handler again with the exact input that it had in RUN, and say what differs from then.

    RUN is latest, a name under runs/, a folder, a run.json, an execution's ARN, or an address of the console. Without
    --live, nothing is written to the bucket, the table or Slack, and no request goes to Alpha Vantage. Exit status: 0
    the handler returned; 1 it raised, or there is no such call; 2 the arguments can't be used.
    """
    event_id = None if event is None else _event_id(event)
    shard = event_id.partition(":")[0] if isinstance(event_id, str) else ""
    opened = open_run(reference, output_dir, wanted=shard or symbol or "")
    call = find_call(opened.model, symbol=symbol, state=state, event_id=event_id)
    place = _place_of(opened, call, output_dir)
    say(f"{heading(call)}{', with effect' if live else ''}.")
    try:
        called = _live(call, place, debug=debug) if live else _without_effect(call, place, debug=debug)
    except LeftDebugger:
        click.echo("Left the debugger.")
        return
    if isinstance(place, AwsPlace):
        _tell_test_state(opened, call, place.aws)
    sys.exit(1 if failed(call, called) else 0)


def _event_id(event: str) -> int | str:
    """The id of an event, that of a shard's as a text: its shard, and its number there."""
    if not _EVENT.fullmatch(event):
        raise Unusable(f"--event is {event!r}: write an event's number, such as 80, or of a shard's 0007:42.")
    shard, _, number = event.rpartition(":")
    return f"{shard_name(int(shard))}:{int(number)}" if shard else int(number)


def _place_of(opened: OpenedRun, call: CalledState, output_dir: Path) -> LaptopPlace | AwsPlace:
    """Whether the run was on AWS: a bare history does not say, but the account of the function that was called does."""
    function = _FUNCTION_ARN.match(call.attempt.function)
    if function and (opened.on_aws or function["account"] != EXAMPLE_ACCOUNT):
        return AwsPlace.of(Aws(function["region"]), call)
    return LaptopPlace(output_dir_of(opened, output_dir), opened.model, call)


def _without_effect(call: CalledState, place: LaptopPlace | AwsPlace, *, debug: bool) -> Called:
    with equipped(call, place.settings, place.objects(), place.objects(now=True)) as equipment:
        called = call_handler(call, equipment.services, debug=debug)
        for line in (*outcome(call, called), *effects(equipment)):
            click.echo(printable(line))
    return called


def _live(call: CalledState, place: LaptopPlace | AwsPlace, *, debug: bool) -> Called:
    with place.live() as services:
        called = call_handler(call, services, debug=debug)
    for line in outcome(call, called):
        click.echo(printable(line))
    return called


def _tell_test_state(opened: OpenedRun, call: CalledState, aws: Aws) -> None:
    state = state_by_itself(call, opened.model)
    if state is None or call.visit.input is None:
        return
    click.echo(printable(f"\nThe state by itself:\n{json.dumps(state, indent=2, ensure_ascii=False)}"))
    click.echo("\nThe same on AWS, which calls the deployed function with effect:")
    role_arn = role_of(aws, str(opened.run.description.get("executionArn")))
    click.echo(printable(command_for(state, call.visit.input, role_arn, aws.region)))
