"""Whole runs in virtual time: every request in its turn, whatever the vendor refuses and wherever time is lost."""

from collections import Counter
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow.testing import NOON_MS
from stockflow_functions.aws.state_table.history import EVENTS_OF_A_RETRY, KEPT_BACK, spare_events
from stockflow_functions.domain.limits import MOST_EVENTS
from stockflow_functions.pacing.asking import SMALLEST_GAP
from stockflow_functions.pacing.slot_gate import READ_AHEAD_MS
from tests.helpers.examples import examples
from tests.helpers.virtual_run import DAYS, Laptop

LARGEST = 1_000
"""Symbols of a run: more than one Map takes, as many as a history has room for."""
INTERVALS_MS = st.sampled_from([50, 100, 250, 800, 1000, 2000])
SEEDS = st.integers(0, 2**32)
EVERYWHERE = frozenset({"machine", "lane", "reads", "writes", "waits"})
KINDS = st.sampled_from([*({kind} for kind in sorted(EVERYWHERE)), EVERYWHERE]).map(frozenset)
REFUSALS = st.sampled_from(["Throttled", "ProviderUnavailable"])


def out_from(second, seconds, kind):
    """A vendor that refuses everybody for a while, from so many seconds after noon on."""
    return lambda ms: kind if second <= (ms - NOON_MS) / 1000 < second + seconds else ""


@settings(max_examples=examples(40), deadline=None)
@given(
    seed=SEEDS,
    runs=st.lists(st.integers(1, 60), min_size=1, max_size=3),
    interval_ms=INTERVALS_MS,
    refuses=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    day_limit=st.sampled_from([0, 20]),
    to_midnight_ms=st.sampled_from([3000, 10 * 3_600_000]),
)
def test_requests_keep_their_distance_and_nobody_asks_in_a_hold_off(
    seed, runs, interval_ms, refuses, day_limit, to_midnight_ms
):
    """Several runs, refused or not, over a reset or not: the pace holds, the quota holds, every symbol ends."""
    start_ms = NOON_MS + 12 * 3_600_000 - to_midnight_ms
    laptop = Laptop(interval_ms, seed=seed, day_limit=day_limit, start_ms=start_ms, gate=False)
    laptop.vendor.refuses = lambda _: "Throttled" if laptop.toss.random() < refuses else ""
    planned = sum(laptop.plan(str(number), count).count for number, count in enumerate(runs))

    laptop.go()

    asked = laptop.vendor.asked_ms
    assert min(laptop.vendor.gaps_ms, default=interval_ms) >= interval_ms
    assert not [ask for ask in asked for begin, end in laptop.holds if begin + READ_AHEAD_MS < ask < end]
    if day_limit:
        days = [DAYS.label(ask) for ask in asked]
        assert max((days.count(day) for day in days), default=0) <= day_limit
    assert len(laptop.ended) == planned
    if not refuses:
        assert set(laptop.ended.values()) <= {"saved"}
        assert len(asked) == planned


@settings(max_examples=examples(250), deadline=None)
@given(
    seed=SEEDS,
    runs=st.lists(st.integers(1, 60), min_size=1, max_size=2),
    interval_ms=INTERVALS_MS,
    kinds=KINDS,
    chance=st.sampled_from([0.001, 0.01, 0.05]),
    refuses=st.sampled_from([0.0, 0.0, 0.2]),
)
def test_one_process_keeps_the_pace_wherever_it_is_paused(seed, runs, interval_ms, kinds, chance, refuses):
    """The machine, a lane, the table, a Wait, between any two steps and for up to ten minutes, time and again."""
    laptop = Laptop(interval_ms, seed=seed, kinds=kinds, chance=chance)
    laptop.vendor.refuses = lambda _: "Throttled" if laptop.toss.random() < refuses else ""
    planned = sum(laptop.plan(str(number), count).count for number, count in enumerate(runs))

    laptop.go()

    assert min(laptop.vendor.gaps_ms, default=interval_ms) >= SMALLEST_GAP * interval_ms
    assert laptop.vendor.most_within(1000) <= floor(1000 / (SMALLEST_GAP * interval_ms)) + 1
    # Of the rest of a minute's: late ones, within their grace, and those that each lane had already judged.
    extra = max(1000, interval_ms) / interval_ms + laptop.lanes
    assert laptop.vendor.most_within(60_000) <= 60_000 / interval_ms + 1 + extra
    assert len(laptop.ended) == planned
    if not refuses:
        assert set(laptop.ended.values()) == {"saved"}
        assert len(laptop.vendor.asked_ms) == planned


