"""Which symbols are up to date, so that the vendor is asked for the others alone, and whose turn it is among those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import Run
from stockflow_functions.domain.prices.freshness import Known, is_fresh, newest_due, stalest_first
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Vendor


@dataclass(frozen=True)
class Sifted:
    """What a run asks for, and what it needs not.

    Attributes:
        asked: the symbols to ask for, in the order given.
        fresh: those that are up to date, likewise.
        known: what is known of symbols from earlier runs.
        warnings: what is wrong with that, if anything.
    """

    asked: list[str]
    fresh: list[str] = field(default_factory=list)
    known: Mapping[str, Known] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def in_turn(self, places: int) -> list[str]:
        """The symbols as they are given if there is a place for each; else those asked for longest ago first."""
        return self.asked if len(self.asked) <= places else stalest_first(self.asked, self.known)


def sift(symbols: list[str], run: Run, services: Services) -> Sifted:
    """Leaves out what is up to date; with ``force`` nothing is.

    A symbol whose stored table is gone is not up to date, whatever is known of it.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    remembered = services.freshness.read(run["series"])
    warnings = [remembered.warning] if remembered.warning else []
    fresh: set[str] = set()
    if not run["force"]:
        found = fresh_among(symbols, remembered.known, run, services.vendor, services.clock.now_ms())
        fresh = _stored(found, run["series"], services.bucket)
    asked = [symbol for symbol in symbols if symbol not in fresh]
    return Sifted(asked, [symbol for symbol in symbols if symbol in fresh], remembered.known, warnings)


def fresh_among(symbols: Sequence[str], known: Mapping[str, Known], run: Run, vendor: Vendor, now_ms: int) -> list[str]:
    """Those of the symbols of which the vendor can have nothing new at this moment."""
    step, full = SERIES[run["series"]].step, run["outputsize"] == "full"
    return [
        symbol
        for symbol in symbols
        if symbol in known and is_fresh(known[symbol], newest_due(vendor.exchange_of(symbol), step, now_ms), full=full)
    ]


def _stored(symbols: list[str], series: str, bucket: Bucket) -> set[str]:
    """Those of the symbols that have an object: a list of a thousand keys is one request."""
    if not symbols:
        return set()
    there = set(bucket.keys(keys.prices_of(series)))
    places = {symbol: keys.prices(series, symbol) for symbol in symbols}
    return {symbol for symbol, key in places.items() if key in there or keys.former(key) in there}
