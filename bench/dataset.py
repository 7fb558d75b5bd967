"""What a program waits for prices of many symbols, beside DuckDB's bare read of the same rows: adjusted, and as of."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import duckdb
import numpy as np
import pandas as pd

from bench.kit.limits import Limits
from stockflow.dataset import Dataset
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import KINDS, Actions, Asked
from stockflow_functions.domain.actions.table import encode as encode_actions
from stockflow_functions.domain.prices.changes import noted
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY, PRICES
from stockflow_functions.domain.prices.undo_log import Changes

SYMBOLS, LIVES, SESSIONS, STORED_AT_ONCE = 500, 10, 350, 100
"""Each symbol has one of a few lives: an answer of 100 sessions, then a save a day that restates the last volume."""
START, AS_OF = "2025-11-27", "2026-06-01"
TRIES = 9


def main() -> None:
    """Prints each figure beside its limit; the exit status is 1 where one is missed."""
    limits = Limits()
    with tempfile.TemporaryDirectory() as folder:
        files = [str(file) for file in written(Path(folder))]
        dataset, connection = Dataset(folder), duckdb.connect()
        bare = "SELECT * FROM read_parquet($files) WHERE date >= $start::DATE"
        reads: dict[str, Callable[[], pd.DataFrame]] = {
            "DuckDB's bare read": lambda: connection.execute(bare, {"files": files, "start": START}).df(),
            "as traded": lambda: dataset.prices(start=START),
            "adjusted for all": lambda: dataset.prices(start=START, adjust="all"),
            f"as of {AS_OF}": lambda: dataset.prices(start=START, as_of=AS_OF),
        }
        rows = {name: len(read()) for name, read in reads.items()}
        seconds = best_of(list(reads.values()))
    for (name, count), taken in zip(rows.items(), seconds, strict=True):
        print(f"  {name:<40} {count:>9,} rows {1000 * taken:>8.0f} ms")
    duckdbs, traded, adjusted, then = seconds
    limits.hold("prices() of 500 symbols of a year, as traded, times DuckDB's", traded / duckdbs, "<=", 2)
    limits.hold("the same adjusted for splits and dividends", adjusted / duckdbs, "<=", 2)
    limits.hold("the same as of half a year ago", then / duckdbs, "<=", 3)
    limits.report_and_exit()


def best_of(reads: list[Callable[[], pd.DataFrame]]) -> list[float]:
    """The least seconds of some tries, taken in turn: what else the machine does only adds."""
    times = [[timed(read) for read in reads] for _ in range(TRIES)]
    return [min(of_read) for of_read in zip(*times, strict=True)]


def timed(read: Callable[[], pd.DataFrame]) -> float:
    began = perf_counter()
    read()
    return perf_counter() - began


def written(folder: Path) -> Iterator[Path]:
    """The files of prices, beside which those of actions are written."""
    lives = [life(number) for number in range(LIVES)]
    for number in range(SYMBOLS):
        table, log = lives[number % LIVES]
        symbol = f"S{number:03}"
        write(folder / keys.actions(symbol), encode_actions(actions_of(symbol, number, table)))
        yield write(folder / keys.prices("daily", symbol), encode(table.assign(symbol=symbol), DAILY, log))


def write(file: Path, body: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return file


def life(seed: int) -> tuple[pd.DataFrame, Changes]:
    """A table that came in day by day, each save of which changed the volume of the bar before, and its undo log."""
    draw = np.random.default_rng(seed)
    dates = pd.bdate_range(end="2026-11-26", periods=SESSIONS).astype("datetime64[s]")
    closes = np.round(100 * np.exp(np.cumsum(draw.normal(0, 0.01, SESSIONS))), 2)
    final = pd.DataFrame({"symbol": "S", "date": dates, **dict.fromkeys(PRICES, closes)})
    final = final.assign(volume=draw.integers(100_000, 10_000_000, SESSIONS))
    log, before = Changes(None), empty_table(DAILY)
    for count in range(STORED_AT_ONCE, SESSIONS + 1):
        after = final.iloc[:count].reset_index(drop=True)
        after.loc[count - 1, "volume"] -= draw.integers(1, 100_000) if count < SESSIONS else 0
        at_s = int(dates[count - 1].timestamp()) + 80_000 + int(draw.integers(600))
        log, before = noted(log, before, after, at_s), after
    return final, log


def actions_of(symbol: str, number: int, table: pd.DataFrame) -> Actions:
    """Four of five symbols pay each quarter, one of twenty has had a split."""
    rows = [(table["date"].iloc[at], "dividend", 0.25) for at in range(20, SESSIONS, 63) if number % 5]
    rows += [(table["date"].iloc[200], "split", 2.0)] if number % 20 == 0 else []
    known = {"known_from": pd.Timestamp("2024-01-01", tz="UTC"), "symbol": symbol}
    listed = [{"date": day, "kind": kind, "value": value, **known} for day, kind, value in rows]
    empty = Actions().rows
    asked = Asked(int(known["known_from"].timestamp()), int(table["date"].iloc[-1].timestamp()))
    frame = pd.DataFrame(listed, columns=empty.columns).astype(empty.dtypes)
    return Actions(frame, dict.fromkeys(KINDS, asked))


if __name__ == "__main__":
    main()
