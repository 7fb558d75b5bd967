"""``stockflow listings``: who is listed on which exchange, and who was."""

import os
from pathlib import Path

import click

from stockflow.cli.commands.options import output_dir_option, stack_options
from stockflow.cli.kept_listings import listings_in, listings_on
from stockflow.cli.notices import simulated_prices
from stockflow.cli.refreshing import LISTINGS
from stockflow.cli.told_listings import life, summary
from stockflow.cloud.stack import DEFAULT, Aws, find_stack
from stockflow.embedded.aws import EmbeddedAws
from stockflow.errors import CommandFailed, Unusable
from stockflow.terminal import say
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.domain.symbols import symbol_of


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@click.option("--update", is_flag=True, help="Ask Alpha Vantage anew first: two requests of the day.")
@output_dir_option
@click.option("--aws", "on_aws", is_flag=True, help="Those of the deployed stack.")
@stack_options
def listings(
    symbols: tuple[str, ...],
    *,
    update: bool,
    output_dir: Path,
    on_aws: bool,
    stack_name: str | None,
    region: str | None,
) -> None:
    """Say who is listed: how many symbols on which exchange, or the life of each SYMBOL.

    Without ALPHA_VANTAGE_API_KEY an invented listing is asked for. Exit status: 0 the listings are printed; 1 there are
    none, or they can't be refreshed; 2 the arguments can't be used.
    """
    try:
        wanted = [symbol_of(symbol, "an argument") for symbol in symbols]
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    aws = Aws(region) if on_aws or stack_name or region else None
    found = _on_aws(aws, stack_name or DEFAULT, update=update) if aws else _here(output_dir, update=update)
    if found is None:
        raise CommandFailed("There are no listings yet: stockflow listings --update asks for them, in two requests.")
    day = today(US, SystemClock().now_ms())
    for line in [line for symbol in wanted for line in life(symbol, found, day)] or summary(found, day):
        say(line)


def _here(output_dir: Path, *, update: bool) -> Listings | None:
    if update:
        with EmbeddedAws(output_dir, dict(os.environ)) as aws:
            aws.check_folder()
            if aws.vendor is not None:
                click.secho(simulated_prices(os.environ), fg="yellow", bold=True)
            say(str(LISTINGS.here(aws)["sentence"]))
    return listings_in(output_dir)


def _on_aws(aws: Aws, name: str, *, update: bool) -> Listings | None:
    stack = find_stack(aws, name)
    if update:
        say(str(LISTINGS.on_aws(aws, stack)["sentence"]))
    return listings_on(aws, stack)
