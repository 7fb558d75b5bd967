"""Symbols whose names mean something to a file system or a query engine, over two processes of ``stockflow run``."""

import pandas
import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.parquet import decode, encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers import forked

SYMBOLS = [".DJI", ".INX", "CON", "NUL.LON", "A.", "B.", "^GSPC", "M&M.BSE", "-P-HIZ", "AAPL"]
HAD_OTHER_NAMES = [".DJI", "CON", "A."]
NEWEST_SESSIONS = 100
LONG_AGO = pandas.Timestamp("2001-03-01")


def stockflow(folder, *arguments):
    """The command in a process of its own; gives what it said."""
    done = forked.stockflow(folder, *arguments, COLUMNS="200")
    assert done.status == 0, done.output
    return done.output


def run(folder):
    stockflow(folder, "run", "--requests-per-minute", "60000", "--requests-per-day", "0", "--", *SYMBOLS)


def remember(folder, symbol, as_key):
    """Puts a bar from long ago, beyond the newest 100 sessions, into the symbol's file, and the file under that key."""
    file = folder / "out" / keys.prices("daily", symbol)
    table = decode(file.read_bytes(), DAILY, symbol).table
    old = table.iloc[:1].assign(date=LONG_AGO.as_unit("s"))
    file.unlink()
    (folder / "out" / as_key(keys.prices("daily", symbol))).write_bytes(encode(pandas.concat([old, table]), DAILY))


def dates(folder, symbol):
    return list(decode((folder / "out" / keys.prices("daily", symbol)).read_bytes(), DAILY, symbol).table["date"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two processes have run; between them some files got the names that they would have had formerly."""
    folder = tmp_path_factory.mktemp("symbols")
    run(folder)
    for symbol in SYMBOLS:
        remember(folder, symbol, keys.former if symbol in HAD_OTHER_NAMES else lambda key: key)
    (folder / "out" / keys.freshness("daily")).unlink()  # or nobody would be asked for again
    run(folder)
    return folder


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_its_history_survives_a_second_process(folder, symbol):
    """Whatever it is called, and whether it had the present name or the former one."""
    first, *newest = dates(folder, symbol)

    assert first == LONG_AGO
    assert len(newest) >= NEWEST_SESSIONS - 1  # while the exchange is open the last one is left out


def test_verify_counts_every_symbol(folder):
    """And finds no rule broken."""
    said = stockflow(folder, "verify", "out")

    rows = sum(len(dates(folder, symbol)) for symbol in SYMBOLS)
    assert f"{len(SYMBOLS)} tables, {rows:,} rows: none with a broken rule." in said
    assert all(symbol in said for symbol in SYMBOLS)


def test_a_folder_read_as_one_table_has_every_symbol_once(folder):
    """As pandas reads it, which passes hidden files over, as Athena does."""
    table = pandas.read_parquet(folder / "out/prices/daily")

    assert table["symbol"].value_counts().to_dict() == {symbol: len(dates(folder, symbol)) for symbol in SYMBOLS}
