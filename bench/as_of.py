"""What it costs that a table knows what it was: bytes of its object after a year of daily runs, and milliseconds.

A year is like the vendor's: each day a bar comes, on half of the days the volume of the newest stored one was another
by up to 5 %, and each quarter an old low is put right. A symbol is saved at its own time of day, within a minute, as
from a fixed list, or within a quarter of an hour. "On average" is over all days of it, not only the last one.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median

import pandas as pd

from stockflow.simulated_alpha_vantage.bodies import simulated_series
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.changes import changes_of, columns_as_of, metadata_of, noted
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.transforming import transform_answer
from stockflow_functions.domain.prices.undo_log import Changes
from stockflow_functions.vendors.alpha_vantage import VENDOR

YEAR = 250
ROUNDS = 31
EVENING_SECONDS = 81_000
COLUMNS = "{:>12} {:>6} {:>9} {:>9} {:>7} {:>6} {:>9}"


@dataclass(frozen=True)
class Case:
    """A table that began with some rows and has had a bar a day since.

    Attributes:
        rows: in the end.
        days: of them that came one by one.
        spread_seconds: how far apart the times of day are at which it was saved.
        restated: on which share of the days the newest volume was another.
    """

    rows: int = 100 + YEAR
    days: int = YEAR
    spread_seconds: int = 60
    restated: float = 0.5


CASES = (
    Case(),
    Case(spread_seconds=900),
    *(Case(restated=share) for share in (0.3, 0.75, 1.0)),
    Case(100 + 5 * YEAR, 5 * YEAR),
    Case(6_749),
    Case(6_749, spread_seconds=900),
)


def history() -> pd.DataFrame:
    """An invented full history, from 1999-11-01 on."""
    body = simulated_series("BENCH", "TIME_SERIES_DAILY", date(2026, 9, 1), {}, full=True)
    return transform_answer(VENDOR.read(body), "BENCH", DAILY, US, fetched_ms=from_iso("2026-09-01T22:00:00Z")).table


def life(rows: pd.DataFrame, case: Case) -> Iterator[tuple[pd.DataFrame, Changes]]:
    """The table and its log after each save, of which the first one brings all rows but those of the case's days."""
    draws = random.Random(1)
    before, log = empty_table(DAILY), Changes(since_s=None)
    low = rows["low"].to_numpy().copy()
    for count in range(len(rows) - case.days, len(rows) + 1):
        volume = rows["volume"].to_numpy()[:count].copy()
        if draws.random() < case.restated:
            volume[-1] = round(volume[-1] * draws.uniform(0.95, 1))
        if count % (YEAR // 4) == 0:
            low[count // 2] -= 0.01
        after = rows[:count].assign(volume=volume, low=low[:count].copy())
        evening_s = int(after["date"].to_numpy()[-1].astype(int)) + EVENING_SECONDS
        before, log = after, noted(log, before, after, evening_s + draws.randrange(case.spread_seconds))
        yield before, log


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def sizes(table: pd.DataFrame, log: Changes) -> tuple[int, int]:
    """The bytes of the object, and those of them that are for as of."""
    whole = len(encode(table, DAILY, log))
    return whole, whole - len(encode(table, DAILY))


def report(rows: pd.DataFrame, case: Case) -> tuple[pd.DataFrame, Changes]:
    """A line of figures; gives the table in the end, and its log."""
    saved = list(life(rows[-case.rows :].reset_index(drop=True), case))
    whole, more = sizes(*saved[-1])
    over = [sizes(*each) for each in saved[:: YEAR // 10]]
    share = sum(each[1] for each in over) / sum(each[0] for each in over)
    spread, restated = f"{case.spread_seconds} s", f"{case.restated:.0%}"
    print(COLUMNS.format(case.rows, case.days, spread, restated, whole, more, f"{more / whole:.1%}"), f"{share:8.1%}")
    return saved[-1]


def time_of(table: pd.DataFrame, log: Changes) -> None:
    """What it takes to note, write, read and undo."""
    metadata, half = metadata_of(log), int(log.at_s[len(log.at_s) // 2])
    dates = table["date"].to_numpy().astype("datetime64[D]")
    columns = {name: table[name].to_numpy() for name in DAILY.value_columns}
    works: dict[str, Callable[[], object]] = {
        "to note an event": lambda: noted(log, table[:-1], table, half),
        "to write the log": lambda: metadata_of(log),
        "to read the log": lambda: changes_of(metadata),
        "to undo half of it": lambda: columns_as_of(dates, columns, log, half),
    }
    print(f"{len(table)} rows, ms: " + ", ".join(f"{name} {milliseconds(work):.2f}" for name, work in works.items()))


if __name__ == "__main__":
    ALL = history()
    print(COLUMNS.format("rows at last", "saves", "within", "restated", "bytes", "as of", "share"), "on average")
    ends = [report(ALL, case) for case in CASES]
    for end in (ends[0], ends[-1]):
        time_of(*end)
