"""A universe's run in virtual time: the budget's own arithmetic and gate, with AWS and the vendor made up around them.

Nothing waits for real. What a step takes on AWS is typical, with a spread; what the vendor refuses is handed in.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from stockflow.testing import NOON_MS, FakeDynamoDb, VirtualTime
from stockflow_functions.aws.state_table.history import (
    EVENTS_OF_A_MOVE,
    EVENTS_OF_A_RETRY,
    EVENTS_OF_A_RUN,
    EVENTS_OF_A_SYMBOL,
    SpareEvents,
    spare_events,
)
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import Reservation, ReservationRequest, Slots, Terms, lanes
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import PutOff, QuotaExhausted, SlotMoved
from stockflow_functions.pacing.planning import reserve
from stockflow_functions.pacing.request import MOST_REQUESTS
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.pacing.slot_gate import SlotGate
from stockflow_functions.runtime.retries import PROVIDER_UNAVAILABLE
from stockflow_functions.vendors.alpha_vantage import VENDOR

DAYS = QuotaDays("America/New_York", 0)
FAR_MS = 366 * 86_400_000
START_MS = (1_500, 3_500)
"""From the end of a shard before to the next one's slots: the Map Run, StartExecution, a call of Plan."""
ANSWER_MS = (300, 1_500)
STORE_MS = (1_200, 3_000)
"""Transform and Save, warm or not."""
END_MS = (2_500, 5_000)
"""From a shard's last symbol to its place being free: Notify, and the Task that hears of it."""

Refuses = Callable[[int], bool]
"""Whether the vendor can't be had at that moment, in milliseconds since the start."""


def in_peace(_: int) -> bool:
    """A vendor that always answers."""
    return False


def out(from_second: int, seconds: int) -> Refuses:
    """A vendor that can't be had for so long."""
    return lambda ms: from_second * 1000 <= ms < (from_second + seconds) * 1000


@dataclass
class Shard:
    """One run of the machine: what it asks for, and what is counted of it."""

    name: str
    symbols: int
    left: list[int] = field(default_factory=list)
    under_way: int = 0
    events: int = EVENTS_OF_A_RUN
    generation: int = 0
    slots: Slots | None = None


