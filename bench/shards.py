"""The pace of a universe in shards, by simulation: the real budget and gate in virtual time (kit/universe.py).

"Over the bound" is the time from the first request to the last over one interval less than there are requests, those
that the vendor refused counted. Beside it: the same shards, all of whose slots are reserved at the start of the run;
and how long a run of three symbols takes that starts after 200 seconds. Where the vendor is out for a while, one in a
hundred of all other requests fails as well.

``bench/shards.py 100000`` simulates as many symbols in the place of 12,000, in minutes. The exit status is 1 where a
figure misses its limit.
"""

import sys
from collections.abc import Iterator

from kit.limits import Limits
from kit.universe import Refuses, Universe, in_peace, out

from stockflow_functions.daily_prices.plan.shards import at_once
from stockflow_functions.domain.limits import MOST_EVENTS
from stockflow_functions.runtime.settings import Settings

SIZE = Settings.symbols_per_shard
SYMBOLS = 12_000
SMALL, SMALL_STARTS_MS = 3, 200_000
MOST_OVER_BOUND, MOST_OF_ONE_HISTORY = 1.02, 5_000
TEN_SECONDS_MS = 10_000
COLUMNS = "{:<34} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9}"
ROWS = ((75, 0), (75, 60), (300, 60), (1_200, 0), (1_200, 3), (1_200, 60), (1_200, 600))
"""Requests a minute, and the seconds for which the vendor is out, from 300 seconds after the start on."""
RETRIED = 0.01


def simulated(symbols: int, per_minute: int, refuses: Refuses, *, rolling: bool) -> Universe:
    """A universe, and a small run that comes in between."""
    universe = Universe(per_minute, refuses=refuses, retried=0 if refuses is in_peace else RETRIED)
    shards = at_once(universe.interval_ms, SIZE)
    begin = universe.rolling if rolling else universe.at_the_start
    begin("universe", symbols, SIZE, shards)
    universe.rolling("small", SMALL, SIZE, 1, SMALL_STARTS_MS)
    return universe.go()


def rows(symbols: int) -> Iterator[tuple[str, int, Universe, Universe]]:
    """Each row's name and rate, and what rolling shards and slots at the start come to."""
    for per_minute, seconds in ROWS:
        refuses = out(300, seconds) if seconds else in_peace
        name = f"{symbols:,} at {per_minute:,}/min" + (f", out for {seconds} s" if seconds else "")
        yield (
            name,
            per_minute,
            simulated(symbols, per_minute, refuses, rolling=True),
            simulated(symbols, per_minute, refuses, rolling=False),
        )


def line(name: str, universe: Universe) -> str:
    """One line of the table."""
    lost = sum(count for status, count in universe.ended.items() if status != "saved")
    return COLUMNS.format(
        name,
        f"{universe.over_bound:.4f}",
        universe.most_within(TEN_SECONDS_MS),
        f"{universe.most_events:,}",
        f"{universe.moves:,}",
        f"{lost:,}",
        f"{(universe.took_ms('small') - SMALL_STARTS_MS) / 1000:.0f} s",
    )


def main() -> None:
    """Prints the table, then the figures with their limits."""
    symbols = int(sys.argv[1]) if sys.argv[1:] else SYMBOLS
    limits = Limits()
    print(COLUMNS.format("", "over the", "most in", "events of", "waits for", "not", "3 symbols"))
    print(COLUMNS.format("", "bound", "10 s", "a history", "a slot", "saved", "between"))
    for name, per_minute, rolling, started in rows(symbols):
        print(line(name, rolling))
        print(line("    all slots at the start", started), flush=True)
        limits.hold(f"{name}: first to last request over the bound", rolling.over_bound, "<=", MOST_OVER_BOUND)
        limits.hold(f"{name}: events of one history", rolling.most_events, "<=", MOST_OF_ONE_HISTORY)
        allowed = per_minute / 6 + 1
        limits.hold(f"{name}: requests in any ten seconds", rolling.most_within(TEN_SECONDS_MS), "<=", allowed)
    print(f"  Step Functions ends an execution at {MOST_EVENTS:,} events.")
    limits.report_and_exit()


if __name__ == "__main__":
    main()
