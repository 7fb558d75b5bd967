"""What is known of symbols from earlier runs: which are up to date, and which have waited longest. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from stockflow_functions.domain.prices.exchanges import Exchange, last_settled
from stockflow_functions.domain.prices.series import Step

COMPACT_DAYS = 130
"""A compact answer has the newest 100 sessions: 20 weeks, or more with holidays. Bars that end fewer days than this
before its own end leave no gap."""


@dataclass(frozen=True)
class Known:
    """What is known of one symbol in one series.

    Attributes:
        at_ms: when the run began that asked the vendor last, whatever became of that.
        last: the date of the newest settled bar that is stored, ISO; None where none is known.
        first: that of the oldest, likewise.
        full: whether the stored bars begin with the vendor's whole history, without a gap after it.
    """

    at_ms: int
    last: str | None = None
    first: str | None = None
    full: bool = False


def merged(one: Known | None, other: Known) -> Known:
    """What two runs know of a symbol; the order of the two does not matter."""
    if one is None:
        return other
    older, newer = sorted((one, other), key=lambda known: (known.at_ms, known.last or ""))
    if newer.last is None:
        return replace(older, at_ms=newer.at_ms)
    return replace(newer, full=newer.full or (older.full and _joined(older, newer)))


def is_fresh(known: Known | None, due: date, *, full: bool) -> bool:
    """Whether the vendor can have no newer settled bar of the symbol, and with ``full`` no older one either.

    Args:
        known: what is known of the symbol, if anything.
        due: see :func:`newest_due`, of the symbol's exchange.
        full: whether the whole history is wanted.
    """
    if known is None or known.last is None or (full and not known.full):
        return False
    return known.last >= due.isoformat()


@lru_cache(maxsize=100)
def newest_due(exchange: Exchange, step: Step, now_ms: int) -> date:
    """The earliest date that the newest settled bar can have: that of the last session whose bar is settled.

    Of a week it is the Monday, as its bar may have the date of any of its sessions. Where the calendar can't say on
    which days there is a session, each day on which there may be one counts: a symbol is rather asked for in vain.
    """
    # Imported here: what only keeps what is known does without NumPy's 100 ms, and without NumPy.
    from stockflow_functions.domain.prices.periods import last_over  # noqa: PLC0415
    from stockflow_functions.domain.prices.sessions import last_session  # noqa: PLC0415

    over = last_over(last_settled(exchange, now_ms), exchange, step)
    newest = over if exchange.weekend_sessions else last_session(exchange, over)
    return newest if step is Step.SESSION else newest - timedelta(days=newest.weekday())


def stalest_first(symbols: Sequence[str], known: Mapping[str, Known]) -> list[str]:
    """The symbols in the order in which they were last asked for; those never asked for first, as they are given.

    So each has its turn: one that is left out grows older than those that were asked, and one without newer bars,
    whose last bar is old for ever, goes behind all others once it has been asked.
    """
    return sorted(symbols, key=lambda symbol: known[symbol].at_ms if symbol in known else 0)


def _joined(older: Known, newer: Known) -> bool:
    """Whether the newer bars continue the older ones; a stored table that was lost begins anew, and later."""
    if older.first is None or older.last is None or newer.first is None or newer.last is None:
        return False
    near = date.fromisoformat(newer.last) - date.fromisoformat(older.last) < timedelta(days=COMPACT_DAYS)
    return newer.first <= older.first and near
