"""Whole runs in virtual time: what the workflow does around Fetch, and what may befall it between any two steps."""

import json
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from stockflow.testing import NOON_MS, FakeDynamoDb, VirtualTime
from stockflow_functions.aws.state_table.history import EVENTS_OF_A_MOVE, EVENTS_OF_A_RETRY, SpareEvents, spare_events
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import ReservationRequest, Terms, lanes
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import PutOff, QuotaExhausted, SlotMoved
from stockflow_functions.pacing.asking import SMALLEST_GAP
from stockflow_functions.pacing.request import MOST_REQUESTS
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.pacing.slot_gate import SlotGate
from stockflow_functions.runtime.retries import PROVIDER_UNAVAILABLE, THROTTLED
from stockflow_functions.vendors.alpha_vantage import VENDOR
from stockflow_functions.vendors.alpha_vantage.gate import Gate

DAYS = QuotaDays("America/New_York", 0)
ANSWER_MS = 300
TRANSFORM_AND_SAVE_MS = 1_200
EVENTS_TO_FETCH, EVENTS_AFTER_FETCH, EVENTS_OF_A_PASS = 6, 13, 5
"""Of a symbol: into Fetch; from its success on; from its last failure through a Pass state. A retry is 3, a move 11."""


@dataclass
class Pauses:
    """Pauses of so many kinds, each step with a small chance of one: ``machine``, ``lane``, ``reads``, ``writes``,
    ``waits``."""

    time: VirtualTime
    toss: random.Random
    kinds: frozenset = frozenset()
    chance: float = 0.0
    lengths_ms: tuple = (50, 400, 900, 2500, 15_000, 55_000, 600_000)
    happened: int = 0

    def step(self, *kinds):
        """Any of these kinds may happen now."""
        for kind in sorted({*kinds, "machine"} & self.kinds):
            if self.toss.random() < self.chance:
                self.happened += 1
                length_ms = self.toss.choice(self.lengths_ms)
                if kind == "machine":
                    self.time.stop_the_machine(length_ms)
                else:
                    self.time.sleep(length_ms / 1000)


@dataclass
class PausingClock:
    """The clock as a lane of the Map sees it: what it said may be long ago when the lane goes on."""

    time: VirtualTime
    pauses: Pauses

    def now_ms(self):
        told_ms = self.time.now_ms()
        self.pauses.step("lane")
        return told_ms

    def sleep(self, seconds):
        self.time.sleep(seconds)
        self.pauses.step("lane")


class SlowTable(FakeDynamoDb):
    """The table, with pauses on the way there and back."""

    def __init__(self, pauses):
        super().__init__()
        self._pauses = pauses
        self._silent_until_ms = 0

    def be_silent(self, ms):
        """Whatever is asked is answered only when so much time is over."""
        self._silent_until_ms = self._pauses.time.ms + ms

    def get_item(self, **arguments):
        self._pauses.step("reads")
        self._listen()
        answer = super().get_item(**arguments)
        self._pauses.step("reads")
        return answer

    def update_item(self, **arguments):
        self._pauses.step("writes")
        self._listen()
        try:
            return super().update_item(**arguments)
        finally:
            self._pauses.step("writes")

    def _listen(self):
        if self._pauses.time.ms < self._silent_until_ms:
            self._pauses.time.sleep_until(self._silent_until_ms)


@dataclass
class Vendor:
    """Refuses as ``refuses(now_ms)`` says ("" for not), and remembers when it was asked, and for what at last."""

    time: VirtualTime
    refuses: object
    asked_ms: list[int] = field(default_factory=list)
    symbol: str = ""

    def ask(self, symbol):
        self.asked_ms.append(self.time.ms)
        self.symbol = symbol
        return self.refuses(self.time.ms)

    @property
    def gaps_ms(self):
        asked = sorted(self.asked_ms)
        return [later - earlier for earlier, later in pairwise(asked)]

    def most_within(self, ms):
        asked, most, first = sorted(self.asked_ms), 0, 0
        for last, moment in enumerate(asked):
            while moment - asked[first] >= ms:
                first += 1
            most = max(most, last - first + 1)
        return most


