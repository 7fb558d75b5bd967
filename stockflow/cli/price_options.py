"""Which prices a command is to read, as its options say."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict, TypeVar

import click

from stockflow.cli.place_option import place_option
from stockflow.dataset import DatasetError
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.words import named_few

Command = TypeVar("Command", bound=Callable[..., Any])


class PricesAsked(TypedDict):
    """The arguments of :meth:`stockflow.dataset.Dataset.prices` that these options give, by their names."""

    start: str | None
    end: str | None
    adjust: Any
    as_of: str | None
    series: str


def price_options(command: Command) -> Command:
    """``--start``, ``--end``, ``--adjust``, ``--as-of``, ``--series`` and ``--place``."""
    for option in reversed((
        click.option("--start", metavar="DAY", help="First day, such as 2026-01-02."),
        click.option("--end", metavar="DAY", help="Last day."),
        click.option(
            "--adjust",
            type=click.Choice(["splits", "all"]),
            help="For splits, or for splits and dividends. [default: as traded]",
        ),
        click.option("--as-of", metavar="DAY|MOMENT", help="As it was known then, UTC. [default: now]"),
        click.option("--series", type=click.Choice(list(SERIES)), default="daily", show_default=True, help="Which."),
    )):  # fmt: skip
        command = option(command)
    return place_option(command)


def must_have_bars(rows: int, place: str, symbols: Sequence[str]) -> None:
    """Ends the command where there is nothing to show or to write.

    Raises:
        DatasetError: there are no rows.
    """
    if not rows:
        of_whom = f" of {named_few(symbols)}" if symbols else ""
        raise DatasetError(f"{place} has no bar{of_whom} of those days: move --start or --end.")
