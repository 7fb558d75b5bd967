"""Transform: the vendor's raw answer to a checked, tidy table, staged as Parquet."""

import gzip
from typing import Any

from functions.clock import from_iso
from functions.errors import BadPrices
from functions.lake import keys
from functions.prices.parquet import encode
from functions.prices.transforming import transform_answer
from functions.services import Services
from functions.state import Event, StateFunction


def transform(event: Event, services: Services) -> dict[str, Any]:
    """Takes the answer apart, checks every bar and stages what may go into the dataset.

    Raises:
        BadPrices: the answer is gone, is none, or every bar of it was set aside.
    """
    run, symbol, answer = event["run"], event["symbol"], event["answer"]
    execution, series = run["execution"], run["series"]
    stored = services.bucket.get(answer["key"])
    if stored is None:
        raise BadPrices(f"The answer {answer['key']} is not in the bucket (any more): run {symbol} again.")
    done = transform_answer(gzip.decompress(stored.body), symbol, series, fetched_ms=from_iso(answer["fetched_at"]))
    if done.rejected:
        services.bucket.put_json(
            keys.rejected(execution, symbol),
            {"symbol": symbol, "series": series, "answer": answer["key"], "rows": done.rejected},
        )
    if done.table is None and not done.rows_left_out:
        raise BadPrices(
            f"None of the {len(done.rejected)} bars of {symbol} can be used: see {keys.rejected(execution, symbol)}."
        )
    key = None
    if done.table is not None:
        key = keys.staged(execution, symbol)
        services.bucket.put(key, encode(done.table, series))
    return {"key": key, "attempts": answer.get("attempts", 1), **done.summary()}


handler = StateFunction("Transform", transform)