class Laptop:
    """One process with its budget, its vendor, and as many runs as are started; or many processes, without a gate.

    ``events`` counts each run's history as the definition writes it.
    """

    def __init__(
        self, interval_ms, *, seed=0, day_limit=0, start_ms=NOON_MS, gate=True, refuses=lambda ms: "", **pauses
    ):
        self.time = VirtualTime(start_ms)
        self.toss = random.Random(seed)
        self.pauses = Pauses(self.time, self.toss, **pauses)
        self.clock = PausingClock(self.time, self.pauses)
        self.table = SlowTable(self.pauses)
        self.budget = BudgetStore(
            self.table, "stockflow", "key", Terms(interval_ms, day_limit, 86_400_000, DAYS), self.clock
        )
        self.gate = Gate(self.clock, self.time.lock()) if gate else None
        self.vendor = Vendor(self.time, refuses)
        self.ended, self.events, self.holds, self.moves, self._lanes, self._befalls = {}, {}, [], 0, [], []

    def plan(self, name, count, lead_ms=0):
        """A run as Plan leaves it; its lanes begin with ``go``."""
        chance, self.pauses.chance = self.pauses.chance, 0
        taken = self.budget.reserve(ReservationRequest(count, name, lead_ms=lead_ms))
        self.pauses.chance = chance
        run = {"execution": name, "generation": taken.account.generation, "spare_events": spare_events(count)}
        work = [(f"{name}-{index}", to_iso(taken.slots.at_ms(index))) for index in range(taken.slots.count)]
        self.events[name] = 22
        for _ in range(min(len(work), lanes(taken.slots.interval_ms))):
            self._lanes.append(lambda: self._lane(run, work))
        return taken.slots

    @property
    def lanes(self):
        """Of all runs together."""
        return len(self._lanes)

    def at(self, ms, befall):
        """What befalls the laptop at that moment."""

        def actor():
            self.time.sleep_until(ms)
            befall()

        self._befalls.append(actor)

    def go(self):
        """Until all runs have ended."""
        self.time.run(*self._befalls, *self._lanes)
        return self

    def _lane(self, run, work):
        while work:
            name, not_before = work.pop(0)
            slot = Slot.from_event({"not_before": not_before, "moves": 0}, planned_in=run["generation"])
            self.ended[name] = self._symbol(run, name, slot)

    def _symbol(self, run, name, slot):
        spare = SpareEvents(self.table, "stockflow", ("prices", run["execution"]), run["spare_events"], self.clock)
        gate = SlotGate(self.budget, self.clock, run["execution"], spare, VENDOR)
        retry_count, tried = 0, dict.fromkeys(("Throttled", "ProviderUnavailable"), 0)
        self._count(run, EVENTS_TO_FETCH)
        while True:
            if not retry_count:
                self.time.sleep_until(slot.not_before_ms // 1000 * 1000)
                self.pauses.step("waits")
            try:
                account = gate.acquire(slot, retry_count)
            except SlotMoved as moved:
                slot, retry_count = Slot.from_event(json.loads(str(moved))), 0
                tried = dict.fromkeys(tried, 0)
                self.moves += 1
                self._count(run, EVENTS_OF_A_MOVE)
                continue
            except (QuotaExhausted, PutOff) as put_off:
                self._count(run, EVENTS_OF_A_PASS)
                return type(put_off).__name__
            asked_ms, refused = self.time.ms, self._send(name, account)
            if not refused:
                self._count(run, EVENTS_AFTER_FETCH)
                self.time.sleep(TRANSFORM_AND_SAVE_MS / 1000)
                return "saved"
            if refused == "Throttled":
                self.holds.append((self.time.ms, self.budget.back_off(account, asked_ms)))
            retry_count += 1
            tried[refused] += 1
            policy = THROTTLED if refused == "Throttled" else PROVIDER_UNAVAILABLE
            if slot.tries + retry_count >= MOST_REQUESTS or tried[refused] > policy.max_attempts:
                self._count(run, EVENTS_OF_A_PASS)
                return "failed"
            self._count(run, EVENTS_OF_A_RETRY)
            self.time.sleep(self.toss.uniform(0, policy.interval_seconds * 2 ** (tried[refused] - 1)))

    def _send(self, name, account):
        with self._gate(self.budget.interval_ms(account)):
            refused = self.vendor.ask(name)
            self.pauses.step("lane")
        self.time.sleep(ANSWER_MS / 1000)
        return refused

    @contextmanager
    def _gate(self, interval_ms):
        if not self.gate:
            yield
            return
        self.gate.gap_ms = SMALLEST_GAP * interval_ms
        with self.gate:
            yield

    def _count(self, run, events):
        self.events[run["execution"]] += events
