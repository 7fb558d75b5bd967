"""What a day's quota leaves over for a backfill, and how many days it takes. Pure, except for calendars."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate, chain, islice

from stockflow_functions.domain.backfill.goal import is_session
from stockflow_functions.domain.budget.arithmetic import Account, Terms, lead_ms
from stockflow_functions.domain.prices.exchanges import Exchange, exchange_of_code, last_settled
from stockflow_functions.domain.prices.freshness import Known

LONGEST_DAYS = 3_660
"""More days than that are never."""
_MARGIN_MS = 1_000
"""Slots begin up to three quarters of a second after a full one."""


def newest_session(exchange: Exchange, now_ms: int) -> date:
    """The date of the newest session whose bar is settled."""
    return _session_on_or_before(exchange, last_settled(exchange, now_ms))


def kept_back_today(
    daily: Sequence[str], known: Mapping[str, Known], exchange_of: Callable[[str], Exchange], until_ms: int
) -> int:
    """How many of these symbols will not be up to date at ``until_ms``, unless they are asked for: a request each."""
    due = {symbol: newest_session(exchange_of(symbol), until_ms).isoformat() for symbol in daily}
    return sum(symbol not in known or (known[symbol].last or "") < due[symbol] for symbol in daily)


def slots_ahead(account: Account, terms: Terms, now_ms: int) -> int:
    """How many slots a run has that is planned now, before the quota is reset or they lie too far ahead."""
    first_ms = max(now_ms + lead_ms(terms), account.hold_until_ms) + _MARGIN_MS
    if account.last_slot_ms is not None:
        first_ms = max(first_ms, account.last_slot_ms + terms.interval_ms)
    until_ms = now_ms + terms.max_ahead_ms
    if terms.day_limit:
        until_ms = min(until_ms, terms.days.resets_at_ms(now_ms))
    return max(0, -((first_ms - until_ms) // terms.interval_ms))


def room(quota_left: int | None, kept: int, slots: int) -> int:
    """How many symbols a run may ask for; ``quota_left`` is None without a daily limit."""
    return slots if quota_left is None else max(0, min(slots, quota_left - kept))


def later_rooms(terms: Terms, daily: Mapping[str, int], now_ms: int) -> Iterator[int]:
    """The room of each quota day after this one, if the daily runs need what they need and others need nothing.

    ``daily`` counts the symbols of the daily runs by the code of their exchange.
    """
    a_day = terms.max_ahead_ms // terms.interval_ms
    begins_ms, exchanges = terms.days.resets_at_ms(now_ms), [(exchange_of_code(code), daily[code]) for code in daily]
    while True:
        ends_ms = terms.days.resets_at_ms(begins_ms)
        slots = min(a_day, (ends_ms - begins_ms) // terms.interval_ms)
        kept = _kept_back(exchanges, begins_ms, ends_ms)
        yield room(terms.day_limit or None, kept, slots)
        begins_ms = ends_ms


def days_for(requests: int, today: int, later: Iterator[int]) -> int | None:
    """How many days so many requests take; ``today`` has room for that many of them, and counts if it has any.

    None if it takes longer than ten years, as where the daily runs need all.
    """
    if requests <= 0:
        return 0
    rooms = chain([today] if today else [], later)
    for number, paid_for in enumerate(accumulate(islice(rooms, LONGEST_DAYS)), 1):
        if paid_for >= requests:
            return number
    return None


@lru_cache(maxsize=5_000)
def _session_on_or_before(exchange: Exchange, day: date) -> date:
    while not is_session(exchange, day):
        day -= timedelta(days=1)
    return day


def _kept_back(daily: Iterable[tuple[Exchange, int]], from_ms: int, until_ms: int) -> int:
    """How many of the daily symbols, counted by exchange, have another settled bar at the end than at the start."""
    return sum(
        count for exchange, count in daily if newest_session(exchange, from_ms) < newest_session(exchange, until_ms)
    )
