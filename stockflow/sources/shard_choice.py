"""Which shards' histories to read: of a universe not all fit into one page, and most tell nothing new."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeVar

from stockflow.history.json_values import JsonObject, count_in, text_in
from stockflow.history.saved_run import Description
from stockflow.history.shards import shard_name
from stockflow_functions.domain.words import counted
from stockflow_functions.reporting import commands

MOST_EVENTS = 20_000
"""Of the shards in one page together, about as many as one execution may have."""

_SUCCEEDED = "SUCCEEDED"


@dataclass
class KnownShard:
    """A shard before its history is read; its description is empty if it has not begun."""

    number: int
    symbols: list[str]
    description: Description = field(default_factory=Description)

    @property
    def has_begun(self) -> bool:
        return bool(self.description)


Known = TypeVar("Known", bound=KnownShard)


def most_telling_first(
    shards: Sequence[Known], records: Sequence[JsonObject], wanted: str, done: AbstractSet[str]
) -> list[Known]:
    """Those that have begun: what is wanted, what is not over or broke off, what failed or was tried again, the rest.

    Args:
        records: how the symbols of the run ended, as far as is known.
        wanted: a symbol or a shard (``0007``).
        done: the statuses that say that nothing is left to do.
    """
    bad = {text_in(record.get("symbol")) for record in records if record.get("status") not in done}
    odd = {text_in(one.get("symbol")) for one in records if count_in(one.get("attempts")) > 1 or one.get("warnings")}

    def rank(shard: KnownShard) -> tuple[bool, ...]:
        names = set(shard.symbols)
        well = shard.description.get("status") == _SUCCEEDED
        return wanted not in {*names, shard_name(shard.number)}, well, not names & bad, not names & odd

    return sorted((shard for shard in shards if shard.has_begun), key=rank)


def not_at_hand(reference: str, shards: Sequence[KnownShard], taken: AbstractSet[int]) -> Iterator[str]:
    """A sentence each on shards that have not begun, and on those whose histories are not read.

    Args:
        reference: how a command names the run.
        taken: the numbers of those that are.
    """
    begun = [shard.number for shard in shards if shard.has_begun]
    if len(begun) < len(shards):
        yield f"{counted(len(shards) - len(begun), 'shard')} of {len(shards):,} had not begun."
    others = [number for number in begun if number not in taken]
    if others:
        yield (
            f"Of {counted(len(begun), 'shard')} the histories of {len(begun) - len(others):,} are here, those first in "
            "which something failed or was tried again; of the others there are their symbols' rows. "
            f"One by itself: {commands.show(f'{reference}/shards/{shard_name(others[0])}')}"
        )
