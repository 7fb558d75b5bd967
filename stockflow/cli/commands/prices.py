"""``stockflow prices``: a quick look at stored prices."""

import shutil
from collections.abc import Mapping
from typing import Any, Unpack

import click
import pandas as pd

from stockflow.cli.price_options import PricesAsked, must_have_bars, price_options
from stockflow.cli.result_table import printed_table
from stockflow.cli.results import format_option, rows_in, show
from stockflow.cli.told_prices import adjusting, extent, heading, moves, that_count
from stockflow.dataset import Dataset, DatasetError
from stockflow.dataset.others import read_catalog
from stockflow.dataset.quoted import QUOTED
from stockflow.dataset.sentences import readable
from stockflow.terminal import in_unicode, say
from stockflow_functions.domain.prices.series import SERIES

_LAST = 10
_DECIMALS = 4
"""Of prices, as vendors give them; adjusted ones have more, which CSV and JSON show."""


@click.command()
@click.argument("symbols", nargs=-1, required=True, metavar="SYMBOL ...")
@price_options
@click.option("--last", type=click.IntRange(min=1), help=f"Only so many bars. [default: {_LAST} in a table, else all]")
@format_option
def prices(symbols: tuple[str, ...], place: str, last: int | None, form: str, **asked: Unpack[PricesAsked]) -> None:
    """Show the prices of each SYMBOL: its closes at a glance, and the newest bars.

    Exit status: 0 they are printed; 2 there are none, or the arguments can't be used.
    """
    dataset = Dataset(place)
    if form != "table":
        bars = dataset.prices(symbols, **asked)
        must_have_bars(len(bars), place, symbols)
        chosen = bars if last is None else bars.groupby("symbol").tail(last)
        show(list(chosen.columns), rows_in(chosen), form)
        return
    bars = dataset.prices(symbols, columns=[*SERIES[asked["series"]].columns, *QUOTED], **asked)
    must_have_bars(len(bars), place, symbols)
    facts = _facts(dataset, asked["series"])
    for number, (symbol, rows) in enumerate(bars.groupby("symbol")):
        if number:
            click.echo()
        say(heading(str(symbol), facts.get(str(symbol)), *rows[list(QUOTED)].iloc[-1]))
        _look(rows.drop(columns=["symbol", *QUOTED]), _actions(dataset, str(symbol), rows, asked), last or _LAST, asked)


def _look(bars: pd.DataFrame, actions: pd.DataFrame, last: int, asked: PricesAsked) -> None:
    known = f", as known on {asked['as_of']}" if asked["as_of"] else ""
    say(f"{extent(bars, asked['series'])}, {adjusting(asked['adjust'], actions)}{known}")
    for line in moves(bars["close"].tolist(), shutil.get_terminal_size().columns, blocks=in_unicode()):
        say(line)
    shown = bars.tail(last)
    shown = shown.round(dict.fromkeys(shown.select_dtypes("float"), _DECIMALS))
    printed_table(list(shown.columns), rows_in(shown))


def _actions(dataset: Dataset, symbol: str, bars: pd.DataFrame, asked: PricesAsked) -> pd.DataFrame:
    """Those that the prices are adjusted for."""
    if asked["adjust"] is None:
        return pd.DataFrame()
    newest = bars["date"].iloc[-1]
    if asked["end"]:  # what came later counts too
        newest = dataset.prices(symbol, columns="close", series=asked["series"], as_of=asked["as_of"])["date"].iloc[-1]
    return that_count(dataset.actions(symbol, asked["as_of"]), bars, newest)


def _facts(dataset: Dataset, series: str) -> dict[str, Mapping[str, Any]]:
    """The rows of the catalog, by symbol; none where there is no catalog."""
    try:
        with readable(dataset.place.name):
            rows = read_catalog(dataset.place).to_pylist()
    except DatasetError:
        return {}
    return {row["symbol"]: row for row in rows if row["series"] == series}
