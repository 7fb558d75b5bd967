"""Answers what the listings say of a run's symbols, so that a typo or a dead symbol costs no request.

Only with listings at hand that are young enough to be believed: no run asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.listings import read_listings
from stockflow_functions.aws.told import untold
from stockflow_functions.daily_prices.contracts import Run, SymbolRecord
from stockflow_functions.daily_prices.outcome import FAILED, FRESH, Failure, SymbolOutcome
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.plan.freshness import stored
from stockflow_functions.domain.errors import StorageDenied, UnknownSymbol
from stockflow_functions.domain.inputs import SCHEDULE, SHARD, SMOKE
from stockflow_functions.domain.listings.judging import Course, Stored, Verdict, judge
from stockflow_functions.domain.listings.lookup import BELIEVED_FOR_DAYS, Listings
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.words import named_few
from stockflow_functions.runtime.services import Services

STATE = "Plan"
MOST_TOLD = 10
"""Sentences of a kind: a universe of a day long ago has thousands of symbols that have ended."""
FORCE = " Write --force to ask all the same."
RETIRES = " Scheduled runs no longer ask for it: take it out of their symbols."


@dataclass(frozen=True)
class _Judged:
    """The verdicts on the symbols of which there is something to tell, and those of which it was not told before."""

    verdicts: Mapping[str, Verdict]
    untold: frozenset[str] | set[str]

    def is_left_out(self, symbol: str) -> bool:
        return symbol in self.verdicts and self.verdicts[symbol].course is not Course.ASK

    @cached_property
    def ended(self) -> list[str]:
        """The symbols of whose end people are to be told."""
        return self._news(Course.OVER)

    @cached_property
    def given_on(self) -> list[str]:
        """Those of which they are to be told that they were another company's."""
        return self._news(Course.ASK)

    def _news(self, course: Course) -> list[str]:
        return [name for name, verdict in self.verdicts.items() if verdict.course is course and name in self.untold]


def answered_by_listings(chosen: Chosen, run: Run, services: Services) -> Chosen:
    """The symbols without those that the listings answer for; with ``force``, all.

    A typo, or what is not listed yet, fails; a delisted symbol of which all is stored is fresh. A scheduled run tells
    of the end of a symbol once, then it is left out in silence.

    Raises:
        StorageUnavailable: S3 does not answer.
    """
    return answered_in(services.bucket, chosen, run, services.clock.now_ms())


def answered_in(bucket: Bucket, chosen: Chosen, run: Run, now_ms: int) -> Chosen:
    """The same by the listings of any dataset.

    Raises:
        StorageUnavailable: as above.
    """
    if run["force"] or run["trigger"] in {SHARD, SMOKE} or not chosen.symbols:
        return chosen
    listings, warnings = at_hand(bucket, now_ms)
    if listings is None:
        return replace(chosen, warnings=[*chosen.warnings, *warnings])
    judged = _judged(chosen, run, listings, bucket, today(US, now_ms))
    answered = [_record(symbol, judged, chosen, run) for symbol in chosen.symbols if judged.is_left_out(symbol)]
    asked = [symbol for symbol in chosen.symbols if not judged.is_left_out(symbol)]
    warnings = [*chosen.warnings, *_ended(judged), *_given_on(judged)]
    return replace(chosen, symbols=asked, answered=[*chosen.answered, *answered], warnings=warnings)


def _ended(judged: _Judged) -> list[str]:
    """A sentence about symbols that have ended, where they are too many for one each."""
    ended = judged.ended
    if len(ended) <= MOST_TOLD:
        return []
    return [
        f"{len(ended):,} symbols have ended, and all of them is stored that there will ever be: {named_few(ended)}."
    ]


def _given_on(judged: _Judged) -> list[str]:
    """A sentence about each symbol that was given on, of which the first are named."""
    told = [judged.verdicts[symbol].sentence for symbol in judged.given_on]
    more = len(told) - MOST_TOLD
    return [*told[:MOST_TOLD], *([f"So it is with {more:,} more symbols that were given on."] if more > 0 else [])]


def at_hand(bucket: Bucket, now_ms: int) -> tuple[Listings | None, list[str]]:
    """The listings, if they can be believed, and a sentence if they can't be read."""
    try:
        kept = read_listings(bucket)
    except StorageDenied as error:
        return None, [f"No symbol is checked before it is asked for: {error}"]
    age_days = kept.listings.age_days(today(US, now_ms)) if kept else 0
    return (kept.listings if kept and age_days <= BELIEVED_FOR_DAYS else None), []


def _judged(chosen: Chosen, run: Run, listings: Listings, bucket: Bucket, day: date) -> _Judged:
    every = {symbol: judge(symbol, listings, day, stored_of(chosen.known.get(symbol))) for symbol in chosen.symbols}
    verdicts = {symbol: verdict for symbol, verdict in every.items() if verdict.sentence}
    refused = [symbol for symbol, verdict in verdicts.items() if verdict.course is Course.REFUSE]
    # Those in the dataset are asked for, though no run of this release may have done so.
    for symbol in stored(refused, run["series"], bucket.keys):
        del verdicts[symbol]
    events = {symbol: verdict.event for symbol, verdict in verdicts.items() if verdict.event}
    if run["trigger"] != SCHEDULE:
        return _Judged(verdicts, frozenset(events))
    return _Judged(verdicts, untold(bucket, run["series"], events, run["execution"]))


def _record(symbol: str, judged: _Judged, chosen: Chosen, run: Run) -> SymbolRecord:
    verdict, known = judged.verdicts[symbol], chosen.known.get(symbol)
    if verdict.course is Course.REFUSE or (run["trigger"] != SCHEDULE and (known is None or known.last is None)):
        failure = Failure(UnknownSymbol.__name__, verdict.sentence + FORCE, STATE)
        return SymbolOutcome(symbol, FAILED, error=failure).as_dict()
    first, last = (known.first, known.last) if known else (None, None)
    retires = RETIRES if run["trigger"] == SCHEDULE else ""
    is_told = symbol in judged.untold and len(judged.ended) <= MOST_TOLD
    warnings = (verdict.sentence + retires,) if is_told else ()
    return SymbolOutcome(symbol, FRESH, first_date=first, last_date=last, warnings=warnings).as_dict()


def stored_of(known: Known | None) -> Stored | None:
    """What is known of a symbol's stored bars, for the listings to be held against."""
    if known is None:
        return None
    asked = datetime.fromtimestamp(known.at_ms / 1000, UTC).date()
    return Stored(_day(known.first), _day(known.last), asked)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
