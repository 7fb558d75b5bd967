"""How long symbols wait for their turn where a day's requests can't pay for all, beside what arithmetic allows.

Real Plans and what Notify keeps, on stores in memory, over a month of 22 sessions (tests/helpers/days_of_runs.py).
"Wait" is the longest time of any symbol from one request to the next, in days with a session; "arithmetic" is the
symbols over those that a day's requests pay for, rounded up. "Behind" is by how many sessions the newest bars are
behind in the evening, on average of all symbols that trade, once each has had its first turn.

Below that, what is known of 12,000 symbols is timed, in CPU of this machine.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from kit.limits import Limits

from stockflow.testing import FakeAws
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.plan.freshness import without_fresh
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.days_of_runs import DailyRun, Days

SESSIONS = 22
COLUMNS = "{:<44} {:>9} {:>5} {:>11} {:>7}"
HUNDRED = tuple(f"S{number:03}" for number in range(100))
MANY = tuple(f"S{number:05}" for number in range(12_000))


@dataclass(frozen=True)
class Case:
    """A month; ``paid`` is how many symbols a day's requests pay for."""

    name: str
    days: Days
    paid: float = 25.0

    @property
    def arithmetic(self) -> int:
        """The days that the last symbol of a round has to wait at least."""
        return ceil(len(self.days.symbols) / self.paid)


def cases() -> list[Case]:
    """The months."""
    daily, others = HUNDRED[:20], HUNDRED[20:]
    dead = frozenset(HUNDRED[::10])
    return [
        Case("100 symbols, one run a day", Days(HUNDRED)),
        Case("... ten of which no longer trade", Days(HUNDRED, dead=dead)),
        Case("a daily list of 20, then a run of 80 others", Days(daily, runs=(DailyRun(20), DailyRun(21, others)))),
        Case("100 symbols, two runs a day", Days(HUNDRED, runs=(DailyRun(8, HUNDRED), DailyRun(20)))),
        Case("100 symbols, each fifth request fails", Days(HUNDRED, fails_every=5), paid=20),
        Case("400 symbols, one run a day", Days(tuple(f"M{number:03}" for number in range(400)))),
        Case("20 symbols, one run a day", Days(daily)),
    ]


@dataclass
class Stopwatch:
    """Seconds of CPU, by what they were spent on."""

    seconds: dict[str, float] = field(default_factory=dict)

    def lap(self, name: str, began: float) -> None:
        """Notes what has been spent since ``began``."""
        self.seconds[name] = time.process_time() - began


def of_many() -> tuple[Mapping[str, float], int]:
    """Seconds of CPU to keep, and to sift, 12,000 symbols, and the bytes of the object."""
    aws, watch = FakeAws(), Stopwatch()
    known = {symbol: Known(1_795_194_000_000, "2026-11-19", "2018-08-09") for symbol in MANY}
    began = time.process_time()
    aws.services.freshness.add("daily", known)
    watch.lap("to keep them", began)
    for symbol in MANY:
        aws.s3.place(f"prices/daily/{symbol}.parquet", b"a table")
    began = time.process_time()
    chosen = without_fresh(Chosen(list(MANY)), request_of({}), aws.services)
    watch.lap("to leave them out of a run", began)
    assert not chosen.symbols
    return watch.seconds, len(aws.s3.objects["freshness/daily.json.gz"])


def main() -> None:
    """Prints the table, then the figures with their limits."""
    limits = Limits()
    print(COLUMNS.format("", "requests", "wait", "arithmetic", "behind"))
    for case in cases():
        days = case.days.pass_by(SESSIONS)
        requests, behind = max(days.made), days.mean_age(after=case.arithmetic)
        print(COLUMNS.format(case.name, requests, days.longest_wait, case.arithmetic, f"{behind:.2f}"))
        limits.hold(f"{case.name}: days waited over arithmetic", days.longest_wait / case.arithmetic, "<=", 1)
    seconds, size = of_many()
    for name, spent in seconds.items():
        limits.hold(f"12,000 symbols: seconds of CPU {name}", spent, "<=", 1)
    limits.hold("12,000 symbols: kB of the object", size / 1000, "<=", 150)
    limits.report_and_exit()


if __name__ == "__main__":
    main()
