"""The example queries of docs/query.md over what a laptop run has stored."""

import duckdb
import pytest

from tests.helpers.queries import QUERIES
from tests.workflow.conftest import prices

SYMBOLS = ["AAPL", "IBM", "MSFT"]


@pytest.fixture
def ask(run):
    """Answers a query over the Parquet files of a run of three symbols, with the run."""
    done = run({"symbols": SYMBOLS})
    files = done.aws.output_dir / "prices" / "daily" / "*.parquet"
    connection = duckdb.connect().execute(f"CREATE VIEW daily AS SELECT * FROM '{files}'")
    return done, lambda number: connection.execute(QUERIES[number]).fetchall()


def test_the_queries_answer_from_a_runs_own_files(ask):
    """Newest bars, largest moves and months of a laptop run are those of its Parquet files."""
    done, answers = ask
    tables = {symbol: prices(done.aws, symbol) for symbol in SYMBOLS}

    newest, moves, months = (answers(number) for number in range(3))

    assert newest == [(symbol, table["date"].max(), len(table)) for symbol, table in tables.items()]
    largest = max(table["close"].pct_change().abs().max() for table in tables.values())
    assert abs(moves[0][3]) == pytest.approx(100 * largest, abs=0.01)
    aapl = tables["AAPL"]
    first = aapl["date"].min()
    of_month = [(day.year, day.month) == (first.year, first.month) for day in aapl["date"]]
    assert months[0][2:4] == (aapl["low"][of_month].min(), aapl["high"][of_month].max())
