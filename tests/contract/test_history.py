"""The events that aws/state_table/history.py counts, against the definition that makes Step Functions write them."""

import pytest

from stockflow_functions.aws.state_table import history
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.budget.arithmetic import MOST_LANES
from stockflow_functions.runtime.retries import NO_ROOM, STORAGE_UNAVAILABLE
from stockflow_functions.runtime.settings import MOST_IN_ONE_MAP, Settings
from tests.helpers.stack import definition, iteration

STATES = iteration(DAILY_PRICES)["States"]
AN_ITERATION, A_STATE, AN_ATTEMPT = 2, 2, 3
"""Begun and ended; entered and exited; scheduled, started, and succeeded or failed."""


def events(*path, attempts=1):
    """Of these states in turn; the last Task of them takes so many attempts."""
    tasks = [name for name in path if STATES[name]["Type"] == "Task"]
    return A_STATE * len(path) + AN_ATTEMPT * (len(tasks) - 1 + attempts)


def way_back(task):
    """The states from a SlotMoved that the Task raises to the next request."""
    name = caught(task, "SlotMoved")
    path = [task]
    while name != "Fetch":
        path.append(name)
        name = STATES[name]["Next"]
    return path


def caught(task, error):
    return next(catch["Next"] for catch in STATES[task]["Catch"] if error in catch["ErrorEquals"])


def test_symbol_takes_so_many_events():
    """From its Wait to its Save."""
    assert AN_ITERATION + events("WaitForSlot", "Fetch", "Transform", "Save") == history.EVENTS_OF_A_SYMBOL


def test_move_takes_so_many_events():
    """From Fetch back to Fetch."""
    assert events(*way_back("Fetch")) == history.EVENTS_OF_A_MOVE


def test_question_takes_so_many_events():
    """From Transform back to Transform, by way of Fetch."""
    assert events(*way_back("Transform"), "Fetch") == history.EVENTS_OF_A_QUESTION


def test_retry_takes_so_many_events():
    """An attempt more of the same Task."""
    assert history.EVENTS_OF_A_RETRY == AN_ATTEMPT


@pytest.mark.parametrize("error", ["PutOff", "QuotaExhausted", "Throttled", "ProviderUnavailable"])
def test_symbol_that_ends_in_fetch_needs_no_room_of_its_own(error):
    """The retry that finds no room left is not counted: a symbol that stops there has taken less than one saved."""
    handler = caught("Fetch", error if error in {"PutOff", "QuotaExhausted"} else "States.ALL")

    ended = AN_ITERATION + events("WaitForSlot", "Fetch", handler, attempts=2)

    assert STATES[handler]["End"]
    assert ended <= history.EVENTS_OF_A_SYMBOL


def given_up(policy):
    """Of a symbol whose Fetch uses up all the retries of this policy, none of which can be counted."""
    return AN_ITERATION + events("WaitForSlot", "Fetch", "SymbolFailed", attempts=1 + policy.max_attempts)


def test_largest_run_outlasts_a_table_that_is_down_throughout():
    """Where nothing can be counted, all symbols that there may be still fail within one history."""
    assert history.EVENTS_OF_A_RUN + MOST_IN_ONE_MAP * given_up(STORAGE_UNAVAILABLE) < history.MOST_EVENTS


def test_largest_run_outlasts_a_quarter_of_an_hour_without_room_in_lambda():
    """Forty lanes give up a symbol each in two minutes on average; what that takes above a saved one is there."""
    spare = history.MOST_EVENTS - history.EVENTS_OF_A_RUN - MOST_IN_ONE_MAP * history.EVENTS_OF_A_SYMBOL
    symbols = spare // (given_up(NO_ROOM) - history.EVENTS_OF_A_SYMBOL)
    pauses = (NO_ROOM.interval_seconds * NO_ROOM.backoff_rate**n for n in range(NO_ROOM.max_attempts))
    seconds = sum(min(pause, NO_ROOM.max_delay_seconds) for pause in pauses) / 2

    assert symbols / MOST_LANES * seconds > 15 * 60


def test_largest_run_has_its_whole_history():
    """What all may spend, what each takes and what is kept back are what Step Functions allows, and not more."""
    symbols = history.EVENTS_OF_A_SYMBOL * MOST_IN_ONE_MAP
    most = history.spare_events(MOST_IN_ONE_MAP) + symbols + history.EVENTS_OF_A_RUN

    assert most + history.KEPT_BACK == history.MOST_EVENTS == 25_000
    assert history.spare_events(MOST_IN_ONE_MAP) > 1_500 * history.EVENTS_OF_A_RETRY


def test_shard_outlasts_any_lack_of_room_within_a_fraction_of_its_history():
    """Each of its symbols may be given up with every retry used, and nothing is near a limit."""
    assert history.EVENTS_OF_A_RUN + Settings.symbols_per_shard * given_up(NO_ROOM) < 1_500


def test_run_in_shards_writes_no_more_events_the_more_shards_it_has():
    """Those of its Distributed Map are in other histories: it has no inline Map, and no loop."""
    machine = definition(DAILY_PRICES)
    way, name = [], "Plan"
    while name:
        way.append(name)
        state = machine["States"][name]
        name = {"AnythingToFetch?": "EachShard", "Outcome?": "Succeeded"}.get(name, state.get("Next"))

    assert way == ["Plan", "AnythingToFetch?", "EachShard", "Notify", "Outcome?", "Succeeded"]
    assert machine["States"]["EachShard"]["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
