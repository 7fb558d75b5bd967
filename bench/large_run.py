"""What Plan and Notify of a universe take: CPU seconds and memory, of the real handlers over stores in memory.

``bench/large_run.py 100000`` measures as many symbols in the place of 12,000. The memory is the process's own at its
highest, with the bucket in it, where one symbol in twenty has failed. The exit status is 1 where a figure misses its
limit.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from kit.limits import Limits

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.contracts import Shard
from stockflow_functions.daily_prices.notify.app import handler as notify
from stockflow_functions.daily_prices.outcome import FAILED, SAVED, Failure, SymbolOutcome
from stockflow_functions.daily_prices.plan.app import handler as plan

SYMBOLS = 12_000
EXECUTION = "universe"
ARN = f"arn:aws:states:us-east-1:123456789012:execution:daily-prices:{EXECUTION}"
UNKNOWN = Failure("UnknownSymbol", "Alpha Vantage has no such prices for this symbol: check it.", "Fetch")
ONE_FAILS_IN = 20
MOST_SECONDS, MOST_MB = 3.0, 256.0


def measured(call: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the call returns, its CPU seconds, and the process's peak memory in MB."""
    began = time.process_time()
    answer = call()
    seconds = time.process_time() - began
    return answer, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def leave_manifest(aws: FakeAws, shard: Shard) -> None:
    """As the shard's own Notify does."""
    outcomes = [
        SymbolOutcome(symbol, FAILED, 1, error=UNKNOWN)
        if number % ONE_FAILS_IN == 0
        else SymbolOutcome(symbol, SAVED, 1, 100, first_date="1999-11-01", last_date="2026-11-20")
        for number, symbol in enumerate(shard["symbols"])
    ]
    manifest = {"error": None, "warnings": [], "symbols": [outcome.as_dict() for outcome in outcomes]}
    aws.s3.place(keys.manifest(shard["execution"]), json.dumps(manifest, indent=2).encode())


def planned(aws: FakeAws, symbols: int) -> tuple[Any, float, float]:
    """Plan of so many symbols."""
    event: Any = {
        "input": {"symbols": [f"S{number:06}" for number in range(symbols)]},
        "execution": EXECUTION,
        "execution_arn": ARN,
        "started_at": "2026-11-20T23:30:00Z",
        "retry_count": 0,
    }
    return measured(lambda: plan.run(event, None, aws.services))


def main() -> None:
    """Prints the figures with their limits."""
    symbols = int(sys.argv[1]) if sys.argv[1:] else SYMBOLS
    aws, limits = FakeAws(REQUESTS_PER_DAY="0", REQUESTS_PER_MINUTE="1200"), Limits()
    made, seconds, megabytes = planned(aws, symbols)
    limits.hold(f"Plan of {symbols:,} symbols: seconds of CPU", seconds, "<=", MOST_SECONDS)
    limits.hold(f"Plan of {symbols:,} symbols: MB", megabytes, "<=", MOST_MB)
    limits.hold(f"Plan of {symbols:,} symbols: bytes of the state", len(json.dumps(made)), "<=", 262_144)

    for shard in aws.s3.json(keys.shards(EXECUTION)):
        leave_manifest(aws, shard)
    ended = [{"status": "SUCCEEDED"}] * made["shards"]["count"]
    state: Any = {**made, "shards": {**made["shards"], "ended": ended}}
    event: Any = {"report": "summary", "plan": state, "retry_count": 0}
    _, seconds, megabytes = measured(lambda: notify.run(event, None, aws.services))
    limits.hold(f"Notify of {symbols:,} symbols: seconds of CPU", seconds, "<=", MOST_SECONDS)
    limits.hold(f"Notify of {symbols:,} symbols: MB", megabytes, "<=", MOST_MB)
    limits.report_and_exit()


if __name__ == "__main__":
    main()
