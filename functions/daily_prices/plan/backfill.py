"""Which backfill goes on in a run, and with which symbols."""

from collections import Counter
from dataclasses import dataclass, replace

from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.daily_prices.plan.backfill_day import Today, today_of
from stockflow_functions.daily_prices.plan.backfill_symbols import symbols_to_bring_in, with_tables
from stockflow_functions.daily_prices.plan.listed import at_hand
from stockflow_functions.daily_prices.plan.request import NEXT, Request
from stockflow_functions.domain.backfill.backfill import OPEN, Backfill
from stockflow_functions.domain.backfill.noted import Claim
from stockflow_functions.domain.backfill.part import Standing, Symbols, part_of, standing_of
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.words import counted
from stockflow_functions.runtime.services import Services

A_RUN_ENDS_MS = 3_600_000
"""After its last slot at the latest; the symbols of a run that left no end are taken by another one from then on."""


@dataclass(frozen=True)
class BackfillPart:
    """What a run does for a backfill.

    Attributes:
        name: the backfill's; "" if there is none to go on with.
        request: the run's, with the backfill's series and outputsize.
        symbols: to ask for; none if there is nothing to do now.
        why: why there is nothing to do; else "".
    """

    name: str
    request: Request
    symbols: list[str]
    why: str = ""


def part_of_backfill(request: Request, execution: str, services: Services) -> BackfillPart:
    """Takes the run's symbols from the oldest unfinished backfill. A repeated call takes them again.

    Raises:
        InvalidInput: the backfill, or the list of its symbols, can't be read.
    """
    if not services.settings.save_to_s3:
        return BackfillPart("", request, [], "SAVE_TO_S3 is off: a backfill goes on when runs save again.")
    store = BackfillStore(services.bucket)
    for backfill in store.unfinished():
        wrong = _not_its_turn(backfill, request, execution, services.clock.now_ms())
        if wrong:
            return BackfillPart(backfill.name, request, [], wrong)
        symbols = _symbols(backfill, store, services)
        standing = standing_of(backfill, symbols)
        if standing.left:
            return _taken(backfill, standing, symbols, request, execution, services)
        _note_done(backfill, standing, store, services)
    return BackfillPart("", request, [], "There is no backfill to go on with: `stockflow backfill` begins one.")


def _note_done(backfill: Backfill, standing: Standing, store: BackfillStore, services: Services) -> None:
    day = services.settings.terms.days.label(services.clock.now_ms())
    store.change(backfill.name, lambda one: one.seen(standing.met, standing.refused, day).found_done())


def _not_its_turn(backfill: Backfill, request: Request, execution: str, now_ms: int) -> str:
    if request.backfill not in {NEXT, backfill.name}:
        return f"The backfill {request.backfill} is over, or waits behind {backfill.name}."
    if backfill.status != OPEN:
        return f"The backfill {backfill.name} is {backfill.status}. {backfill.why}".rstrip()
    claim = backfill.claim
    if claim and claim.execution != execution and from_iso(claim.until) > now_ms:
        return f"The run {claim.execution} is making the day's part of the backfill {backfill.name}."
    return ""


def _taken(
    backfill: Backfill,
    standing: Standing,
    symbols: Symbols,
    request: Request,
    execution: str,
    services: Services,
) -> BackfillPart:
    """The symbols of the run, which are claimed for it."""
    today = today_of(backfill, request, execution, services)
    part = part_of(backfill, standing.left, symbols, today.space, today.label, today.now_ms)
    request = replace(request, series=backfill.goal.series, outputsize=part.outputsize)
    if not part.symbols:
        return BackfillPart(backfill.name, request, [], _why_none(backfill, len(standing.left), today))
    claim = Claim(execution, to_iso(today.ends_ms(len(part.symbols)) + A_RUN_ENDS_MS), len(standing.left))
    why = _why_not_claimed(claim, backfill, standing, today, request, services)
    return BackfillPart(backfill.name, request, [] if why else part.symbols, why)


def _why_not_claimed(
    claim: Claim, backfill: Backfill, standing: Standing, today: Today, request: Request, services: Services
) -> str:
    """Claims the part; "" if nobody was faster."""
    by_exchange = dict(Counter(map(services.vendor.exchange_code, today.daily)))

    def claimed(current: Backfill) -> Backfill:
        if current.last_run != backfill.last_run or _not_its_turn(current, request, claim.execution, today.now_ms):
            return current
        return current.seen(standing.met, standing.refused, today.label).claimed(claim, by_exchange)

    after = BackfillStore(services.bucket).change(backfill.name, claimed)
    if after.claim == claim:
        return ""
    just_made = f"Another run has just made a part of the backfill {backfill.name}."
    return _not_its_turn(after, request, claim.execution, today.now_ms) or just_made


def _why_none(backfill: Backfill, left: int, today: Today) -> str:
    if today.space:
        return f"{counted(left, 'symbol')} of the backfill {backfill.name} failed today: another day tries them again."
    until = to_iso(today.terms.days.resets_at_ms(today.now_ms))
    return (
        f"Nothing is left over for the backfill {backfill.name} before {until}: the day's requests are used, or kept "
        f"back for the daily runs. {counted(left, 'symbol')} to go."
    )


def _symbols(backfill: Backfill, store: BackfillStore, services: Services) -> Symbols:
    names, series = store.symbols(backfill), backfill.goal.series
    known = with_tables(names, series, services.freshness.read(series).known, services.bucket.keys)
    now_ms = services.clock.now_ms()
    return symbols_to_bring_in(names, known, at_hand(services.bucket, now_ms)[0], services.vendor, now_ms)
