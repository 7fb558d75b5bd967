"""Ten days of the workflow, good and bad, and how each has to end, whatever runs it."""

from dataclasses import dataclass, field
from typing import Any

from stockflow_functions.pacing.request import MOST_REQUESTS
from stockflow_functions.runtime.retries import PROVIDER_UNAVAILABLE

SIZES = {"MOST_SYMBOLS_INLINE": "10", "SYMBOLS_PER_SHARD": "4"}
"""Settings of both engines, so that a dozen symbols are a large run."""
TEN = ("AAPL", "AMZN", "GOOGL", "IBM", "JPM", "META", "MSFT", "NVDA", "TSLA", "V")
SAVED = "saved"


@dataclass(frozen=True)
class Case:
    """What a run is given, and what has to become of it.

    Attributes:
        given: the workflow's input.
        status: the execution's.
        error: the execution's; None for one that succeeded.
        symbols: each symbol's status, with the error and its state where it failed.
        faults: of the simulated vendor, by symbol; each request consumes one.
        slack_down: whether no webhook takes anything.
        denied: part of the keys that S3 refuses to write; empty for none.
        races: what decides the states that a run enters, where two runs may differ in them; empty where they may not.
        tries: how many requests may be made for a symbol, where that is such a race too; all of them are right.
    """

    given: dict[str, Any]
    status: str
    error: str | None
    symbols: dict[str, str]
    faults: dict[str, list[str]] = field(default_factory=dict)
    slack_down: bool = False
    denied: str = ""
    races: str = ""
    tries: dict[str, range] = field(default_factory=dict)


def _of(*symbols, ends=None):
    """The input with these symbols, and how each ends: as ``ends`` says, else saved."""
    return {"given": {"symbols": list(symbols)}, "symbols": {**dict.fromkeys(symbols, SAVED), **(ends or {})}}


CASES = {
    "a good day": Case(**_of(*TEN), status="SUCCEEDED", error=None),
    "throttled": Case(
        **_of("AAPL", "IBM", "MSFT"),
        status="SUCCEEDED",
        error=None,
        faults={"IBM": ["throttled*2"]},
        races="the refusal comes before or after the next Fetch has begun, which then has to take another slot",
    ),
    "an unknown symbol": Case(
        **_of("AAPL", "NOSUCH", "IBM", "MSFT", ends={"NOSUCH": "failed UnknownSymbol in Fetch"}),
        status="FAILED",
        error="SymbolsFailed",
        faults={"NOSUCH": ["unknown*9"]},
    ),
    "the quota spent half-way": Case(
        **_of(*TEN[:6], ends=dict.fromkeys(TEN[3:6], "deferred QuotaExhausted in Fetch")),
        status="SUCCEEDED",
        error=None,
        faults={"*": ["ok*3", "quota*9"]},
    ),
    "a run in shards": Case(
        **_of(*TEN, "NOSUCH", "DIS", ends={"NOSUCH": "failed UnknownSymbol in Fetch"}),
        status="FAILED",
        error="SymbolsFailed",
        faults={"NOSUCH": ["unknown*9"]},
    ),
    "a bad key": Case(
        **_of("AAPL", "IBM", "MSFT", ends=dict.fromkeys(("AAPL", "IBM", "MSFT"), "failed InvalidApiKey in Fetch")),
        status="FAILED",
        error="InvalidApiKey",
        faults={"*": ["invalid_key*9"]},
    ),
    "Slack down": Case(**_of("AAPL", "IBM"), status="FAILED", error="NotificationFailed", slack_down=True),
    "an invalid input": Case(given={"symbols": ["../x"]}, symbols={}, status="FAILED", error="InvalidInput"),
    "S3 refuses": Case(
        **_of("AAPL", "IBM", "MSFT", ends={"IBM": "failed StorageDenied in Save"}),
        status="FAILED",
        error="SymbolsFailed",
        denied="prices/daily/IBM",
    ),
    "the vendor unavailable": Case(
        **_of("AAPL", "IBM", ends={"IBM": "failed ProviderUnavailable in Fetch"}),
        status="FAILED",
        error="SymbolsFailed",
        faults={"IBM": ["http_503_html*9"]},
        races="the jitter of a back-off ends it near the retry's slot, or so early that the retry waits in a new state",
        tries={"IBM": range(PROVIDER_UNAVAILABLE.max_attempts + 1, MOST_REQUESTS + 1)},
    ),
}
