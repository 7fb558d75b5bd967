"""``stockflow findings``: what the checks of each run found."""

import click

from stockflow.cli.place_option import place_option
from stockflow.cli.results import format_option, rows_of, show
from stockflow.dataset import Dataset
from stockflow.dataset.asked import symbols_in
from stockflow.dataset.others import read_findings
from stockflow.dataset.sentences import readable

_SHOWN = ("started_at", "series", "symbol", "rule", "bars", "newest_date", "sentence")
"""In a table; CSV and JSON have all columns."""


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@place_option
@format_option
def findings(symbols: tuple[str, ...], place: str, form: str) -> None:
    """List what the checks found in each run, of all symbols or of each SYMBOL, the newest run last.

    Exit status: 0 the rows are printed, even if there are none; 2 a SYMBOL is not there, or the arguments can't be
    used.
    """
    dataset, wanted = Dataset(place), symbols_in(symbols or None)
    with readable(place):
        table = read_findings(dataset.place, wanted)
    shown = table.select(_SHOWN) if form == "table" else table
    show(shown.schema.names, rows_of(shown.to_batches()), form)
