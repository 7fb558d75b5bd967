"""The request itself, and where its answer is kept."""

import gzip

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.contracts import Answer, Run
from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import PremiumRequired, StockflowError, UnexpectedAnswer, UnknownSymbol
from stockflow_functions.domain.prices.known_splits import refusal_file, splits_file
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Client

FINAL = (UnknownSymbol, PremiumRequired, UnexpectedAnswer)
"""Refusals that the same question would meet again tomorrow; after any other, it is worth another request."""


def ask_for_bars(client: Client, run: Run, symbol: str, attempts: int, services: Services) -> Answer:
    """Makes one request, which is number ``attempts`` for the symbol, and stores the answer."""
    answer = client.bars(symbol, run["series"], run["outputsize"])
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
    """Notes that no splits are available for today's jumps, or each run would spend a request on them."""
    if asks == SPLITS and isinstance(refusal, FINAL):
        message, asked_at = services.redactor.clean(str(refusal)), to_iso(services.clock.now_ms())
        note = refusal_file(symbol, asked_at, type(refusal).__name__, message)
        services.bucket.put_json(keys.splits_refused(symbol), note)


def ask_for_splits(client: Client, symbol: str, services: Services) -> None:
    """Makes one request, and stores the splits."""
    listed, asked_at = client.splits(symbol), to_iso(services.clock.now_ms())
    file = splits_file(symbol, asked_at, listed.entries, len(listed.unreadable))
    services.bucket.put_json(keys.splits(symbol), file)
