"""The part of a backfill that one run makes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.prices.exchanges import Exchange, today
from stockflow_functions.domain.prices.freshness import Known


@dataclass(frozen=True)
class Symbols:
    """What is known of a backfill's symbols.

    Attributes:
        names: in the list's order.
        known: what is known of their stored bars.
        exchange_of: where each is listed.
        listed_on: since when, if that is known.
        refusal_of: why the listings rule out that there is such a symbol; else "".
    """

    names: Sequence[str]
    known: Mapping[str, Known]
    exchange_of: Callable[[str], Exchange]
    listed_on: Callable[[str], date | None] = lambda _: None
    refusal_of: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True)
class Standing:
    """How far a backfill is.

    Attributes:
        met: the symbols whose stored bars show that all is there.
        left: those to do.
        refused: those that the listings know nothing of, with a sentence: no request is spent on them.
    """

    met: list[str]
    left: list[str]
    refused: dict[str, str]


@dataclass(frozen=True)
class Part:
    """What one run asks for: ``outputsize`` is the same for all its symbols."""

    symbols: list[str]
    outputsize: str


def standing_of(backfill: Backfill, symbols: Symbols) -> Standing:
    """Which symbols are to do: neither there, nor asked for already, nor given up."""
    goal, standing = backfill.goal, Standing([], [], {})
    over = {*backfill.answered, *backfill.given_up}
    for name in symbols.names:
        if goal.is_met(symbols.known.get(name), symbols.exchange_of(name), symbols.listed_on(name)):
            standing.met.append(name)
        elif name not in over:
            refusal = symbols.refusal_of(name)
            if refusal:
                standing.refused[name] = refusal
            else:
                standing.left.append(name)
    return standing


def part_of(backfill: Backfill, left: Sequence[str], symbols: Symbols, room: int, day: str, now_ms: int) -> Part:
    """As many symbols as there is room for: those that have failed least often first; none that has failed today.

    A run has one outputsize, so the symbols of the other one wait for another run; the larger group goes first.
    """
    tried = {name: trouble.tries for name, trouble in backfill.troubles.items()}
    ready = [name for name in left if name not in tried or backfill.troubles[name].day != day]
    groups: dict[str, list[str]] = {}
    for name in ready:
        exchange = symbols.exchange_of(name)
        groups.setdefault(backfill.goal.size_for(exchange, today(exchange, now_ms)), []).append(name)
    size, names = max(groups.items(), key=lambda group: len(group[1]), default=(backfill.goal.outputsize, []))
    return Part(sorted(names, key=lambda name: tried.get(name, 0))[:room], size)
