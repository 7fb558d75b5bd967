"""A backfill as it is kept, and how it changes. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.backfill.noted import Claim, LastRun, SymbolEnd, Trouble
from stockflow_functions.domain.errors import PremiumRequired, UnknownSymbol
from stockflow_functions.domain.outcome import Failure

OPEN, PAUSED, ENDED, DONE = "open", "paused", "ended", "done"
UNFINISHED = frozenset({OPEN, PAUSED})
"""The oldest of these goes on, if it is open; those behind it wait."""
MOST_TRIES = 3
"""For one symbol, each on another day."""
FOR_GOOD = frozenset({UnknownSymbol.__name__, "BadPrices"})
"""Errors with which a symbol is given up at once."""


@dataclass(frozen=True)
class Backfill:
    """One backfill.

    Attributes:
        name: by its time and its universe.
        universe: what was named: a file, ``listed:NASDAQ``, or ``symbols``.
        created_by, created_at: who began it, and when, ISO 8601.
        goal: what is wanted of each symbol.
        symbols: how many they are; their names are in an object of their own.
        status: ``open``, ``paused``, ``ended`` (by a person) or ``done``.
        why: what to know of a pause; else "".
        left: how many symbols were to do after the last run, or at the start.
        daily: how many symbols of each exchange, by its code, the daily runs ask for, as was last seen.
        answered: those that were asked for, and whose bars don't show that all is there: the vendor has no more.
        troubles: those that failed.
        claim: the run that is making its part; None if there is none.
        last_run: None before the first.
    """

    name: str
    universe: str
    created_by: str
    created_at: str
    goal: Goal
    symbols: int
    left: int
    status: str = OPEN
    why: str = ""
    daily: Mapping[str, int] = field(default_factory=dict)
    answered: tuple[str, ...] = ()
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    claim: Claim | None = None
    last_run: LastRun | None = None

    @property
    def given_up(self) -> list[str]:
        """The symbols that it asks for no more."""
        return [symbol for symbol, trouble in self.troubles.items() if trouble.given_up]

    @property
    def done(self) -> int:
        """How many symbols have what is wanted of them, as far as there is any."""
        return self.symbols - self.left - len(self.given_up)

    @property
    def is_unfinished(self) -> bool:
        """Whether it is neither done nor ended."""
        return self.status in UNFINISHED

    def paused(self, why: str) -> "Backfill":
        """It does nothing until it is resumed."""
        return replace(self, status=PAUSED, why=why) if self.is_unfinished else self

    def resumed(self) -> "Backfill":
        """It goes on."""
        return replace(self, status=OPEN, why="") if self.status == PAUSED else self

    def ended(self) -> "Backfill":
        """It is over, whatever is left."""
        return replace(self, status=ENDED, why="", claim=None) if self.is_unfinished else self

    def seen(self, met: Collection[str], refused: Mapping[str, str], day: str) -> "Backfill":
        """What was found before a run: which symbols are there, and which are ruled out, with a sentence.

        ``day`` is the quota's day.
        """
        met = frozenset(met)
        answered = tuple(symbol for symbol in self.answered if symbol not in met)
        troubles = {symbol: trouble for symbol, trouble in self.troubles.items() if symbol not in met}
        for symbol, sentence in refused.items():
            troubles[symbol] = Trouble(UnknownSymbol.__name__, sentence, 0, day, given_up=True)
        return replace(self, answered=answered, troubles=troubles)

    def claimed(self, claim: Claim, daily: Mapping[str, int]) -> "Backfill":
        """A run begins its part; ``daily`` is what the daily runs ask for."""
        return replace(self, claim=claim, left=claim.left, daily=daily)

    def released(self) -> "Backfill":
        """The run that was making its part is no more."""
        return replace(self, claim=None)

    def found_done(self) -> "Backfill":
        """Nothing is left to do."""
        return replace(self, status=DONE, left=0, claim=None) if self.status == OPEN else self

    def counted(self, ends: Iterable[SymbolEnd], run: LastRun, day: str) -> "Backfill":
        """A run has made its part; counted once, however often it is told.

        Args:
            ends: how the symbols of the run ended.
            run: the run; what it asked and had is counted here.
            day: the quota's day.
        """
        if self.last_run and self.last_run.execution == run.execution:
            return self
        had, failed = [], dict[str, Trouble]()
        for end in ends:
            if end.is_had:
                had.append(end.symbol)
            elif end.failure and end.failure.type != PremiumRequired.__name__:
                failed[end.symbol] = self._trouble(end.symbol, end.failure, day)
        given_up = sum(trouble.given_up for trouble in failed.values())
        left = self._left_before(run.execution) - len(had) - given_up
        return replace(
            self,
            status=DONE if left <= 0 and self.status == OPEN else self.status,
            left=max(0, left),
            answered=tuple(dict.fromkeys([*self.answered, *had])),
            troubles={**{name: was for name, was in self.troubles.items() if name not in had}, **failed},
            claim=None if self.claim and self.claim.execution == run.execution else self.claim,
            last_run=replace(run, asked=len(had) + len(failed), had=len(had)),
        )

    def _left_before(self, execution: str) -> int:
        return self.claim.left if self.claim and self.claim.execution == execution else self.left

    def _trouble(self, symbol: str, failure: Failure, day: str) -> Trouble:
        before = self.troubles.get(symbol)
        tries = 1 if before is None else before.tries + (before.day != day)
        return Trouble(failure.type, failure.message, tries, day, failure.type in FOR_GOOD or tries >= MOST_TRIES)