class Universe:
    """Runs that share one budget.

    Args:
        per_minute: the rate of the plan.
        seed: of all that is made up.
        refuses: when the vendor can't be had.
        retried: the share of requests that fail once, whatever else happens.

    Attributes:
        asked_ms: when each request was made, since the start.
        ended: how many symbols ended how.
        shards: every run there was.
        moves: how often a request waited for another slot.
    """

    def __init__(self, per_minute: float, *, seed: int = 0, refuses: Refuses = in_peace, retried: float = 0.0) -> None:
        self.interval_ms = ceil(60_000 / per_minute)
        self.asked_ms: list[int] = []
        self.ended: dict[str, int] = {}
        self.shards: list[Shard] = []
        self.moves = 0
        self._time, self._toss = VirtualTime(), random.Random(seed)
        self._refuses, self._retried = refuses, retried
        self._table = FakeDynamoDb()
        self._budget = BudgetStore(
            self._table, "stockflow", "key", Terms(self.interval_ms, 0, FAR_MS, DAYS), self._time
        )
        self._began: list[Callable[[], object]] = []
        self._ends_ms: dict[str, int] = {}

    def rolling(self, name: str, symbols: int, shard_size: int, at_once: int, at_ms: int = 0) -> None:
        """A run whose shards each reserve their slots when they start, so many at once."""
        sizes = [min(shard_size, symbols - first) for first in range(0, symbols, shard_size)]
        waiting = [Shard(f"{name}-{number:04}", size) for number, size in enumerate(sizes)]
        self.shards += waiting
        line = waiting[::-1]
        for _ in range(min(at_once, len(line))):
            self._began.append(lambda: self._next(name, line, at_ms))

    def at_the_start(self, name: str, symbols: int, shard_size: int, at_once: int) -> None:
        """A run that reserves all slots at its start; its shards, so many at once, get theirs of those."""
        whole = self._budget.reserve(ReservationRequest(symbols, name, lead_ms=2 * START_MS[1]))
        begun = len(self.shards)
        self.rolling(name, symbols, shard_size, at_once)
        first, slots = 0, whole.slots
        for shard in self.shards[begun:]:
            own = Slots(slots.at_ms(first), slots.interval_ms, shard.symbols)
            self._take(shard, replace(whole, slots=own))
            first += shard.symbols

    def go(self) -> "Universe":
        """Until all runs have ended."""
        self._time.run(*self._began)
        self.asked_ms.sort()
        return self

    @property
    def over_bound(self) -> float:
        """First to last request over the least that so many take."""
        return (self.asked_ms[-1] - self.asked_ms[0]) / ((len(self.asked_ms) - 1) * self.interval_ms)

    @property
    def most_events(self) -> int:
        """Of one history."""
        return max(shard.events for shard in self.shards)

    def most_within(self, ms: int) -> int:
        """Requests in any stretch of so many milliseconds."""
        most = first = 0
        for last, moment in enumerate(self.asked_ms):
            while moment - self.asked_ms[first] >= ms:
                first += 1
            most = max(most, last - first + 1)
        return most

    def took_ms(self, name: str) -> int:
        """From the start to the end of a run's last shard."""
        return self._ends_ms[name]

    @property
    def _now(self) -> int:
        return self._time.now_ms() - NOON_MS

    def _pause(self, bounds: Sequence[int]) -> None:
        self._time.sleep(self._toss.uniform(*bounds) / 1000)

    def _next(self, name: str, line: list[Shard], at_ms: int = 0) -> None:
        """The next shard of the line, if there is one."""
        if at_ms:
            self._time.sleep_until(NOON_MS + at_ms)
        if not line:
            self._ends_ms[name] = self._now
            return
        shard = line.pop()
        self._pause(START_MS)
        if shard.slots is None:
            self._take(shard, reserve(self._budget, shard.symbols, shard.name, repeated=False))
        shard.left = list(range(shard.symbols))
        shard.under_way = min(shard.symbols, lanes(self.interval_ms))
        for _ in range(shard.under_way):
            self._time.start(lambda: self._lane(name, shard, line))

    def _take(self, shard: Shard, reservation: Reservation) -> None:
        shard.slots, shard.generation = reservation.slots, reservation.account.generation

    def _lane(self, name: str, shard: Shard, line: list[Shard]) -> None:
        while shard.left:
            status = self._symbol(shard, shard.left.pop(0))
            self.ended[status] = self.ended.get(status, 0) + 1
        shard.under_way -= 1
        if not shard.under_way:
            self._pause(END_MS)
            self._next(name, line)

    def _symbol(self, shard: Shard, index: int) -> str:
        assert shard.slots is not None
        not_before = to_iso(shard.slots.at_ms(index))
        slot, tries = Slot.from_event({"not_before": not_before, "moves": 0}, planned_in=shard.generation), 0
        shard.events += EVENTS_OF_A_SYMBOL
        while True:
            if not tries:
                self._time.sleep_until(slot.not_before_ms // 1000 * 1000)
            try:
                self._gate(shard).acquire(slot, tries)
            except SlotMoved as moved:
                slot, tries = Slot.from_event(json.loads(str(moved))), 0
                self.moves += 1
                shard.events += EVENTS_OF_A_MOVE
                continue
            except (PutOff, QuotaExhausted) as put_off:
                return type(put_off).__name__
            if self._answered():
                self._pause(STORE_MS)
                return "saved"
            tries += 1
            if tries > PROVIDER_UNAVAILABLE.max_attempts or slot.tries + tries >= MOST_REQUESTS:
                return "failed"
            shard.events += EVENTS_OF_A_RETRY
            self._time.sleep(self._toss.uniform(0, PROVIDER_UNAVAILABLE.interval_seconds * 2 ** (tries - 1)))

    def _gate(self, shard: Shard) -> SlotGate:
        spare = SpareEvents(self._table, "stockflow", ("prices", shard.name), spare_events(shard.symbols), self._time)
        patient = shard.symbols <= lanes(self.interval_ms)
        return SlotGate(self._budget, self._time, shard.name, spare, VENDOR, patient)

    def _answered(self) -> bool:
        now_ms = self._now
        self.asked_ms.append(now_ms)
        self._pause(ANSWER_MS)
        return not self._refuses(now_ms) and self._toss.random() >= self._retried
