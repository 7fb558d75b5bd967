"""What a backfill would take: requests, days, minutes and dollars, by the formulas in docs/backfill.md. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from stockflow.cli.estimate import Row
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.days import days_for, kept_back_today, later_rooms, room, slots_ahead
from stockflow_functions.domain.backfill.goal import FULL
from stockflow_functions.domain.backfill.part import Symbols, standing_of
from stockflow_functions.domain.backfill.words import goal_words
from stockflow_functions.domain.budget.arithmetic import Account, Terms, in_force
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.prices.exchanges import today
from stockflow_functions.domain.words import counted
from stockflow_functions.pacing.sentence import spoken
from stockflow_functions.vendors.port import Vendor

_MINUTE_MS = 60_000
_CENT = 0.01


@dataclass(frozen=True)
class Days:
    """What the quota leaves over for backfills.

    Attributes:
        terms: in force.
        daily: how many symbols of each exchange, by its code, the daily runs ask for.
        today: how many requests today leaves over.
        now_ms: the moment.
    """

    terms: Terms
    daily: Mapping[str, int]
    today: int
    now_ms: int

    def later(self, daily: Mapping[str, int] | None = None) -> Iterator[int]:
        """How many each later day does, beside these daily runs or those of the settings."""
        return later_rooms(self.terms, daily or self.daily, self.now_ms)

    def sizes(self, requests: int) -> list[int]:
        """How many requests each day makes; the days that make some."""
        sizes: list[int] = []
        left = requests
        for space in chain([self.today], self.later()):
            if left <= 0 or len(sizes) > requests:
                return sizes
            if space:
                sizes.append(min(space, left))
                left -= space
        return sizes


@dataclass(frozen=True)
class BackfillEstimate:
    """What it takes; ``days`` is None if no day leaves a request over.

    Attributes:
        there: how many symbols have all that is wanted already.
        requests: one a symbol of the others.
        whole: how many of them are for a whole history.
        minutes: of requests, in all.
        dollars: on AWS, in all.
    """

    backfill: Backfill
    terms: Terms
    daily: int
    there: int
    requests: int
    whole: int
    days: int | None
    minutes: float
    dollars: float

    @property
    def sentence(self) -> str:
        """``Whole history (daily) of 500 symbols: 20 days of 25 requests, 16 min 40 s of requests in all, $0.09.``"""
        what = goal_words(self.backfill.goal)
        of = f"{what[0].upper()}{what[1:]} of {counted(self.backfill.symbols, 'symbol')}"
        if not self.requests:
            return f"{of}: all of it is there."
        there = f", {self.there:,} of which have it" if self.there else ""
        if self.days is None:
            return f"{of}{there}: the daily runs need all of the {self.terms.day_limit:,} requests a day."
        a_day = f" of {self.terms.day_limit:,} requests" if self.terms.day_limit else ""
        asking = spoken(round(self.minutes * _MINUTE_MS))
        return (
            f"{of}{there}: {counted(self.days, 'day')}{a_day}, {asking} of requests in all, "
            f"${self.dollars:.{2 if self.dollars >= _CENT else 4}f}."
        )

    @property
    def rows(self) -> list[Row]:
        """The figures with their names."""
        limit = self.terms.day_limit
        kept = f", of which the daily runs take up to {self.daily:,}" if self.daily else ""
        return [
            ("requests", f"{self.requests:,} ({self.whole:,} of a whole history)"),
            ("days", "never" if self.days is None else f"{self.days:,}"),
            ("minutes", f"{self.minutes:.1f} (of requests, in all)"),
            ("dollars", f"{self.dollars:.4f} (on AWS, in all)"),
            ("day's quota", f"{limit:,} requests a day{kept}" if limit else "no daily limit"),
        ]


def days_left_over(account: Account, own: Terms, daily: Symbols, vendor: Vendor, now_ms: int) -> Days:
    """What the quota leaves over from now on; ``daily`` are the symbols of the daily runs."""
    terms = in_force(account, own, now_ms)
    kept = kept_back_today(daily.names, daily.known, daily.exchange_of, terms.days.resets_at_ms(now_ms))
    space = room(day_quota(account, terms, now_ms)["day_left"], kept, slots_ahead(account, terms, now_ms))
    return Days(terms, dict(Counter(map(vendor.exchange_code, daily.names))), space, now_ms)


def estimate(
    backfill: Backfill, symbols: Symbols, days: Days, dollars_of: Callable[[int], float], now_ms: int
) -> BackfillEstimate:
    """The estimate of a backfill that begins now; ``dollars_of`` is what a run of so many symbols costs."""
    standing = standing_of(backfill, symbols)
    exchanges = [symbols.exchange_of(name) for name in standing.left]
    sizes = [backfill.goal.size_for(exchange, today(exchange, now_ms)) for exchange in exchanges]
    requests = len(standing.left)
    return BackfillEstimate(
        backfill,
        days.terms,
        daily=sum(days.daily.values()),
        there=len(standing.met),
        requests=requests,
        whole=sizes.count(FULL),
        days=days_for(requests, days.today, days.later()),
        minutes=requests * days.terms.interval_ms / _MINUTE_MS,
        dollars=sum(dollars_of(size) for size in days.sizes(requests)),
    )
