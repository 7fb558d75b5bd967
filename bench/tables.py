"""The tables of all symbols: the newest day of 12,000 symbols, and what it takes to keep them, on this machine.

A day is read by ``stockflow.dataset.compacted`` beside DuckDB over 12,000 files, one a symbol. UpdateTables runs on a
bucket in memory, as it is called after a run: once for a universe that is new to it, once for a session more of all
symbols (the newest volume restated, as it is on most days), once for a session more of ten, and once for nothing.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from stockflow.dataset.compacted import day
from stockflow.dataset.places import Folder
from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.sessions import sessions_between

SYMBOLS = [f"S{number:05}" for number in range(12_000)]
TEN = SYMBOLS[:10]
SESSIONS = sessions_between(US, date(2025, 1, 1), date(2025, 12, 31))
ROUNDS = 9
MOST_SECONDS = 0.1


def bars(symbol: str, sessions: int) -> bytes:
    """The object of a symbol with so many sessions of 2025; the newest volume is the vendor's first word."""
    random = np.random.default_rng(int(symbol[1:]))
    closes = np.round(50 * np.exp(np.cumsum(random.normal(0, 0.02, len(SESSIONS)))), 4)[:sessions]
    volumes = random.integers(1_000, 10_000_000, len(SESSIONS))[:sessions]
    volumes[-1] -= 1
    dates = SESSIONS[:sessions].astype("datetime64[s]")
    prices = dict.fromkeys(("open", "high", "low", "close"), closes)
    return encode(pd.DataFrame({"symbol": symbol, "date": dates, **prices, "volume": volumes}), DAILY)


def save(aws: FakeAws, symbols: list[str], sessions: int) -> None:
    """Puts the symbols' objects there, as a run does."""
    for symbol in symbols:
        aws.s3.place(keys.prices("daily", symbol), bars(symbol, sessions))


def print_update(aws: FakeAws, what: str) -> None:
    """One call: seconds of CPU and what it moved."""
    aws.s3.bytes_in = aws.s3.bytes_out = 0
    aws.s3.puts.clear()
    began = time.process_time()
    update({}, aws.services)
    seconds = time.process_time() - began
    moved = f"{aws.s3.bytes_out / 1e6:7.1f} MB read, {aws.s3.bytes_in / 1e6:6.1f} MB written in {len(aws.s3.puts)} puts"
    print(f"  {what:<38} {seconds:6.2f} s of CPU   {moved}")


def bench_updates(aws: FakeAws) -> None:
    """UpdateTables after runs of several kinds."""
    whole = len(SESSIONS)
    save(aws, SYMBOLS, whole - 2)
    print(f"UpdateTables over {len(SYMBOLS):,} symbols of {whole} sessions, on a bucket in memory:")
    print_update(aws, "all of them for the first time")
    save(aws, SYMBOLS, whole - 1)
    print_update(aws, "a session more of all")
    save(aws, TEN, whole)
    print_update(aws, "a session more of ten")
    print_update(aws, "nothing has changed")
    save(aws, SYMBOLS, whole)
    update({}, aws.services)


def bench_small_run() -> None:
    """The same in a folder of five symbols."""
    aws = FakeAws()
    save(aws, SYMBOLS[:5], len(SESSIONS) - 1)
    update({}, aws.services)
    save(aws, SYMBOLS[:5], len(SESSIONS))
    print("UpdateTables over five symbols:")
    print_update(aws, "a session more of all")


def write_folder(aws: FakeAws, folder: Path) -> None:
    """The bucket as a folder."""
    for key, body in aws.s3.objects.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(body)


def seconds_of(read: Callable[[], pa.Table]) -> float:
    """The median of some rounds; each must have a row a symbol."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        assert len(read()) == len(SYMBOLS)
        spent.append(time.perf_counter() - began)
    return median(spent)


def bench_day(folder: Path) -> None:
    """The newest day, by both ways."""
    files, connection = f"{folder}/{keys.prices_of('daily')}*.parquet", duckdb.connect()
    newest = date(2025, 12, 31)
    query = f"SELECT * FROM '{files}' WHERE date >= DATE '{newest}'"  # noqa: S608 # the files are ours
    began = time.perf_counter()
    assert len(connection.sql(query).to_arrow_table()) == len(SYMBOLS)
    theirs = time.perf_counter() - began
    ours = seconds_of(lambda: day(Folder(folder), DAILY))
    size = (folder / keys.table("daily", 2025)).stat().st_size
    print(f"The newest day of {len(SYMBOLS):,} symbols ({size / 1e6:.0f} MB a year), median of {ROUNDS}:")
    print(f"  {'stockflow.dataset.compacted':<38} {ours:6.3f} s   to reach: under {MOST_SECONDS} s")
    print(f"  {'DuckDB over a file a symbol, once':<38} {theirs:6.2f} s   {theirs / ours:,.0f} times as long")


if __name__ == "__main__":
    bench_small_run()
    bucket = FakeAws()
    bench_updates(bucket)
    with tempfile.TemporaryDirectory() as name:
        write_folder(bucket, Path(name))
        bench_day(Path(name))
