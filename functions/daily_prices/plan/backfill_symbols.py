"""What is known of a backfill's symbols: by earlier runs, and by the listings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from stockflow_functions.daily_prices.plan.freshness import stored
from stockflow_functions.daily_prices.plan.listed import stored_of
from stockflow_functions.domain.backfill.part import Symbols
from stockflow_functions.domain.listings.judging import Course, judge
from stockflow_functions.domain.listings.lookup import Listings, Standing
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.vendors.port import Vendor


def symbols_to_bring_in(
    names: Sequence[str],
    known: Mapping[str, Known],
    listings: Listings | None,
    vendor: Vendor,
    now_ms: int,
) -> Symbols:
    """What is known of these symbols.

    Args:
        names: in the list's order.
        known: by earlier runs, of those that have a table; see :func:`with_tables`.
        listings: None if there are none to believe.
        vendor: whose prices are fetched.
        now_ms: the moment.
    """
    if listings is None:
        return Symbols(names, known, vendor.exchange_of)
    day, kept = today(US, now_ms), listings

    def listed_on(symbol: str) -> date | None:
        life = kept.life(symbol, day)
        return life.listing.ipo_date if life.standing is Standing.LISTED and life.listing else None

    def refusal_of(symbol: str) -> str:
        verdict = judge(symbol, kept, day, stored_of(known.get(symbol)))
        return verdict.sentence if verdict.course is Course.REFUSE else ""

    return Symbols(names, known, vendor.exchange_of, listed_on, refusal_of)


def with_tables(
    names: Sequence[str], series: str, known: Mapping[str, Known], keys_below: Callable[[str], Iterable[str]]
) -> dict[str, Known]:
    """What is known of those symbols that have a table; ``keys_below`` gives the dataset's keys by prefix."""
    there = stored([name for name in names if name in known], series, keys_below)
    return {name: one for name, one in known.items() if name in there}
