"""The cost formula."""

import json
from pathlib import Path

import pytest

from stockflow_functions.aws.dollars import dollars
from stockflow_functions.daily_prices.cost import RunWork, run_cost, typical_seconds

REPOSITORY = Path(__file__).resolve().parents[4]


def states_entered(*names: str) -> int:
    """How many states that is, each checked to be in the definition."""
    definition = json.loads((REPOSITORY / "statemachine" / "daily_prices.asl.json").read_text())
    inner = definition["States"]["EachSymbol"]["ItemProcessor"]["States"]
    assert set(names) <= set(definition["States"]) | set(inner)
    return len(names)


def test_a_run_with_nothing_to_fetch_enters_five_states():
    """Plan, the choice, Notify, the choice and the end are all that a closed market costs."""
    expected = states_entered("Plan", "AnythingToFetch?", "Notify", "Outcome?", "Succeeded")
    assert run_cost(RunWork(saved=0))["state_transitions"] == expected


def test_a_saved_symbol_takes_four_transitions():
    """The states of one good iteration are WaitForSlot, Fetch, Transform and Save."""
    one, two = (run_cost(RunWork(saved=count))["state_transitions"] for count in (1, 2))
    assert two - one == states_entered("WaitForSlot", "Fetch", "Transform", "Save")


@pytest.mark.parametrize(
    ("state", "entered"),
    [
        ("Fetch", ("WaitForSlot", "Fetch", "SymbolFailed")),
        ("Transform", ("WaitForSlot", "Fetch", "Transform", "SymbolFailed")),
        ("Save", ("WaitForSlot", "Fetch", "Transform", "Save", "SymbolFailed")),
    ],
)
def test_a_symbol_that_stops_pays_for_the_states_it_entered(state, entered):
    """A stopped symbol pays up to the state it stopped in, and for the one that catches it."""
    with_it = run_cost(RunWork(saved=1, stopped={state: 1}))["state_transitions"]
    assert with_it - run_cost(RunWork(saved=1))["state_transitions"] == states_entered(*entered)


def test_a_refetch_takes_a_retry_and_the_way_back_to_its_new_slot():
    """One repeated request costs five transitions, two calls of Fetch, and five writes, beside the symbol's turn."""
    plain, again = run_cost(RunWork(saved=1)), run_cost(RunWork(saved=1, refetches=1))
    more = {name: again[name] - plain[name] for name in ("state_transitions", "lambda_invocations", "dynamodb_writes")}
    assert more == {"state_transitions": 5, "lambda_invocations": 2, "dynamodb_writes": 5 + 1}


def test_a_symbol_takes_three_writes_and_four_reads():
    """Answer, staged table and prices are written; a symbol without news has a record in the place of the prices."""
    saved, unchanged, one = (run_cost(work) for work in (RunWork(2), RunWork(1, unchanged=1), RunWork(1)))
    assert [two["s3_puts"] - one["s3_puts"] for two in (saved, unchanged)] == [3, 3]
    assert [two["s3_gets"] - one["s3_gets"] for two in (saved, unchanged)] == [4, 4]


def test_every_object_is_an_event_when_it_comes_and_when_it_goes():
    """A record makes three events, one of them its expiry's delete marker; prices two, one of what they replaced."""
    saved, unchanged = (run_cost(RunWork(saved=2 - count, unchanged=count))["s3_events"] for count in (0, 1))
    of_the_run = run_cost(RunWork(saved=1))["s3_events"]
    raw, staged, record, prices = 3, 3, 3, 2
    assert (saved - of_the_run, unchanged - of_the_run) == (raw + staged + prices, raw + staged + record)


def test_events_are_priced_as_the_list_says():
    """A million events of the bucket and nothing else are one dollar."""
    counts = dict.fromkeys(run_cost(RunWork(saved=0)), 0.0) | {"s3_events": 1_000_000}
    assert dollars(counts) == pytest.approx(1)


def test_writes_to_the_table_do_not_grow_with_the_symbols():
    """Slots are reserved for the whole run at once."""
    assert run_cost(RunWork(saved=1))["dynamodb_writes"] == run_cost(RunWork(saved=1_000))["dynamodb_writes"]


def test_transitions_are_priced_as_the_list_says():
    """A million transitions and nothing else are 25 dollars."""
    counts = dict.fromkeys(run_cost(RunWork(saved=0)), 0.0) | {"state_transitions": 1_000_000}
    assert dollars(counts) == pytest.approx(25)


def test_most_of_what_a_symbol_costs_is_its_transitions():
    """The whole of one more symbol lies between its four transitions alone and twice that."""
    one_more = run_cost(RunWork(saved=1_001))["dollars"] - run_cost(RunWork(saved=1_000))["dollars"]
    assert 0.000100 < one_more < 0.000200


def test_measured_seconds_take_the_place_of_typical_ones():
    """Seconds that were measured are what is priced."""
    typical = typical_seconds(4)
    longer = {**typical, "Fetch": typical["Fetch"] + 10}
    more = run_cost(RunWork(saved=4), longer)["lambda_gb_seconds"] - run_cost(RunWork(saved=4))["lambda_gb_seconds"]
    assert more == pytest.approx(20)


def test_the_report_takes_longer_the_more_symbols_it_goes_through():
    """What the Map gave on is at hand: two hundred symbols take it hundredths of a second."""
    assert typical_seconds(200)["Notify"] - typical_seconds(0)["Notify"] == pytest.approx(0.02)


@pytest.mark.parametrize(("fresh", "lists"), [(0, 0), (1, 1), (1_000, 1), (12_000, 12)])
def test_fresh_symbols_take_a_list_a_thousand(fresh, lists):
    """Beside what the others of the run take: nothing else is done for them."""
    some, all_asked = run_cost(RunWork(2, fresh=fresh)), run_cost(RunWork(2))
    changed = {name: some[name] - all_asked[name] for name in some if some[name] != all_asked[name]}
    assert changed.pop("s3_puts", 0) == lists
    assert changed.pop("dollars", 0) == pytest.approx(lists * 5e-6, abs=1e-6)
    assert not changed


def test_a_run_of_fresh_symbols_reads_what_is_known_of_them():
    """And the notification marker; it lists their tables."""
    cost = run_cost(RunWork(0, fresh=3))
    assert (cost["s3_gets"], cost["s3_puts"], cost["state_transitions"]) == (2, 5, 5)
