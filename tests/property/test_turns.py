"""Whole runs in virtual time: every request in its turn, whatever the vendor refuses."""

import json
import random
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.budget.arithmetic import Terms, Wish
from functions.budget.quota_day import QuotaDays
from functions.budget.store import BudgetStore
from functions.clock import to_iso
from functions.errors import QuotaExhausted, SlotMoved
from functions.fetch.slot import Slot
from functions.fetch.turn import READ_AHEAD_MS, Turns
from functions.state import MOST_REQUESTS
from tests.fakes.clock import NOON_MS
from tests.fakes.dynamodb import FakeDynamoDb
from tests.fakes.virtual_time import VirtualTime

DAYS = QuotaDays("America/New_York", 0)
ANSWER_MS = 300


@dataclass
class Vendor:
    """Refuses by the toss of a coin, and remembers when it was asked."""

    time: VirtualTime
    refuses: float
    toss: random.Random
    asked_ms: list[int] = field(default_factory=list)
    refused_ms: list[int] = field(default_factory=list)

    def answers(self):
        self.asked_ms.append(self.time.ms)
        refused = self.toss.random() < self.refuses
        self.time.sleep(ANSWER_MS / 1000)
        if refused:
            self.refused_ms.append(self.time.ms)
        return not refused


@dataclass
class Workflow:
    """What the workflow does around Fetch: whole-second waits, a Retry with jitter, a Catch for SlotMoved."""

    time: VirtualTime
    vendor: Vendor
    budget: BudgetStore
    toss: random.Random
    ended: dict[str, str] = field(default_factory=dict)
    holds: list[tuple[int, int]] = field(default_factory=list)

    def symbol(self, name, slot):
        turns, retry_count = Turns(self.budget, self.time, "run"), 0
        while True:
            if not retry_count:
                self.time.sleep_until(slot.not_before_ms // 1000 * 1000)
            try:
                account = turns.take(slot, retry_count)
            except SlotMoved as moved:
                slot, retry_count = Slot.from_event(json.loads(str(moved))), 0
                continue
            except QuotaExhausted:
                self.ended[name] = "deferred"
                return
            if self.vendor.answers():
                self.ended[name] = "saved"
                return
            self.holds.append((self.time.ms, self.budget.hold_off(account)))
            retry_count += 1
            if slot.tries + retry_count >= MOST_REQUESTS:
                self.ended[name] = "failed"
                return
            self.time.sleep(self.toss.uniform(0, 2**retry_count))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    runs=st.lists(st.integers(1, 25), min_size=1, max_size=3),
    interval_ms=st.sampled_from([100, 250, 1000, 2000]),
    refuses=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    limit=st.sampled_from([0, 20]),
    to_midnight_ms=st.sampled_from([3000, 10 * 3_600_000]),
)
def test_requests_keep_their_distance_and_nobody_asks_in_a_hold_off(
    seed, runs, interval_ms, refuses, limit, to_midnight_ms
):
    """Several runs, refused or not, over a reset or not: the pace holds, the quota holds, every symbol ends."""
    toss = random.Random(seed)
    time = VirtualTime(NOON_MS + 12 * 3_600_000 - to_midnight_ms)
    vendor = Vendor(time, refuses, toss)
    budget = BudgetStore(FakeDynamoDb(), "stockflow", "key", Terms(interval_ms, limit, 86_400_000, DAYS), time)
    workflow = Workflow(time, vendor, budget, toss)
    actors = []
    for number, count in enumerate(runs):
        slots = budget.reserve(Wish(count)).slots
        for index in range(slots.count):
            slot = Slot.from_event({"not_before": to_iso(slots.at_ms(index)), "moves": 0})
            actors.append(lambda name=f"{number}-{index}", slot=slot: workflow.symbol(name, slot))

    time.run(*actors)

    asked = sorted(vendor.asked_ms)
    assert all(later - earlier >= interval_ms for earlier, later in pairwise(asked))
    assert not [ask for ask in asked for begin, end in workflow.holds if begin + READ_AHEAD_MS < ask < end]
    if limit:
        days = [DAYS.label(ask) for ask in asked]
        assert max((days.count(day) for day in days), default=0) <= limit
    assert len(workflow.ended) == len(actors)
    if not refuses:
        assert set(workflow.ended.values()) <= {"saved"}
        assert len(asked) == len(actors)
