"""A run that is too large for one history, in shards: each is a run of its own, which reserves its slots as it starts.

So the line of slots is never longer than a few shards, whatever the vendor does meanwhile (docs/adr/0071).
"""

import math
from collections.abc import Sequence

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.contracts import Shard

FEWEST_AT_ONCE, MOST_AT_ONCE = 3, 10
AHEAD_MS = 10_000
"""How much of the line the shards that wait behind the one under way have reserved, at least: a new one takes seconds
to start, in which the vendor is not to stand idle."""


def shards_of(execution: str, symbols: Sequence[str], size: int) -> list[Shard]:
    """The symbols in shards of this size at most, in their order."""
    return [
        {
            "number": number,
            "execution": keys.shard_execution(execution, number),
            "symbols": list(symbols[first : first + size]),
        }
        for number, first in enumerate(range(0, len(symbols), size), 1)
    ]


def at_once(interval_ms: int, size: int) -> int:
    """How many shards run at once: enough never to be the bottleneck, and a line that a small run need not wait for."""
    behind = math.ceil(AHEAD_MS / (size * interval_ms))
    return min(MOST_AT_ONCE, max(FEWEST_AT_ONCE, 1 + behind))
