"""``stockflow sql``: asks a dataset in SQL."""

import sys

import click

from stockflow.cli.place_option import place_option
from stockflow.cli.results import format_option, rows_of, show
from stockflow.cli.sql.session import answered, columns
from stockflow.dataset.places import place_of
from stockflow.errors import Unusable


@click.command()
@click.argument("query", required=False)
@place_option
@format_option
def sql(query: str | None, place: str, form: str) -> None:
    """Ask the dataset in SQL, as DuckDB understands it; "-" reads the query from standard input.

    Without a QUERY it lists the tables and their columns. It only reads, and nothing but the dataset. Exit status: 0
    the rows are printed; 2 the query, or the dataset, can't be used.
    """
    if query is None:
        show(("table", "column", "type", "what"), columns(), form)
        return
    text = sys.stdin.read() if query == "-" else query
    if not text.strip():
        raise Unusable('There is no query: write one, such as "SELECT symbol, max(date) FROM daily GROUP BY symbol".')
    with answered(place_of(place), text) as answer:
        show(answer.names, rows_of(answer.batches), form)
