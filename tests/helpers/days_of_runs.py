"""Weeks of runs on a plan of few requests a day: the real Plan and what Notify keeps, on stores in memory.

The vendor is a few lines: it has each session's bar as soon as that is settled, none for a dead symbol, and now and
then it fails a request, whose repetition takes another one of the day's.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from stockflow.testing import FakeAws
from stockflow_functions.daily_prices.contracts import EndedPlan, Plan, PlanEvent
from stockflow_functions.daily_prices.notify.app import reporter_of
from stockflow_functions.daily_prices.outcome import DEFERRED, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.daily_prices.plan.app import plan
from stockflow_functions.daily_prices.plan.calendar import why_closed
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.freshness import newest_due
from stockflow_functions.domain.prices.series import Step

NEW_YORK = ZoneInfo(US.zone)
FIRST_DAY = date(2026, 11, 2)
LAST_TRADE = "2019-01-02"
"""Of a dead symbol."""


@dataclass(frozen=True)
class DailyRun:
    """One run a day, at this hour in New York; without symbols it is the scheduled one."""

    hour: int
    symbols: tuple[str, ...] = ()


@dataclass
class Days:
    """What happens on the days.

    Attributes:
        listed: the symbols of the scheduled run.
        runs: the runs of each day.
        requests_per_day: what the plan allows.
        dead: symbols that no longer trade.
        fails_every: every so manieth request fails and has to be repeated; 0 for none.
        asked: of each symbol, the days with a session on which it was asked for, counted from 0.
        ages: at the end of each such day and of each symbol that trades: how many sessions its newest bar is behind.
    """

    listed: tuple[str, ...]
    runs: tuple[DailyRun, ...] = (DailyRun(20),)
    requests_per_day: int = 25
    dead: frozenset[str] = frozenset()
    fails_every: int = 0
    asked: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    ages: list[list[int]] = field(default_factory=list)
    made: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.symbols = tuple(dict.fromkeys([*self.listed, *(name for run in self.runs for name in run.symbols)]))
        per_day = str(self.requests_per_day)
        self._aws = FakeAws(STOCK_SYMBOLS=",".join(self.listed), REQUESTS_PER_DAY=per_day, REQUESTS_PER_MINUTE="30")
        self._requests = 0
        self._newest: dict[str, str] = {}

    def pass_by(self, count: int) -> "Days":
        """Lives so many days with a session."""
        for number, day in enumerate(_sessions(count)):
            before = self._requests
            for run in self.runs:
                moment = datetime(day.year, day.month, day.day, run.hour, tzinfo=NEW_YORK)
                self._aws.clock.ms = round(moment.astimezone(UTC).timestamp() * 1000)
                self._run(run, number)
            self.made.append(self._requests - before)
            self._look_at_ages()
        return self

    @property
    def longest_wait(self) -> int:
        """From one request for a symbol to the next, or from the first day or to the last: in days with a session."""
        ends = [[-1, *days, len(self.made)] for days in (self.asked[symbol] for symbol in self.symbols)]
        return max(later - earlier for days in ends for earlier, later in pairwise(days))

    def mean_age(self, after: int) -> float:
        """How many sessions the newest bars are behind, on average, once so many days have passed."""
        ages = [age for day in self.ages[after:] for age in day]
        return sum(ages) / len(ages)

    def _run(self, run: DailyRun, number: int) -> None:
        name = f"{number}-{run.hour}"
        workflow_input = {"symbols": list(run.symbols)} if run.symbols else {"trigger": "schedule"}
        now = to_iso(self._aws.clock.ms)
        event: PlanEvent = {
            "input": workflow_input,
            "execution": name,
            "execution_arn": f"arn:{name}",
            "started_at": now,
            "retry_count": 0,
        }
        state = plan(event, self._aws.services)
        outcomes = [self._ask(item["symbol"], number) for item in state["work"]]
        self._report(state, outcomes)

    def _ask(self, symbol: str, number: int) -> SymbolOutcome:
        self.asked[symbol].append(number)
        attempts = 1
        while self._is_refused():
            if not self._aws.services.budget.reserve(ReservationRequest(1)).slots.count:
                return SymbolOutcome(symbol, DEFERRED, attempts)
            attempts += 1
        newest = LAST_TRADE if symbol in self.dead else str(self._due())
        known = self._newest.get(symbol)
        self._newest[symbol] = newest
        self._aws.s3.place(f"prices/daily/{symbol}.parquet", b"a table")
        status = UNCHANGED if known == newest else SAVED
        return SymbolOutcome(symbol, status, attempts, first_date="2018-08-09", last_date=newest)

    def _is_refused(self) -> bool:
        self._requests += 1
        return bool(self.fails_every) and self._requests % self.fails_every == 0

    def _report(self, state: Plan, outcomes: Sequence[SymbolOutcome]) -> None:
        ended: EndedPlan = {**state, "symbols": [{"symbol": one.symbol, "status": one.status} for one in outcomes]}
        reporter = reporter_of(self._aws.services)
        records = {one.symbol: one for one in outcomes}
        reporter.noted(reporter.summary(ended, records, to_iso(self._aws.clock.ms)))

    def _due(self) -> date:
        return newest_due(US, Step.SESSION, self._aws.clock.ms)

    def _look_at_ages(self) -> None:
        due = self._due()
        alive = [self._newest.get(symbol) for symbol in self.symbols if symbol not in self.dead]
        self.ages.append([_behind(last, due) for last in alive if last])


def _behind(last: str, due: date) -> int:
    newest = date.fromisoformat(last)
    days = (newest + timedelta(days=n) for n in range(1, (due - newest).days + 1))
    return sum(why_closed(day) is None for day in days)


def _sessions(count: int) -> Iterator[date]:
    day = FIRST_DAY
    while count:
        if why_closed(day) is None:
            yield day
            count -= 1
        day += timedelta(days=1)
