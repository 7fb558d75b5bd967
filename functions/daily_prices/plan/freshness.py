"""Leaves out what is up to date, so that the vendor is asked for what is missing alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from stockflow_functions.aws import keys
from stockflow_functions.aws.freshness import Remembered
from stockflow_functions.daily_prices.contracts import SymbolRecord
from stockflow_functions.daily_prices.outcome import FRESH, SymbolOutcome
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.plan.request import Request
from stockflow_functions.domain.inputs import SMOKE
from stockflow_functions.domain.prices.freshness import Known, is_fresh, newest_due
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Vendor


def without_fresh(chosen: Chosen, request: Request, services: Services) -> Chosen:
    """The symbols without those that are up to date, which are answered; with ``force``, all.

    A symbol whose stored table is gone is not up to date, whatever is known of it. A shard's symbols have been sifted
    by the run that it is a part of, and a smoke run asks for whatever it is given.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    if request.is_shard or request.trigger == SMOKE:
        return chosen
    remembered, vendor, now_ms = services.freshness.read(request.series), services.vendor, services.clock.now_ms()
    return sifted(chosen, request, remembered, services.bucket.keys, vendor=vendor, now_ms=now_ms)


def sifted(
    chosen: Chosen,
    request: Request,
    remembered: Remembered,
    keys_below: Callable[[str], Iterable[str]],
    *,
    vendor: Vendor,
    now_ms: int,
) -> Chosen:
    """The same for any dataset: ``remembered`` is what is known of it, and ``keys_below`` gives its keys by prefix."""
    known, warnings = remembered.known, [*chosen.warnings, *filter(None, [remembered.warning])]
    found = [] if request.force else _with_newest_bar(chosen.symbols, known, request, vendor, now_ms)
    fresh = stored(found, request.series, keys_below)
    answered = [_fresh_record(symbol, known[symbol]) for symbol in chosen.symbols if symbol in fresh]
    asked = [symbol for symbol in chosen.symbols if symbol not in fresh]
    return replace(chosen, symbols=asked, answered=[*chosen.answered, *answered], warnings=warnings, known=known)


def _with_newest_bar(
    symbols: Sequence[str], known: Mapping[str, Known], request: Request, vendor: Vendor, now_ms: int
) -> list[str]:
    """Those of the symbols of which the vendor can have nothing new at this moment."""
    step, full = SERIES[request.series].step, request.outputsize == "full"
    return [
        symbol
        for symbol in symbols
        if symbol in known and is_fresh(known[symbol], newest_due(vendor.exchange_of(symbol), step, now_ms), full=full)
    ]


def _fresh_record(symbol: str, known: Known) -> SymbolRecord:
    return SymbolOutcome(symbol, FRESH, first_date=known.first, last_date=known.last).as_dict()


def stored(symbols: list[str], series: str, keys_below: Callable[[str], Iterable[str]]) -> set[str]:
    """Those of the symbols that have an object: a list of a thousand keys is one request."""
    if not symbols:
        return set()
    there = set(keys_below(keys.prices_of(series)))
    places = {symbol: keys.prices(series, symbol) for symbol in symbols}
    return {symbol for symbol, key in places.items() if key in there or keys.former(key) in there}
