"""What it costs that a table knows what it was: bytes of its object after a year of daily runs, and milliseconds.

The year is like the vendor's: each day a bar comes, on half of the days the volume of the newest stored one was another
by up to 5 %, and each quarter an old low is put right. A symbol is saved at its own time of day, within a minute, as
from a fixed list, or within a quarter of an hour.
"""

import random
import time
from collections.abc import Callable
from datetime import date
from statistics import median

import pandas as pd

from stockflow.simulated_alpha_vantage.bodies import simulated_series
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.changes import changes_of, metadata_of, noted, table_as_of
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.transforming import transform_answer
from stockflow_functions.domain.prices.undo_log import Changes
from stockflow_functions.vendors.alpha_vantage import VENDOR

DAYS = 250
ROUNDS = 31
RESTATED = 0.5
EVENING_SECONDS = 81_000
SPREADS_SECONDS = (60, 900)


def history() -> pd.DataFrame:
    """An invented full history, from 1999-11-01 on."""
    body = simulated_series("BENCH", "TIME_SERIES_DAILY", date(2026, 9, 1), {}, full=True)
    return transform_answer(VENDOR.read(body), "BENCH", DAILY, US, fetched_ms=from_iso("2026-09-01T22:00:00Z")).table


def year(rows: pd.DataFrame, draws: random.Random, spread_seconds: int) -> tuple[pd.DataFrame, Changes]:
    """The table and its log after the year's runs, of which the first one brings all rows but those of the year."""
    before, log = empty_table(DAILY), Changes(since_s=None)
    low = rows["low"].to_numpy().copy()
    for count in range(len(rows) - DAYS, len(rows) + 1):
        volume = rows["volume"].to_numpy()[:count].copy()
        if draws.random() < RESTATED:
            volume[-1] = round(volume[-1] * draws.uniform(0.95, 1))
        if count % (DAYS // 4) == 0:
            low[count // 2] -= 0.01
        after = rows[:count].assign(volume=volume, low=low[:count].copy())
        evening_s = int(after["date"].to_numpy()[-1].astype(int)) + EVENING_SECONDS
        before, log = after, noted(log, before, after, evening_s + draws.randrange(spread_seconds))
    return before, log


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def report(rows: pd.DataFrame) -> None:
    """The figures of one object."""
    for spread_seconds in SPREADS_SECONDS:
        table, log = year(rows, random.Random(1), spread_seconds)
        body = encode(table, DAILY, log)
        more = len(body) - len(encode(table, DAILY))
        told = f"within {spread_seconds:3} s: {len(body):6} bytes, {more} of them ({more / len(body):.1%}) for as of"
        print(f"{len(table):5} rows, {len(log.at_s)} saves {told}")
    metadata, half = metadata_of(log), int(log.at_s[DAYS // 2])
    works: dict[str, Callable[[], object]] = {
        "note one more": lambda: noted(log, table[:-1], table, half),
        "write the log": lambda: metadata_of(log),
        "read the log": lambda: changes_of(metadata),
        "undo half of it": lambda: table_as_of(table, log, half),
        "read the whole object": lambda: decode(body, DAILY, "BENCH"),
    }
    print("  ms: " + ", ".join(f"{name} {milliseconds(work):.2f}" for name, work in works.items()))


if __name__ == "__main__":
    ALL = history()
    for size in (DAYS + 100, len(ALL)):
        report(ALL[-size:].reset_index(drop=True))
