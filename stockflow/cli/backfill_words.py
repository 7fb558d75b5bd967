"""What ``stockflow backfill`` says of backfills. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from stockflow.cli.estimate_backfill import Days
from stockflow_functions.domain.backfill.backfill import PAUSED, Backfill
from stockflow_functions.domain.backfill.days import days_for
from stockflow_functions.domain.backfill.words import goal_words, progress_sentence
from stockflow_functions.domain.words import counted, named_few

MOST_NAMED = 20
NAMED = "symbols"
"""The universe of a backfill whose symbols a person has named."""
PREMIUM_ALONE = (
    "Alpha Vantage gives whole histories to keys of a paid plan alone: it refuses a free key's first request, which "
    "pauses the backfill. --series weekly has whole histories on any plan."
)


def standing_lines(waiting: Sequence[Backfill], days: Days) -> Iterator[str]:
    """How far the first is, and which wait behind it."""
    first, *others = waiting
    yield from lines_of(first, days)
    for other in others:
        yield f"Behind it waits {other.name}: {goal_words(other.goal)} of {counted(other.symbols, 'symbol')}."


def lines_of(backfill: Backfill, days: Days) -> Iterator[str]:
    """How far one is, what it is, its last run, and which symbols failed."""
    yield progress_sentence(backfill, days_for(backfill.left, days.today, days.later(backfill.daily)))
    of = counted(backfill.symbols, "symbol") if backfill.universe == NAMED else backfill.universe
    yield (
        f"It brings in the {goal_words(backfill.goal)} of {of}, and was begun by "
        f"{backfill.created_by} at {backfill.created_at}."
    )
    run = backfill.last_run
    if run:
        yield f"The last run, {run.execution}, ended at {run.at}: it asked for {run.asked:,} and had {run.had:,}."
    if backfill.claim:
        yield f"The run {backfill.claim.execution} is making its part, or was until {backfill.claim.until}."
    yield from _troubles(backfill)


def _troubles(backfill: Backfill) -> Iterator[str]:
    for given_up, said in ((True, "Given up"), (False, "Tried again on another day")):
        names = [name for name, trouble in backfill.troubles.items() if trouble.given_up is given_up]
        if names:
            errors = Counter(backfill.troubles[name].type for name in names)
            why = ", ".join(f"{count:,} {error}" for error, count in errors.most_common())
            yield f"{said}: {named_few(names, MOST_NAMED)} ({why})."


def begun_lines(backfill: Backfill, waiting: Sequence[Backfill], *, on_aws: bool) -> Iterator[str]:
    """What comes after a backfill has been stored; ``waiting`` are those before it."""
    yield f"Begun: {backfill.name}."
    if waiting:
        first = waiting[0]
        paused = ", which is paused" if first.status == PAUSED else ""
        yield f"It waits behind {first.name}{paused}, and begins when that is done or ended."
    elif on_aws:
        yield "The stack's schedule goes on with it each day; `stockflow backfill --aws` makes today's part now."
