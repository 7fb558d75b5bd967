"""The request itself, and where its answer is kept."""

import gzip
from functools import lru_cache

import requests

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.contracts import Answer, Run
from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.domain.clock import SystemClock, to_iso
from stockflow_functions.domain.errors import PremiumRequired, StockflowError, UnexpectedAnswer, UnknownSymbol
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.alpha_vantage import AlphaVantage, Gate, new_session

FINAL = (UnknownSymbol, PremiumRequired, UnexpectedAnswer)
"""Refusals that the same question would meet tomorrow; after any other one it is worth its request again."""

SMALLEST_GAP = 0.8
"""Of the interval, between any two requests of one process; a late one pushes those behind it no closer."""
SENDS = Gate(SystemClock())


def vendor_of(services: Services) -> AlphaVantage:
    """The vendor, with the key as it is now and the instance's one session."""
    base_url = services.settings.alpha_vantage_base_url
    return AlphaVantage(_session(base_url), base_url, services.secret("ALPHA_VANTAGE_API_KEY"), services.redactor)


@lru_cache(maxsize=1)
def _session(base_url: str) -> requests.Session:
    return new_session(base_url, SENDS)


def keep_apart(interval_ms: int) -> None:
    """From now on this process sends no two requests closer than ``SMALLEST_GAP`` of the interval."""
    SENDS.gap_ms = SMALLEST_GAP * interval_ms


def ask_for_bars(vendor: AlphaVantage, run: Run, symbol: str, attempts: int, services: Services) -> Answer:
    """Makes one request, the symbol's last one of so many, and stores the answer."""
    answer = vendor.daily(symbol, run["series"], run["outputsize"])
    fetched_at = to_iso(services.clock.now_ms())
    key = keys.raw(run["series"], symbol, run["execution"])
    if answer.masked:
        services.logger.warning("the answer repeats the API key, which is masked in raw/", extra={"answer": key})
    services.bucket.put(
        key,
        gzip.compress(answer.body, mtime=0),
        content_type="application/gzip",
        metadata={"fetched-at": fetched_at, "last-refreshed": ascii(answer.last_refreshed)[1:-1]},
    )
    return {
        "key": key,
        "bytes": len(answer.body),
        "fetched_at": fetched_at,
        "last_refreshed": answer.last_refreshed,
        "attempts": attempts,
    }


def note_refusal(refusal: StockflowError, asks: str, symbol: str, services: Services) -> None:
    """Remembers that no splits are to be had for the jumps of today, or each run would spend a request on them."""
    if asks == SPLITS and isinstance(refusal, FINAL):
        about = {"symbol": symbol, "asked_at": to_iso(services.clock.now_ms())}
        told = {"error": type(refusal).__name__, "message": services.redactor.clean(str(refusal))}
        services.bucket.put_json(keys.splits_refused(symbol), {**about, **told})


def ask_for_splits(vendor: AlphaVantage, symbol: str, services: Services) -> None:
    """Makes one request, and stores the splits."""
    splits = vendor.splits(symbol)
    services.bucket.put_json(
        keys.splits(symbol),
        {
            "symbol": symbol,
            "asked_at": to_iso(services.clock.now_ms()),
            "splits": [
                {"effective_date": split.effective_date.isoformat(), "split_factor": split.split_factor}
                for split in splits
            ],
        },
    )
