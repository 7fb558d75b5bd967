"""How many events a run's history has room for: what waits and repeated requests cost, counted for the whole run.

Step Functions ends an execution at 25,000 events, whatever it is doing. A symbol that goes all the way takes 19 of
them, and a run of the most symbols leaves a few thousand. Whoever is about to spend some asks here first; if none are
left, the symbol is deferred to the next run. tests/contract/test_history.py holds the figures against the definition.
"""

from typing import Any

from stockflow_functions.aws.state_table.item import expires_at
from stockflow_functions.aws.state_table.table import StateTable
from stockflow_functions.aws.state_table.update import Update
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import PutOff
from stockflow_functions.domain.limits import MOST_EVENTS

KEPT_BACK = 1_000
"""For what no function can count: AWS's own faults, whose Retry takes 3 events each time."""
EVENTS_OF_A_RUN = 22
EVENTS_OF_A_SYMBOL = 19
EVENTS_OF_A_RETRY = 3
EVENTS_OF_A_MOVE = 11
EVENTS_OF_A_QUESTION = 16
KEYS = "events#"
"""What the keys of these items begin with."""


def spare_events(symbols: int) -> int:
    """How many events a run of this many symbols may spend on waits, repeated requests and questions in all."""
    return MOST_EVENTS - KEPT_BACK - EVENTS_OF_A_RUN - EVENTS_OF_A_SYMBOL * symbols


class SpareEvents:
    """One item per execution, in the budget's table, created when events are first spent.

    Args:
        run: the bucket and the execution's name.
        most: how many events the run may spend.
    """

    def __init__(self, dynamodb: Any, table: str, run: tuple[str, str], most: int, clock: Clock) -> None:
        self._table = StateTable(dynamodb, table)
        self._key = f"{KEYS}{'#'.join(run)}"
        self._most = most
        self._clock = clock

    def spend(self, events: int) -> None:
        """Counts the events, before they are written.

        Raises:
            PutOff: the run's history has no room for them.
            StorageUnavailable, StorageDenied: the table refuses the write.
        """
        update = Update()
        update.at_most("spent", self._most - events)
        update.count("spent", events, limit=0)
        update.set("expires_at", expires_at(self._clock.now_ms()))
        if events <= self._most and self._table.update(self._key, update)[0]:
            return
        raise PutOff(
            f"The run's history has no room for another wait or request (Step Functions ends it at {MOST_EVENTS:,} "
            "events): the vendor refused too often, or others went first. The symbol goes first in the next run."
        )
