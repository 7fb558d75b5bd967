"""What a backfill wants of each symbol, and whether that is there. Pure, except for the exchanges' calendars."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from stockflow_functions.domain.prices.closed_days import closed_days
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.prices.series import SERIES, Step

COMPACT, FULL = "compact", "full"
COMPACT_SESSIONS = 100
"""A compact answer has the newest so many bars (alphavantage.co/documentation, "outputsize")."""
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Goal:
    """What is wanted.

    Attributes:
        outputsize: ``full``, or ``compact`` for the newest bars alone.
        since: the bars from this day on are enough; None for the whole history, or for any compact answer.
    """

    series: str
    outputsize: str = FULL
    since: date | None = None

    def is_met(self, known: Known | None, exchange: Exchange, listed_on: date | None = None) -> bool:
        """Whether the stored bars of a symbol are all that is wanted.

        Args:
            known: what is known of its bars, if anything.
            exchange: where it is listed.
            listed_on: since when; there are no older bars to have.
        """
        if known is None or known.first is None:
            return False
        if known.full or (self.outputsize == COMPACT and self.since is None):
            return True
        if self.since is None:
            return False
        begins = self.since if listed_on is None else max(self.since, listed_on)
        return date.fromisoformat(known.first) <= self._first_bar(begins, exchange)

    def size_for(self, exchange: Exchange, today: date) -> str:
        """The smaller answer that has all that is wanted of a symbol; ``today`` is the exchange's date.

        A weekly series comes whole whatever is asked for.
        """
        if self.outputsize == COMPACT or self._step is Step.WEEK:
            return COMPACT
        return COMPACT if self.since and _sessions(exchange, self.since, today) <= COMPACT_SESSIONS else FULL

    @property
    def _step(self) -> Step:
        return SERIES[self.series].step

    def _first_bar(self, begins: date, exchange: Exchange) -> date:
        """The latest date that the first wanted bar can have: a week's is that of any of its sessions."""
        day = begins
        while not is_session(exchange, day):
            day += _ONE_DAY
        return day if self._step is Step.SESSION else day + timedelta(days=6 - day.weekday())


def is_session(exchange: Exchange, day: date) -> bool:
    """Whether the exchange may trade on that day; where its calendar is unknown, on each weekday."""
    if exchange.weekend_sessions:
        return True
    if day.weekday() >= _SATURDAY:
        return False
    return exchange.calendar is None or day not in closed_days(exchange.calendar, day.year)


@lru_cache(maxsize=1000)
def _sessions(exchange: Exchange, first: date, last: date) -> int:
    """How many days from the first to the last, both included, may be sessions; no more are counted than matter."""
    count, day = 0, last
    while day >= first and count <= COMPACT_SESSIONS:
        count += is_session(exchange, day)
        day -= _ONE_DAY
    return count
