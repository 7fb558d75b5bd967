"""Whatever happens in whatever order: no two slots too close, no day over its quota, no slot lost."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow.testing import NOON_MS, FakeClock, FakeDynamoDb
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.aws.state_table.writes import UNDER_WAY_MS
from stockflow_functions.domain.budget.arithmetic import FETCH_STARTS_MS, ReservationRequest, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.errors import InvalidInput
from tests.helpers.examples import examples

INTERVAL_MS = 2000
DAYS = QuotaDays("America/New_York", 0)
# A start shortly before the reset, or before a change of the clocks, is where the day's count goes wrong.
STARTS = st.sampled_from([NOON_MS, NOON_MS + 12 * 3_600_000 - 30_000, 1_772_946_000_000 - 20_000])
SKEWS_MS = st.integers(-3000, 3000)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.sampled_from([0, 1, 500, 2000, 30_000, 3_600_000, 40_000_000])),
        st.tuples(st.just("plan"), SKEWS_MS, st.integers(1, 30), st.sampled_from([0, 1000, 2500])),
        st.tuples(st.just("repeat"), SKEWS_MS),
        st.tuples(st.just("next turn"), st.just(0)),
        st.tuples(st.just("refused"), SKEWS_MS),
        st.tuples(st.just("refused late"), SKEWS_MS),
        st.tuples(st.just("give back"), SKEWS_MS),
        st.tuples(st.just("spent"), SKEWS_MS),
    ),
    max_size=30,
)


@dataclass
class World:
    """What happened, and the slots that somebody holds."""

    now_ms: int
    limit: int
    table: FakeDynamoDb = field(default_factory=FakeDynamoDb)
    held: list[int] = field(default_factory=list)
    runs: dict[str, list[int]] = field(default_factory=dict)
    seen: object = None

    def budget(self, skew_ms, interval_ms=INTERVAL_MS):
        terms = Terms(interval_ms, self.limit, 86_400_000, DAYS)
        return BudgetStore(self.table, "stockflow", "key", terms, FakeClock(self.now_ms + skew_ms))

    def reserve(self, budget, request):
        taken = budget.reserve(request)
        slots = [taken.slots.at_ms(index) for index in range(taken.slots.count)]
        self.held += slots
        return taken, slots

    def do(self, event):
        kind, *args = event
        if kind == "pass":
            self.now_ms += args[0]
            return
        budget = self.budget(args[0])
        if kind == "plan":
            self.plan(budget, *args[1:])
        elif kind == "repeat":
            self.reserve(budget, ReservationRequest(1))
        elif kind == "next turn":
            self.reserve_next(budget)
        elif kind == "refused":
            self.seen = budget.read()
            budget.back_off(self.seen, self.now_ms)
        elif kind == "refused late" and self.seen is not None:
            budget.back_off(self.seen, self.now_ms)
        elif kind == "give back":
            self.release(budget)
        elif kind == "spent":
            budget.mark_spent()

    def reserve_next(self, budget):
        """Slots that are called in are held by nobody, but for those whose requests may be under way."""
        before = budget.read()
        taken = budget.reserve_next(ReservationRequest(1), before)
        if taken.account.generation > before.generation:
            for slots in (self.held, *self.runs.values()):
                slots[:] = [slot for slot in slots if slot <= self.now_ms + UNDER_WAY_MS]
            assert taken.slots.first_ms <= max(self.now_ms + UNDER_WAY_MS + INTERVAL_MS, before.hold_until_ms)
        self.held += [taken.slots.at_ms(index) for index in range(taken.slots.count)]

    def plan(self, budget, count, lead_ms):
        name = f"run-{len(self.runs)}"
        before = budget.read()
        taken, slots = self.reserve(budget, ReservationRequest(count, name, lead_ms=lead_ms))
        self.runs[name] = slots
        assert_nothing_lost(before, taken, count, lead_ms, budget)

    def release(self, budget):
        for name, slots in self.runs.items():
            for _ in range(budget.release(name)):
                self.held.remove(slots.pop())


def assert_nothing_lost(before, taken, count, lead_ms, budget):
    """Who asks for slots gets the earliest that there are, and all that the day pays for."""
    now_ms = budget._clock.now_ms()
    earliest_ms = max(now_ms + lead_ms, before.hold_until_ms)
    if lead_ms and earliest_ms % 1000 < FETCH_STARTS_MS:
        earliest_ms += FETCH_STARTS_MS - earliest_ms % 1000
    if before.last_slot_ms is not None:
        earliest_ms = max(earliest_ms, before.last_slot_ms + INTERVAL_MS)
    if taken.slots.count:
        assert taken.slots.first_ms == earliest_ms
    if taken.slots.count < count:
        following_ms = earliest_ms + taken.slots.count * INTERVAL_MS
        limit = budget.terms.day_limit
        used_up = limit and taken.account.used.get(DAYS.label(following_ms), 0) >= limit
        assert used_up or before.spent_until_ms > now_ms


@settings(max_examples=examples(150), deadline=None)
@given(start_ms=STARTS, limit=st.sampled_from([0, 25, 40]), events=EVENTS)
def test_slots_keep_their_distance_and_days_their_quota(start_ms, limit, events):
    """Runs arrive, repeat, are refused, die or give back, on clocks seconds apart, over resets."""
    world = World(start_ms, limit)

    for event in events:
        world.do(event)

    slots = sorted(world.held)
    assert all(later - earlier >= INTERVAL_MS for earlier, later in pairwise(slots))
    if limit:
        days = [DAYS.label(slot) for slot in slots]
        assert max((days.count(day) for day in days), default=0) <= limit


@settings(max_examples=examples(80), deadline=None)
@given(
    start_ms=STARTS,
    arrivals=st.lists(
        st.tuples(
            st.integers(0, 20_000),
            SKEWS_MS,
            st.sampled_from([500, 2000, 12_000]),
            st.integers(1, 20),
            st.sampled_from([0, 1000, 2500]),
        ),
        max_size=12,
    ),
)
def test_runs_with_different_paces_keep_the_stricter_one(start_ms, arrivals):
    """A slot keeps its own run's interval from every earlier slot; only a stricter run under way overrules it."""
    world = World(start_ms, 0)
    given_slots = []

    for wait_ms, skew_ms, interval_ms, count, lead_ms in arrivals:
        world.now_ms += wait_ms
        budget = world.budget(skew_ms, interval_ms)
        under_way_until_ms = max((until for until, interval, _ in given_slots if interval > interval_ms), default=0)
        taken, slots = world.reserve(budget, ReservationRequest(count, lead_ms=lead_ms))
        strict = under_way_until_ms > budget._clock.now_ms()
        assert ("REQUESTS_PER_MINUTE" in taken.terms.overruled) <= strict
        for earlier in (slot for _, _, others in given_slots for slot in others):
            assert all(slot - earlier >= interval_ms for slot in slots)
        given_slots.append((slots[-1], interval_ms, slots))


