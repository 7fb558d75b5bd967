"""``stockflow actions``: the splits and dividends that are known, and having them asked for."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from stockflow.cli.commands.options import output_dir_option, rate_options, rates_of, stack_options
from stockflow.cli.kept_actions import KeptActions
from stockflow.cli.scheduled_jobs import LAST_HOURS
from stockflow.cli.told_actions import UPDATE, as_json, overview, remarks, rows_of, without
from stockflow.cloud.stack import DEFAULT, Aws, find_stack
from stockflow.dataset.places import Folder, Lake
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.json_values import JsonObject
from stockflow.terminal import say
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.domain.symbols import symbol_of
from stockflow_functions.domain.words import counted, named_few
from stockflow_functions.runtime.settings import Settings

MOST_SYMBOLS = 200
"""That a table of all of them still has: each is an object to be read."""
PIPE_WIDTH = 120
_Ask = Callable[[JsonObject], Mapping[str, Any]]


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@click.option("--update", is_flag=True, help="Ask first: two requests a symbol, as far as the day's quota goes.")
@click.option("--scheduled", is_flag=True, help="Ask, if it is the quota's day's end: for cron, systemd.")
@rate_options
@output_dir_option
@click.option("--aws", "on_aws", is_flag=True, help="Those of the deployed stack.")
@stack_options
@click.option("--json", "as_list", is_flag=True, help="Print a JSON list of objects instead.")
def actions(  # noqa: PLR0913 # one per option
    symbols: tuple[str, ...],
    *,
    update: bool,
    scheduled: bool,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    on_aws: bool,
    stack_name: str | None,
    region: str | None,
    as_list: bool,
) -> None:
    """Show the splits and dividends of each SYMBOL, or how many are known of whom.

    With --update those that are due are asked for: never, or not for a week; a SYMBOL in any case. Without
    ALPHA_VANTAGE_API_KEY invented ones are asked for. Exit status: 0 they are printed; 1 none are known, or they can't
    be asked for; 2 the arguments can't be used.
    """
    environment = {**os.environ, **rates_of(requests_per_minute, requests_per_day)}
    try:
        wanted = [symbol_of(symbol, "an argument") for symbol in symbols]
        waits = scheduled and not is_days_end(SystemClock().now_ms(), environment)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    if waits:
        say(f"Nothing is due: splits and dividends are asked for in the last {LAST_HOURS} hours of the quota's day.")
        return
    kept, ask = (
        _on_aws(Aws(region), stack_name or DEFAULT)
        if on_aws or stack_name or region
        else _here(output_dir, environment)
    )
    if update or scheduled:
        result = ask({"symbols": wanted} if wanted else {})
        for sentence in (result["sentence"], *result["warnings"]):
            say(str(sentence), err=as_list)
    if not scheduled:
        _show(kept, wanted, as_list=as_list)


def is_days_end(now_ms: int, environment: Mapping[str, str]) -> bool:
    """Whether the quota's day is about to end, so that no run will want what it leaves.

    Raises:
        InvalidInput: a variable can't be used.
    """
    days = Settings.from_environment(environment).terms.days
    return days.resets_at_ms(now_ms) - now_ms <= LAST_HOURS * 3_600_000


def _here(output_dir: Path, environment: Mapping[str, str]) -> tuple[KeptActions, _Ask]:
    def ask(event: JsonObject) -> Mapping[str, Any]:
        from stockflow.cli.asked_actions import ask_here  # noqa: PLC0415 # moto takes a second

        return ask_here(output_dir, environment, event)

    return KeptActions(Folder(output_dir)), ask


def _on_aws(aws: Aws, name: str) -> tuple[KeptActions, _Ask]:
    stack = find_stack(aws, name)

    def ask(event: JsonObject) -> Mapping[str, Any]:
        from stockflow.cli.refreshing import ACTIONS  # noqa: PLC0415 # as above

        return ACTIONS.on_aws(aws, stack, **event)

    return KeptActions(Lake(Bucket(aws.client("s3"), stack.bucket), "")), ask


def _show(kept: KeptActions, wanted: list[str], *, as_list: bool) -> None:
    symbols = wanted or kept.symbols()
    all_of_them = as_list or wanted or len(symbols) <= MOST_SYMBOLS
    found = {symbol: kept.read(symbol) for symbol in symbols} if all_of_them else {}
    if not symbols or (found and not any(each.asked or len(each.rows) for each in found.values())):
        raise CommandFailed(_none_of(wanted))
    if as_list:
        click.echo(json.dumps(as_json(found), indent=2))
        return
    day = today(US, SystemClock().now_ms())
    if wanted:
        _print(rows_of(found, day), remarks(found))
    else:
        few = "" if found else f"{counted(len(symbols), 'symbol')} have splits and dividends: name some to see theirs."
        _print(overview(found, day) if found else None, [few, *without(*kept.without(symbols))])


def _none_of(wanted: list[str]) -> str:
    if not wanted:
        return f"No splits and dividends are known yet: {UPDATE} asks for them."
    return f"Nothing is known of {named_few(wanted)} yet: stockflow actions {' '.join(wanted)} --update asks."


def _print(table: Table | None, sentences: Iterable[str]) -> None:
    if table is not None:
        Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)
    for sentence in filter(None, sentences):
        say(sentence)
