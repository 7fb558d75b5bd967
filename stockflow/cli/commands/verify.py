"""``stockflow verify``: checks a whole dataset against the rules by which its rows were stored."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from stockflow.cli import verify_actions, verify_calls, verify_prices
from stockflow.cli.checked import Checked
from stockflow.dataset.places import Place, place_of
from stockflow.dataset.sentences import readable
from stockflow.errors import Unusable
from stockflow.terminal import on_one_line, printable, say
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.words import counted, named_few

_Item = TypeVar("_Item")


@click.command()
@click.argument("place", default="out", metavar="[DIR|s3://BUCKET/PREFIX]")
def verify(place: str) -> None:
    """Check every table of a dataset, of prices, actions and calls, against the rules by which its rows were stored.

    Prints a table, and ends with status 1 if a rule is broken. What is odd but was stored on purpose is a remark.
    """
    with readable(place):
        found = place_of(place)
        prices, no_prices = verify_prices.listed(found)
        actions, no_actions = verify_actions.listed(found)
        calls, no_calls = verify_calls.listed(found)
        checked = [*_of_prices(found, prices), *_of_actions(found, actions), *_of_calls(found, calls)]
    if not checked:
        places = " or ".join((*verify_prices.PREFIXES, *verify_actions.PREFIXES, *verify_calls.PREFIXES))
        raise Unusable(f"{place} holds no dataset: there is no table in it under {places}.")
    Console().print(_as_table(checked))
    broken = sum(bool(each.verdict.breaches) for each in checked)
    rows = sum(each.verdict.rows for each in checked)
    click.echo(f"{counted(len(checked), 'table')}, {counted(rows, 'row')}: {broken or 'none'} with a broken rule.")
    if no_prices or no_actions or no_calls:
        others = named_few([*no_prices, *no_actions, *no_calls])
        say(f"Not tables, but among them, where a query engine may read them: {others}.")
    if broken:
        sys.exit(1)


def _of_prices(place: Place, tables: Sequence[verify_prices.Table]) -> Iterator[Checked]:
    now_ms = SystemClock().now_ms()
    for table in _shown(tables):
        yield from verify_prices.verdicts(place, table, now_ms)


def _of_actions(place: Place, tables: Sequence[str]) -> Iterator[Checked]:
    now_ms = SystemClock().now_ms()
    for key in _shown(tables):
        yield from verify_actions.verdicts(place, key, now_ms)


def _of_calls(place: Place, tables: dict[str, list[str]]) -> Iterator[Checked]:
    checker = verify_calls.Checker(place)
    for symbol in _shown(sorted(tables)):
        yield from checker.verdicts(symbol, tables[symbol])


def _shown(items: Sequence[_Item]) -> Iterable[_Item]:
    """The items, with a bar on a terminal."""
    screen = Console(stderr=True)
    return track(items, "Reading", console=screen, transient=True, disable=not screen.is_terminal)


def _as_table(checked: Iterable[Checked]) -> Table:
    table = Table("symbol", "dataset", "rows", "first", "last", "broken rules and remarks", title="Dataset")
    for each in checked:
        found = each.verdict
        sentences = [Text(printable(f"BREACH {sentence}"), style="red") for sentence in found.breaches]
        remarks = Text("\n").join(sentences + [Text(printable(sentence)) for sentence in found.remarks]) or Text("ok")
        symbol = Text(on_one_line(each.symbol))
        table.add_row(symbol, each.dataset, f"{found.rows:,}", found.first_date, found.last_date, remarks)
    return table