@settings(max_examples=examples(80), deadline=None)
@given(
    strict_count=st.integers(2, 20),
    wait_ms=st.integers(0, 300_000),
    skew_ms=SKEWS_MS,
    lead_ms=st.sampled_from([0, 1000, 2500]),
)
def test_looser_run_keeps_the_pace_of_a_stricter_one_under_way(strict_count, wait_ms, skew_ms, lead_ms):
    """As long as the stricter run has a slot to come, by the looser run's own clock; the setting is named."""
    world = World(NOON_MS, 0)
    _, strict = world.reserve(world.budget(0, 12_000), ReservationRequest(strict_count))
    world.now_ms += wait_ms
    budget = world.budget(skew_ms, 500)

    taken, loose = world.reserve(budget, ReservationRequest(5, lead_ms=lead_ms))

    under_way = strict[-1] > budget._clock.now_ms()
    assert taken.terms.overruled == (("REQUESTS_PER_MINUTE",) if under_way else ())
    assert loose[0] - strict[-1] >= (12_000 if under_way else 500)
    assert loose[1] - loose[0] == (12_000 if under_way else 500)


@settings(max_examples=examples(50), deadline=None)
@given(ahead_seconds=st.integers(1, 600), counts=st.lists(st.integers(1, 200), max_size=8))
def test_no_slot_lies_further_ahead_than_is_set(ahead_seconds, counts):
    """A run either fits before the horizon or reserves nothing."""
    table, clock = FakeDynamoDb(), FakeClock()
    budget = BudgetStore(table, "stockflow", "key", Terms(INTERVAL_MS, 0, ahead_seconds * 1000, DAYS), clock)

    for count in counts:
        before = budget.read()
        try:
            taken = budget.reserve(ReservationRequest(count))
        except InvalidInput:
            assert budget.read() == before
        else:
            assert taken.slots.last_ms <= clock.now_ms() + ahead_seconds * 1000
