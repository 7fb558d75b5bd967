"""A universe that a listing names: ``listed:NASDAQ``, ``listed:NYSE+NASDAQ``, ``listed:NYSE:2015-06-30``. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.domain.symbols import quoted

PREFIX = "listed:"
FIRST_DAY = date(1999, 11, 1)
"""The vendor's histories begin here (FACTS on the vendor, section 4)."""
_EXAMPLE = "listed:NASDAQ, or listed:NYSE:2015-06-30 for who was listed on that day"
_FORM = re.compile(r"listed:(?P<names>[^:+]+(\+[^:+]+)*)(:(?P<day>[^:]*))?", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class ListedUniverse:
    """Who is listed on these exchanges, or was on ``day``; ``text`` is how it was written."""

    text: str
    exchanges: tuple[str, ...]
    day: date | None = None

    def symbols(self, listings: Listings, today: date) -> list[str]:
        """Its symbols, sorted; those delisted since are among them where it has a day.

        Raises:
            InvalidInput: an exchange is in no listing, the day lies ahead, or nobody was listed.
        """
        day = self.day or today
        if day > today:
            raise InvalidInput(f"{self.text} is of a day that lies ahead: write one until {today}.")
        found = listings.listed_on(day, [self._exchange(name, listings) for name in self.exchanges])
        if not found:
            raise InvalidInput(f"{self.text} has no symbol: the listing of {listings.as_of} has nobody on that day.")
        return found

    def _exchange(self, written: str, listings: Listings) -> str:
        known = {_plain(name): name for name in listings.exchanges}
        if _plain(written) not in known:
            raise InvalidInput(
                f"{self.text} names {quoted(written)}, and the exchanges in the listing of {listings.as_of} are "
                f"{', '.join(listings.exchanges)}: write one of these."
            )
        return known[_plain(written)]


def is_listed_universe(text: str) -> bool:
    """Whether it is written as such a universe; it may still be one that can't be used."""
    return text.strip().lower().startswith(PREFIX)


def listed_universe(text: str) -> ListedUniverse:
    """The universe, whose exchanges are not looked up yet; case does not count, ``NYSE-ARCA`` is ``NYSE ARCA``.

    Raises:
        InvalidInput: it is none, or its day is no date, or lies before all histories.
    """
    match = _FORM.fullmatch(text.strip())
    if not match or not all(name.strip() for name in match["names"].split("+")):
        raise InvalidInput(f"universe is {quoted(text)}: write {_EXAMPLE}.")
    exchanges = tuple(dict.fromkeys(name.strip().upper() for name in match["names"].split("+")))
    return ListedUniverse(text.strip(), exchanges, None if match["day"] is None else _day(match["day"], text))


def _day(written: str, text: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise InvalidInput(f"{quoted(text)} does not end with a date: write {_EXAMPLE}.") from None
    if day < FIRST_DAY:
        raise InvalidInput(f"{quoted(text)} lies before {FIRST_DAY}, when the vendor's histories begin.")
    return day


def _plain(name: str) -> str:
    return _BETWEEN_WORDS.sub("", name).upper()
