"""What a program waits for prices of many symbols, beside DuckDB's bare read of the same rows: adjusted, and as of."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from hashlib import md5
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from kit.limits import Limits

from stockflow.dataset import Dataset
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import KINDS, Actions, Asked, asked_in, rows_in
from stockflow_functions.domain.actions.table import encode as encode_actions
from stockflow_functions.domain.actions.together import AllActions, Origin, encode_all
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
        symbols = [Path(file).stem for file in files]
        dataset, connection = Dataset(folder), duckdb.connect()
        bare = "SELECT * FROM read_parquet($files) WHERE date >= $start::DATE"
        reads: dict[str, Callable[[], pd.DataFrame]] = {
            "DuckDB's bare read": lambda: connection.execute(bare, {"files": files, "start": START}).df(),
            "as traded": lambda: dataset.prices(symbols, START),
            "adjusted, by a new Dataset": lambda: Dataset(folder).prices(symbols, START, adjust="all"),
            f"as of {AS_OF}": lambda: dataset.prices(symbols, START, as_of=AS_OF),
        }
        rows = {name: len(read()) for name, read in reads.items()}
        seconds = best_of(list(reads.values()))
    for (name, count), taken in zip(rows.items(), seconds, strict=True):
        print(f"  {name:<40} {count:>9,} rows {1000 * taken:>8.0f} ms")
    duckdbs, traded, new, then = seconds
    limits.hold("prices() of 500 symbols of a year, as traded, times DuckDB's", traded / duckdbs, "<=", 2)
    limits.hold("the same adjusted for splits and dividends, by a new Dataset", new / duckdbs, "<=", 2)
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
    write(folder / keys.ALL_ACTIONS, encode_all(all_actions(folder)))


def all_actions(folder: Path) -> AllActions:
    """What UpdateTables makes of the symbols' own files a few seconds after they were written."""
    found, origins = [], {}
    for file in (folder / keys.ACTIONS).iterdir():
        facts, rows = file.stat(), rows_in(file.read_bytes())
        asked = asked_in(rows.schema.metadata)
        written_ms = int(facts.st_mtime) * 1000
        origins[file.stem] = Origin(md5(file.read_bytes()).hexdigest(), facts.st_size, written_ms, asked)  # noqa: S324
        found.append(rows.replace_schema_metadata(None))
    return AllActions(pa.concat_tables(found), origins)


def write(file: Path, body: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return file


def life(seed: int) -> tuple[pd.DataFrame, Changes]:
    """A table that came in day by day, each save of which changed the volume of the bar before, and its undo log."""
    draw = np.random.default_rng(seed)
    dates = pd.bdate_range(end="2026-11-26", periods=SESSIONS).to_numpy().astype("datetime64[s]")
    closes = np.round(100 * np.exp(np.cumsum(draw.normal(0, 0.01, SESSIONS))), 2)
    volumes = draw.integers(100_000, 10_000_000, SESSIONS)
    first_told = volumes - draw.integers(1, 100_000, SESSIONS)
    saved_at = dates.astype(np.int64) + 80_000 + draw.integers(0, 600, SESSIONS)
    final = pd.DataFrame({"symbol": "S", "date": dates, **dict.fromkeys(PRICES, closes), "volume": volumes})
    log, before = Changes(None), empty_table(DAILY)
    for count in range(STORED_AT_ONCE, SESSIONS + 1):
        newest_is_told = np.where(np.arange(count) < count - 1, volumes[:count], first_told[:count])
        after = final[:count].assign(volume=newest_is_told)
        log, before = noted(log, before, after, int(saved_at[count - 1])), after
    return before, log


def actions_of(symbol: str, number: int, table: pd.DataFrame) -> Actions:
    """Four of five symbols pay each quarter, one of twenty has had a split."""
    dates, empty = table["date"].tolist(), Actions().rows
    rows = [(dates[at], "dividend", 0.25) for at in range(20, SESSIONS, 63) if number % 5]
    rows += [(dates[200], "split", 2.0)] if number % 20 == 0 else []
    known_from = pd.Timestamp("2024-01-01", tz="UTC")
    listed = [
        {"symbol": symbol, "date": day, "kind": kind, "value": value, "known_from": known_from}
        for day, kind, value in rows
    ]
    asked = Asked(int(known_from.timestamp()), int(known_from.timestamp()))
    frame = pd.DataFrame(listed, columns=empty.columns).astype(empty.dtypes.to_dict())
    return Actions(frame, dict.fromkeys(KINDS, asked))


if __name__ == "__main__":
    main()
