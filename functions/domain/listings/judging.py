"""What the listings say of a symbol that a run names, before a request is spent on it. Pure.

The vendor serves more than it lists, and a request that is refused here can't be made: so whatever it may serve passes.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from stockflow_functions.domain.listings.lookup import Life, Listings, Standing

_BEYOND_THE_LISTING = re.compile(r".*[^A-Z0-9-].*|[A-Z]{4}[FXY]")
"""Symbols of other exchanges have a suffix (TSCO.LON), indices and odd ones a mark; five letters of which the last is
F, X or Y are traded over the counter, or mutual funds (FACTS on the vendor, section 5; Nasdaq's fifth letters)."""
_SERVED_UNLISTED = frozenset({"INX"})
"""Indices that the vendor has answered for, which are no company's (FACTS on the vendor, section 6)."""
AT_ITS_END = timedelta(days=7)
"""Bars that end within this before a delisting reach it: trading is often halted some days before."""
ALL_HAS_COME = timedelta(days=2)
"""How long after a delisting the vendor has the last bar; an answer from after that says all there will ever be."""

SILENT = timedelta(days=14)
"""After so long without a new bar a symbol is dead of which the vendor does not say that it was delisted."""


class Course(Enum):
    """What becomes of the symbol."""

    ASK = "it is asked for"
    REFUSE = "it fails, without a request"
    OVER = "all that there will ever be is stored, or was asked for"


@dataclass(frozen=True)
class Stored:
    """What is known of a symbol's stored bars, and when it was asked for last; each None where it is not known."""

    first: date | None = None
    last: date | None = None
    asked: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of the symbol, and what people are to be told.

    Attributes:
        course: what becomes of it.
        sentence: "" if there is nothing to tell.
        event: the day of what is told, which is news once.
    """

    course: Course
    sentence: str = ""
    event: date | None = None


_ASK = Verdict(Course.ASK)


def judge(symbol: str, listings: Listings, today: date, stored: Stored | None) -> Verdict:
    """What becomes of a symbol in a run.

    Args:
        stored: None if nothing is stored of it, and nothing was asked for.
    """
    life = listings.life(symbol, today)
    if life.standing is Standing.LISTED:
        return _listed(symbol, life, stored)
    if life.standing is Standing.DELISTED:
        return _delisted(symbol, life, stored)
    has_bars = stored is not None and stored.last is not None
    if has_bars or symbol in _SERVED_UNLISTED or _BEYOND_THE_LISTING.fullmatch(symbol):
        return _ASK
    return Verdict(Course.REFUSE, _why(symbol, life, listings))


def _why(symbol: str, life: Life, listings: Listings) -> str:
    if life.standing is Standing.NOT_YET and life.listing:
        return f"{symbol} ({life.listing.name}) is not listed before {life.listing.ipo_date}."
    near = listings.nearest(symbol)
    guess = f": did you mean {', '.join(near)}?" if near else "."
    return f"{symbol} is in no listing of {listings.as_of}{guess}"


def _listed(symbol: str, life: Life, stored: Stored | None) -> Verdict:
    """It is asked for; bars from before its listing are those of the company that had the symbol then."""
    listing, begins = life.listing, life.listing.ipo_date if life.listing else None
    if not (listing and begins and life.earlier and stored and stored.first and stored.first < begins):
        return _ASK
    return Verdict(
        Course.ASK,
        f"{symbol} is {listing.name} since {begins}; its stored bars begin on {stored.first}, and those before "
        f"{begins} are of {life.earlier[-1].name}.",
        begins,
    )


def _delisted(symbol: str, life: Life, stored: Stored | None) -> Verdict:
    listing, ended = life.listing, life.ended
    if not (listing and ended and stored and _is_all(stored, ended, said=listing.delisting_date is not None)):
        return _ASK
    how = f"was delisted on {ended}" if listing.delisting_date else f"is in no listing after {ended}"
    if stored.last:
        return Verdict(Course.OVER, f"{symbol} {how}; its stored bars end on {stored.last}.", ended)
    return Verdict(
        Course.OVER, f"{symbol} {how}, and the vendor had no bars when it was asked on {stored.asked}.", ended
    )


def _is_all(stored: Stored, ended: date, *, said: bool) -> bool:
    """Whether all is stored that there will ever be, or was asked for.

    Where the vendor does not say that it was delisted, or its bars go on after that day, it may still be traded: then
    only silence tells.
    """
    last, asked = stored.last, stored.asked
    if not said or (last is not None and last > ended + ALL_HAS_COME):
        return asked is not None and asked - max(last or ended, ended) >= SILENT
    return (last is not None and last >= ended - AT_ITS_END) or (asked is not None and asked >= ended + ALL_HAS_COME)
