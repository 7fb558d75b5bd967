"""``stockflow backfill``: a history that is brought in over days."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from stockflow import workflows
from stockflow.cli.backfill_changes import change_one, named_one, say_status
from stockflow.cli.backfill_place import Place
from stockflow.cli.backfill_words import PREMIUM_ALONE, begun_lines, lines_of, standing_lines
from stockflow.cli.commands.options import output_dir_option, rate_options, rates_of, stack_options, universe_option
from stockflow.cli.commands.plan import basis_here, basis_on_aws
from stockflow.cli.estimate_backfill import BackfillEstimate, estimate
from stockflow.cli.folder_bucket import FolderBucket
from stockflow.cli.given_universe import complaints_of, given_universe, must_be_symbols
from stockflow.cli.new_backfill import Asked, new_backfill
from stockflow.cloud.stack import DEFAULT, Aws, find_stack
from stockflow.embedded.local_services import are_prices_invented
from stockflow.errors import CommandFailed, Unusable
from stockflow.terminal import say
from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.plan.request import NEXT
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.backfill.backfill import PAUSED, Backfill
from stockflow_functions.domain.errors import InvalidInput, StockflowError
from stockflow_functions.domain.prices.series import SERIES

_INPUT: dict[str, object] = {"backfill": NEXT}
_BY_A_PERSON = "`stockflow backfill --resume` goes on."


@click.command()
@click.argument("names", nargs=-1, metavar="[SYMBOL ...]")
@universe_option
@click.option("--series", type=click.Choice(list(SERIES)), help="Which prices. [default: daily]")
@click.option("--outputsize", type=click.Choice(["compact", "full"]), help="100 sessions, or all. [default: full]")
@click.option("--from", "since", metavar="DATE", help="Bars from this day on are enough.")
@click.option("--plan", "only_plan", is_flag=True, help="Say what it would take, and begin nothing.")
@click.option("--status", is_flag=True, help="Say how far it is.")
@click.option("--pause", is_flag=True, help="Do nothing until --resume.")
@click.option("--resume", is_flag=True, help="Go on after a pause.")
@click.option("--end", is_flag=True, help="Give up what is left; the next one begins.")
@rate_options
@output_dir_option
@click.option("--aws", "on_aws", is_flag=True, help="On the deployed stack.")
@stack_options
def backfill(  # noqa: PLR0913 # one per option
    names: tuple[str, ...],
    universe: str | None,
    series: str | None,
    outputsize: str | None,
    since: str | None,
    *,
    only_plan: bool,
    status: bool,
    pause: bool,
    resume: bool,
    end: bool,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    stack_name: str | None,
    region: str | None,
    on_aws: bool,
) -> None:
    """Bring in the history of each SYMBOL, or of a universe, over the days that the key's quota takes.

    Says what it takes, and makes the first day's part. Without a SYMBOL or a universe it goes on, with what the day
    leaves over: for cron. With --aws the stack's schedule goes on each day. A second one waits until the first is done
    or ended. --status, --pause, --resume and --end are of the first, or of the one that is named in place of a SYMBOL.
    The formulas are in docs/backfill.md. Exit status as for `stockflow run`; also 0 where it is only said or changed.
    """
    chosen, asked = rates_of(requests_per_minute, requests_per_day), Asked(universe, series, outputsize, since)
    changes = {"--pause": pause, "--resume": resume, "--end": end, "--status": status, "--plan": only_plan}
    flags = [flag for flag, is_set in changes.items() if is_set]
    try:
        flag = _one_flag(flags, asked)
        aws = Aws(region) if on_aws or stack_name or region else None
        place = _on_stack(aws, stack_name, chosen) if aws else _in_folder(output_dir, chosen)
        if flag in _CHANGES:
            change_one(place, names, _CHANGES[flag])
        elif flag == "--status":
            say_status(place, names)
        elif not names and not universe:
            _go_on(place, aws, chosen, asked, only_plan=only_plan)
        else:
            _begin(place, aws, chosen, asked, names, only_plan=only_plan)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    except StockflowError as error:
        raise CommandFailed(str(error)) from None


_CHANGES: dict[str, Callable[[Backfill], Backfill]] = {
    "--pause": lambda one: one.paused(_BY_A_PERSON),
    "--resume": Backfill.resumed,
    "--end": Backfill.ended,
}


def _one_flag(flags: list[str], asked: Asked) -> str:
    """The one flag that is set, or "".

    Raises:
        InvalidInput: there are two, or it stands beside what only a new backfill has.
    """
    if len(flags) > 1:
        raise InvalidInput(f"{flags[0]} and {flags[1]} exclude each other: write one of them.")
    flag = flags[0] if flags else ""
    if flag not in {"", "--plan"} and asked != Asked():
        raise InvalidInput(f"{flag} is of a backfill that there is: leave out what is asked of a new one.")
    return flag


def _in_folder(folder: Path, chosen: dict[str, str]) -> Place:
    return Place(FolderBucket(folder), basis_here(folder, chosen), folder=folder)


def _on_stack(aws: Aws, stack_name: str | None, chosen: dict[str, str]) -> Place:
    stack = find_stack(aws, stack_name or DEFAULT)
    basis = basis_on_aws(aws, stack.name, DAILY_PRICES.planner, chosen)
    return Place(Bucket(aws.client("s3"), stack.bucket), basis, stack=stack)


def _begin(
    place: Place, aws: Aws | None, chosen: dict[str, str], asked: Asked, names: tuple[str, ...], *, only_plan: bool
) -> None:
    symbols = _symbols(place, names, asked.universe)
    new = new_backfill(asked, symbols, place.basis.now_ms)
    found = _estimate(place, new, symbols)
    _say_estimate(place, found)
    if only_plan or not found.requests:
        return
    waiting = place.store.unfinished()
    with place.changing() as store:
        store.create(new, symbols)
    for line in begun_lines(new, waiting, on_aws=aws is not None):
        say(line)
    if aws is None and not waiting:
        _run_here(place, new.name, chosen)


def _symbols(place: Place, names: tuple[str, ...], universe: str | None) -> list[str]:
    if names and universe:
        raise InvalidInput("There are both symbols and --universe: give one of them.")
    if universe is None:
        must_be_symbols(names)
        return symbols_of(list(names))
    given = given_universe(universe)
    if complaints := complaints_of(given):
        click.echo(complaints, err=True)
    return given.symbols_by(lambda: place.listings, place.basis.now_ms)


def _estimate(place: Place, backfill: Backfill, symbols: list[str]) -> BackfillEstimate:
    known = place.symbols(symbols, backfill.goal.series)
    return estimate(backfill, known, place.days(), lambda n: DAILY_PRICES.cost(n).dollars, place.basis.now_ms)


def _say_estimate(place: Place, found: BackfillEstimate) -> None:
    say(found.sentence)
    say("")
    for name, value in found.rows:
        say(f"{name:<18} {value}")
    invented = place.folder is not None and are_prices_invented(dict(os.environ))
    if found.whole and found.terms.day_limit and not invented:
        say("")
        say(PREMIUM_ALONE)


def _go_on(place: Place, aws: Aws | None, chosen: dict[str, str], asked: Asked, *, only_plan: bool) -> None:
    if asked != Asked():
        raise InvalidInput("Of whom? Write symbols, or --universe FILE.")
    waiting = place.store.unfinished()
    if not waiting or waiting[0].status == PAUSED:
        say(next(lines_of(waiting[0], place.days())) if waiting else "There is no backfill to go on with.")
        return
    current = waiting[0]
    if only_plan:
        _say_estimate(place, _estimate(place, current, place.store.symbols(current)))
    elif aws and place.stack:
        from stockflow.cli.commands.start import start_and_tell  # noqa: PLC0415 # only on AWS

        start_and_tell(aws, place.stack, _INPUT, workflows.default())
    else:
        _run_here(place, current.name, chosen)


def _run_here(place: Place, name: str, chosen: dict[str, str]) -> None:
    """Makes the day's part of the backfill of this name, says how far it is then, and ends the command."""
    from stockflow.cli.commands.run import LocalRun, run_here  # noqa: PLC0415 # moto takes a second to import

    if place.folder is None:
        return
    status = run_here(
        _INPUT, {**os.environ, **chosen}, place.folder, steps=LocalRun(lambda aws: _lift_claims(aws.services.bucket))
    )
    for line in standing_lines([named_one(place, (name,)), *_others(place, name)], place.days()):
        say(line)
    sys.exit(status)


def _lift_claims(bucket: Bucket) -> str:
    """Nobody else runs in this folder now: a claim is that of a run that was killed."""
    store = BackfillStore(bucket)
    for one in store.unfinished():
        store.change(one.name, Backfill.released)
    return ""


def _others(place: Place, name: str) -> list[Backfill]:
    return [one for one in place.store.unfinished() if one.name != name]
