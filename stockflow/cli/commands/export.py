"""``stockflow export``: prices as a file for other programs."""

from pathlib import Path
from typing import Any, Unpack

import click

from stockflow.cli.exporting import About, replacing, writer_of
from stockflow.cli.price_options import PricesAsked, must_have_bars, price_options
from stockflow.dataset import Dataset
from stockflow.dataset.places import Folder
from stockflow.errors import Unusable
from stockflow.terminal import say
from stockflow_functions.domain.words import counted


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@click.option(
    "--output",
    "file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv|.parquet|.xlsx",
    help="The file; one of that name is replaced.",
)
@price_options
@click.option("--columns", metavar="NAME,...", help="Beside symbol and date; also currency and price_scale.")
def export(symbols: tuple[str, ...], file: Path, place: str, columns: str | None, **asked: Unpack[PricesAsked]) -> None:
    """Write the prices of each SYMBOL, or of all, into one file, sorted by symbol and date.

    Exit status: 0 the file is written; 2 there are no such prices, or the arguments can't be used.
    """
    write = writer_of(file)
    dataset = Dataset(place)
    _must_be_elsewhere(file, dataset)
    chosen = [name.strip() for name in columns.split(",")] if columns else None
    rows: Any = dataset.prices(symbols or None, columns=chosen, arrow=True, **asked)
    must_have_bars(len(rows), place, symbols)
    with replacing(file) as beside:
        write(rows, beside, _about(dataset, asked))
    say(f"{file}: {counted(len(rows), 'row')} of {counted(len(rows.column('symbol').unique()), 'symbol')}.")


def _must_be_elsewhere(file: Path, dataset: Dataset) -> None:
    if not file.parent.is_dir():
        raise Unusable(f"There is no folder {file.parent}: make it, or choose another --output.")
    place = dataset.place
    if isinstance(place, Folder) and Path(place.name).resolve() in file.resolve().parents:
        raise Unusable(f"{file} would lie inside the dataset {place.name}: choose an --output elsewhere.")


def _about(dataset: Dataset, asked: PricesAsked) -> About:
    return {
        "dataset": dataset.place.name,
        "series": asked["series"],
        "adjusted for": {None: "nothing: as traded", "splits": "splits", "all": "splits and dividends"}[
            asked["adjust"]
        ],
        "as known": asked["as_of"] or "when the file was written",
    }
