"""What the catalog takes from elsewhere than a symbol's prices, and its entries made of all. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from stockflow_functions.domain.catalog.entry import DELISTED, LISTED, UNKNOWN, Entry, Key
from stockflow_functions.domain.listings.lookup import Life, Listings, Standing
from stockflow_functions.domain.prices import exchanges
from stockflow_functions.domain.prices.checks import AsOf
from stockflow_functions.domain.prices.currencies import quoted_in
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.prices.transforming import is_stale

_STATUS = {Standing.LISTED: LISTED, Standing.DELISTED: DELISTED}


@dataclass(frozen=True)
class ActionFacts:
    """A symbol's splits and dividends, as the catalog has them."""

    splits: int | None = None
    dividends: int | None = None
    actions_asked_at: datetime | None = None
    actions_etag: str | None = None


@dataclass(frozen=True)
class Found:
    """What all runs so far found in a symbol.

    Attributes:
        rejected: how many bars the run set aside that set aside most: the same ones come in each answer.
        restated: how many bars the vendor changed, but for the newest volume.
    """

    rejected: int = 0
    restated: int = 0


@dataclass(frozen=True)
class Beside:
    """What is known of symbols from elsewhere than their prices.

    Attributes:
        listings: who is listed; None if nobody asked yet.
        asked: when the run began that last asked for prices.
        confirmed: when an answer last agreed with what is stored, where that is later than the catalog has it.
        actions: of symbols whose splits and dividends are others than the catalog has.
        found: what the checks found; of a series without findings nothing is known.
    """

    listings: Listings | None = None
    asked: Mapping[Key, datetime] = field(default_factory=dict)
    confirmed: Mapping[Key, datetime] = field(default_factory=dict)
    actions: Mapping[str, ActionFacts] = field(default_factory=dict)
    found: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)


def entry_now(entry: Entry, beside: Beside, code_of: Callable[[str], str], now_ms: int) -> Entry:
    """The entry with what is known now, which all but its bars decide; ``code_of`` gives an exchange's code."""
    code = code_of(entry.symbol)
    quoted, life = quoted_in(code), _life(entry.symbol, beside, now_ms)
    status, listing = _STATUS.get(life.standing, UNKNOWN), life.listing
    return replace(
        entry,
        name=listing.name if listing else None,
        exchange=(listing.exchange if listing else "") or code or None,
        currency=quoted.currency if quoted else None,
        price_scale=quoted.scale if quoted else None,
        last_asked=_latest(entry.last_asked, beside.asked.get(entry.key)),
        last_confirmed=_latest(entry.last_confirmed, beside.confirmed.get(entry.key)),
        status=status,
        stale=status != DELISTED and _is_stale(entry, code, now_ms),
        **_found(entry, beside),
        **vars(beside.actions.get(entry.symbol, _actions_of(entry))),
    )


def _is_stale(entry: Entry, code: str, now_ms: int) -> bool:
    exchange = exchanges.exchange_of_code(code)
    settled, today = exchanges.last_settled(exchange, now_ms), exchanges.today(exchange, now_ms)
    return entry.last_date is None or is_stale(entry.last_date, AsOf(SERIES[entry.series], exchange, today, settled))


def _found(entry: Entry, beside: Beside) -> dict[str, Any]:
    if entry.series not in beside.found:
        return {"rejected": None, "restated": None}
    return vars(beside.found[entry.series].get(entry.symbol, Found()))


def _actions_of(entry: Entry) -> ActionFacts:
    return ActionFacts(entry.splits, entry.dividends, entry.actions_asked_at, entry.actions_etag)


def _life(symbol: str, beside: Beside, now_ms: int) -> Life:
    if beside.listings is None:
        return Life(Standing.UNKNOWN)
    return beside.listings.life(symbol, exchanges.today(exchanges.US, now_ms))


def _latest(*moments: datetime | None) -> datetime | None:
    return max((one for one in moments if one), default=None)
