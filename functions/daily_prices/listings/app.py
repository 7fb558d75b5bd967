"""RefreshListings: asks the vendor who is listed and who was, and adds what is new to what is known.

A refusal, or an answer that can't be believed, leaves the listings as they were. It is called by a schedule of its own,
or by a person; no run calls it, as it takes two of the day's requests.
"""

from datetime import date

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.listings import read_listings, write_listings
from stockflow_functions.daily_prices.contracts import ListingsRefreshed, RefreshListingsEvent
from stockflow_functions.daily_prices.listings.asking import ask
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import StockflowError, WriteConflict
from stockflow_functions.domain.listings.listing import Listing
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.domain.listings.merging import check_size, merged
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import VENDOR, Services
from stockflow_functions.runtime.state import StateFunction

TRIES = 3
"""How often an answer is added to what is known, if somebody else writes that at the same time."""


def refresh(event: RefreshListingsEvent, services: Services) -> ListingsRefreshed:  # noqa: ARG001 # a handler's
    """Replaces the listings by those of today.

    Raises:
        WriteConflict: others wrote them again and again in the meantime.
        StockflowError: there is no answer, or none that can be believed; the message says which listings stay.
    """
    before = read_listings(services.bucket)
    stays = f"The listings of {before.listings.as_of} stay as they are." if before else "There are no listings yet."
    now_ms = services.clock.now_ms()
    as_of, execution = today(US, now_ms), f"listings-{to_iso(now_ms).replace(':', '')}"
    try:
        return _kept(services.bucket, as_of, ask(execution, as_of, services))
    except StockflowError as error:
        error.args = (f"{error} {stays}",)
        raise


def _kept(bucket: Bucket, as_of: date, answer: list[Listing]) -> ListingsRefreshed:
    for left in reversed(range(TRIES)):
        stored = read_listings(bucket)
        known = stored.listings if stored else Listings(as_of, ())
        check_size(known.rows, answer, known.as_of)
        listings = Listings(as_of, tuple(merged(known.rows, answer)))
        try:
            write_listings(bucket, listings, stored)
        except WriteConflict:
            if not left:
                raise
        else:
            break
    return _told(listings, known)


def _told(listings: Listings, known: Listings) -> ListingsRefreshed:
    listed, had = (set(each.listed_on(each.as_of)) for each in (listings, known))
    ended = sum(row.end(listings.as_of) < listings.as_of for row in listings.rows)
    came, went = len(listed - had), len(had - listed)
    counts = f"{len(listed):,} listed, {ended:,} ended"
    change = f"; {came:,} came and {went:,} went since {known.as_of}" if known.rows else ""
    return {
        "as_of": listings.as_of.isoformat(),
        "listed": len(listed),
        "ended": ended,
        "came": came,
        "went": went,
        "sentence": f"Listings of {listings.as_of}: {counts}{change}.",
    }


def call_of(event: RefreshListingsEvent) -> Call:
    """It belongs to no run."""
    return Call(trigger=event.get("trigger"))


handler = StateFunction("RefreshListings", refresh, call_of, clients=("s3", "dynamodb", "secretsmanager", VENDOR))
