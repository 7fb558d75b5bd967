"""``stockflow catalog``: what a dataset has."""

import click
import pyarrow as pa
import pyarrow.compute as pc

from stockflow.cli.place_option import place_option
from stockflow.cli.results import format_option, rows_of, show
from stockflow.dataset import Dataset, DatasetError
from stockflow.dataset.asked import symbols_in
from stockflow.dataset.others import read_catalog
from stockflow.dataset.sentences import readable
from stockflow_functions.domain.words import named_few

_SHOWN = (
    "symbol",
    "series",
    "name",
    "currency",
    "first_date",
    "last_date",
    "rows",
    "missing",
    "status",
)
"""In a table, so that it fits a terminal; CSV and JSON have all columns."""


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@place_option
@format_option
def catalog(symbols: tuple[str, ...], place: str, form: str) -> None:
    """List what the dataset has: a row for each symbol and series, or for those of each SYMBOL.

    Exit status: 0 the rows are printed; 2 there is no catalog, or a SYMBOL is not in it.
    """
    dataset = Dataset(place)
    wanted = symbols_in(symbols or None)
    with readable(place):
        found = read_catalog(dataset.place)
    if wanted is not None:
        found = found.filter(pc.is_in(found.column("symbol"), pa.array(wanted, pa.string())))
        missing = sorted(set(wanted) - set(found.column("symbol").to_pylist()))
        if missing:
            raise DatasetError(
                f"The catalog of {place} has no {named_few(missing)}: `stockflow catalog` alone lists what it has."
            )
    shown = _for_people(found) if form == "table" else found
    show(shown.schema.names, rows_of(shown.to_batches()), form)


def _for_people(found: pa.Table) -> pa.Table:
    status = found.column("status")
    stale = pc.if_else(pc.fill_null(found.column("stale"), False), ", stale", "")
    told = found.drop_columns(["status"]).append_column("status", pc.binary_join_element_wise(status, stale, ""))
    return told.append_column("missing", found.column("missing_sessions")).select(_SHOWN)