@settings(max_examples=examples(100), deadline=None)
@given(
    seed=SEEDS,
    count=st.integers(20, 150),
    interval_ms=INTERVALS_MS,
    kinds=st.sets(st.sampled_from(["reads", "writes", "waits"])).map(frozenset),
    befalls=st.lists(
        st.tuples(
            st.integers(0, 60_000), st.sampled_from(["asleep", "table"]), st.sampled_from([900, 2500, 15_000, 55_000])
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_processes_of_their_own_exceed_a_second_by_the_late_ones_only(seed, count, interval_ms, kinds, befalls):
    """On Lambda nothing is shared but the table: what is late within its grace comes beside what is on time."""
    laptop = Laptop(interval_ms, seed=seed, kinds=kinds, chance=0.01, gate=False)
    laptop.plan("run", count)
    for after_ms, what, for_ms in befalls:
        befall = laptop.time.stop_the_machine if what == "asleep" else laptop.table.be_silent
        laptop.at(NOON_MS + after_ms, lambda befall=befall, for_ms=for_ms: befall(for_ms))

    laptop.go()

    assert laptop.vendor.most_within(1000) <= (1000 + max(1000, interval_ms)) / interval_ms + 1
    assert set(laptop.ended.values()) == {"saved"}


@settings(max_examples=examples(40), deadline=None)
@given(
    seed=SEEDS,
    interval_ms=st.sampled_from([50, 100, 250, 800, 2000]),
    stops_ms=st.integers(0, 30_000),
    for_ms=st.integers(2_100, 3_600_000),
)
def test_machine_that_slept_goes_on_as_if_the_time_had_not_been(seed, interval_ms, stops_ms, for_ms):
    """No event more for symbols that had not begun, two or three writes a symbol, and no time lost but the pause's."""
    laptop = Laptop(interval_ms, seed=seed)
    slots = laptop.plan("run", 200)
    stops_ms += NOON_MS
    laptop.at(stops_ms, lambda: laptop.time.stop_the_machine(for_ms))

    laptop.go()

    asked = sorted(laptop.vendor.asked_ms)
    lost_ms = max(0, asked[-1] - slots.last_ms)
    assert lost_ms <= for_ms + 4 * interval_ms + 1000
    assert laptop.table.writes <= 3 * 200 + 1
    assert laptop.moves <= laptop.lanes
    assert set(laptop.ended.values()) == {"saved"}


@settings(max_examples=15, deadline=None)
@given(
    seed=SEEDS,
    interval_ms=st.sampled_from([50, 800, 2000]),
    began=st.integers(0, 600),
    lasted=st.sampled_from([1, 3, 40, 60, 400, 3600, 10**6]),
    kind=REFUSALS,
)
def test_no_outage_makes_a_history_outgrow_its_limit(seed, interval_ms, began, lasted, kind):
    """The most symbols that there may be, refused for a second, for an hour or for ever: each ends, in its events."""
    laptop = Laptop(interval_ms, seed=seed, refuses=out_from(began, lasted, kind))
    laptop.plan("run", LARGEST)

    laptop.go()

    assert laptop.events["run"] <= MOST_EVENTS - KEPT_BACK
    assert len(laptop.ended) == LARGEST


@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, kinds=KINDS, refuses=st.sampled_from([0.1, 0.5, 0.9]), kind=REFUSALS)
def test_no_mixture_of_pauses_and_refusals_does_either(seed, kinds, refuses, kind):
    """The largest run and a small one at once, on one budget."""
    laptop = Laptop(50, seed=seed, kinds=kinds, chance=0.002)
    laptop.vendor.refuses = lambda _: kind if laptop.toss.random() < refuses else ""
    planned = sum(laptop.plan(name, count).count for name, count in (("large", LARGEST), ("small", 50)))

    laptop.go()

    assert max(laptop.events.values()) <= MOST_EVENTS - KEPT_BACK
    assert len(laptop.ended) == planned


@pytest.mark.parametrize(("one_more", "put_off"), [(0, 0), (1, 1)])
def test_largest_run_that_spends_all_its_room_is_at_its_bound(one_more, put_off):
    """Symbols that are refused twice, until there is no room for another retry: whoever needs one is put off."""
    room, laptop, refused = spare_events(LARGEST) // EVENTS_OF_A_RETRY, Laptop(800), Counter()

    def refuses(_):
        symbol = laptop.vendor.symbol
        if refused[symbol] == 2 or refused.total() == room + one_more:
            return ""
        refused[symbol] += 1
        return "ProviderUnavailable"

    laptop.vendor.refuses = refuses
    laptop.plan("run", LARGEST)

    laptop.go()

    ends = Counter(laptop.ended.values())
    assert (ends["saved"], ends["PutOff"]) == (LARGEST - put_off, put_off)
    assert 23_980 < laptop.events["run"] <= MOST_EVENTS - KEPT_BACK


def test_forty_seconds_without_the_vendor_cost_no_symbol_a_wait():
    """1,000 symbols at 75 a minute: the line is called in, and later symbols take turns as they come."""
    laptop = Laptop(800, refuses=out_from(60, 40, "ProviderUnavailable"))
    slots = laptop.plan("run", LARGEST)

    laptop.go()

    again = len(laptop.vendor.asked_ms) - LARGEST
    assert laptop.moves == 0
    assert laptop.events["run"] <= MOST_EVENTS - KEPT_BACK - spare_events(LARGEST) + 3 * again
    assert max(laptop.vendor.asked_ms) <= slots.last_ms + again * 800 + 2000


def test_lone_refusals_cost_an_interval_each():
    """Beside their own repetition: six of sixty at 120 a minute are six seconds at most."""
    laptop = Laptop(500)
    laptop.vendor.refuses = lambda _: "Throttled" if len(laptop.vendor.asked_ms) % 11 == 10 else ""
    slots = laptop.plan("run", 60)

    laptop.go()

    again = len(laptop.vendor.asked_ms) - 60
    assert again == 6
    assert max(laptop.vendor.asked_ms) <= slots.last_ms + again * 500 + 6000


def test_wave_of_refusals_backs_off():
    """Two minutes of them cost a dozen requests, not two hundred."""
    laptop = Laptop(500, refuses=out_from(0, 120, "Throttled"))
    laptop.plan("run", 300)

    laptop.go()

    refused = [ask for ask in laptop.vendor.asked_ms if ask < NOON_MS + 120_000]
    assert len(refused) <= 12
    assert set(laptop.ended.values()) == {"saved"}
