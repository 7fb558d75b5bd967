"""A run that is too large for one history, in shards: each is a run of its own, which reserves its slots as it starts.

So the line of slots is never longer than a few shards, whatever the vendor does meanwhile (docs/adr/0071).
"""

import math
from collections.abc import Sequence

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.contracts import Shard
from stockflow_functions.domain.budget.arithmetic import Terms
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import SHARD
from stockflow_functions.runtime.settings import Settings

FEWEST_AT_ONCE, MOST_AT_ONCE = 3, 20
AHEAD_MS = 20_000
"""How much of the line the shards that wait behind the one under way have reserved, at least: from a shard's last
request to the first of the shard in its place it takes so many seconds, in which the vendor is not to stand idle
(bench/shards.py)."""
MOST_SHARDS = 2_500
"""How each ended is in one state of 256 KiB, where each that broke off takes up to 95 bytes."""


def size_of(symbols: int, usual: int) -> int:
    """How many symbols a shard has: the usual number, or more where there would be too many shards."""
    return max(usual, math.ceil(symbols / MOST_SHARDS))


def usual_shards(symbols: int) -> int:
    """How many shards a run of so many symbols has, as the settings are by default; 0 where it runs as a whole."""
    return shards_by(Settings, symbols)


def shards_by(settings: Settings | type[Settings], symbols: int) -> int:
    """The same by these settings."""
    if symbols <= settings.most_symbols_inline:
        return 0
    return math.ceil(symbols / size_of(symbols, settings.symbols_per_shard))


def shards_of(execution: str, symbols: Sequence[str], size: int, trigger: str = SHARD) -> list[Shard]:
    """The symbols in shards of this size at most, in their order."""
    return [
        {
            "number": number,
            "execution": keys.shard_execution(execution, number),
            "trigger": trigger,
            "symbols": list(symbols[first : first + size]),
        }
        for number, first in enumerate(range(0, len(symbols), size), 1)
    ]


def not_too_far(symbols: int, terms: Terms) -> None:
    """Refuses a run that can't end in time.

    Raises:
        InvalidInput: so many requests take longer than the settings allow.
    """
    least_ms = symbols * terms.interval_ms
    if least_ms > terms.max_ahead_ms:
        raise InvalidInput(
            f"{symbols:,} requests, one every {terms.interval_ms / 1000:g} s, take {least_ms / 3_600_000:,.1f} hours: "
            f"that is more than MAX_SLOT_AHEAD_SECONDS ({terms.max_ahead_ms // 1000}). Nothing is reserved: start the "
            "run with fewer symbols, or raise MAX_SLOT_AHEAD_SECONDS."
        )


def at_once(interval_ms: int, size: int) -> int:
    """How many shards run at once: enough never to be the bottleneck, and a line that a small run need not wait for."""
    behind = math.ceil(AHEAD_MS / (size * interval_ms))
    return min(MOST_AT_ONCE, max(FEWEST_AT_ONCE, 1 + behind))
