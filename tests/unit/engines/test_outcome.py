"""The form in which runs of different engines are compared."""

import json

from tests.engines.outcome import Outcome, comparable, states_entered, uncounted

RUN = {
    "execution": "2026-11-20T223000.250Z-1f0c",
    "execution_arn": "arn:aws:states:us-east-1:000000000000:execution:stockflow:2026-11-20T223000.250Z-1f0c",
    "started_at": "2026-11-20T22:30:00.250Z",
    "finished_at": "2026-11-20T22:31:00.250Z",
    "outcome": "partial",
    "sentence": "The run 2026-11-20T223000.250Z-1f0c could not write to stockflow-dev-bucket.",
    "symbols": [{"symbol": "IBM", "status": "failed", "error": {"type": "StorageDenied", "state": "Save"}}],
    "requests": {"first_slot_at": "2026-11-20T22:30:01.000Z", "made": 1},
}


def event(number, previous, kind, **details):
    return {"id": number, "previousEventId": previous, "type": kind, **details}


def entered(number, previous, name, **given):
    details = {"name": name, "input": json.dumps(given)}
    return event(number, previous, "TaskStateEntered", stateEnteredEventDetails=details)


def began(number, previous, index):
    details = {"name": "EachSymbol", "index": index}
    return event(number, previous, "MapIterationStarted", mapIterationStartedEventDetails=details)


def test_times_and_names_are_left_out():
    """Two manifests that differ in times and names only are the same."""
    other = {**RUN, "execution": "another", "execution_arn": "arn:another", "started_at": "2026-11-21T22:30:00.250Z"}
    other["requests"] = {**RUN["requests"], "first_slot_at": "2026-11-21T22:30:01.000Z"}
    other["sentence"] = "The run another could not write to stockflow."

    assert comparable(other, "stockflow") == comparable(RUN, "stockflow-dev-bucket")


def test_all_else_stays():
    """Manifests that differ in a count are not the same."""
    other = {**RUN, "requests": {**RUN["requests"], "made": 2}}

    assert comparable(other, "stockflow-dev-bucket") != comparable(RUN, "stockflow-dev-bucket")


def test_what_the_number_of_requests_decides_can_be_left_out():
    """Manifests of runs that asked for a symbol twice and thrice are the same but for the counts."""
    twice, thrice = (
        {
            **RUN,
            "symbols": [{"symbol": "IBM", "attempts": tries}],
            "requests": {"made": tries},
            "cost": {"s3_puts": tries},
        }
        for tries in (2, 3)
    )

    assert twice != thrice
    assert uncounted(twice) == uncounted(thrice)


def test_a_symbol_is_told_with_its_error():
    """A symbol's end is its status, with the error and the state it came from."""
    outcome = Outcome("FAILED", "SymbolsFailed", RUN, {}, [], [])

    assert outcome.symbols == {"IBM": "failed StorageDenied in Save"}


def test_states_belong_to_their_symbol_however_the_iterations_mix():
    """A state counts to the iteration that its chain of previous events began in, and after the Map to none."""
    events = [
        event(1, 0, "ExecutionStarted"),
        entered(2, 0, "Plan"),
        event(3, 2, "MapStateEntered", stateEnteredEventDetails={"name": "EachSymbol", "input": "{}"}),
        event(4, 3, "MapStateStarted"),
        began(5, 4, 0),
        began(6, 4, 1),
        entered(7, 6, "Fetch", symbol="MSFT"),
        entered(8, 5, "Fetch", symbol="AAPL"),
        entered(9, 8, "Save", symbol="AAPL"),
        event(10, 9, "MapIterationSucceeded"),
        entered(11, 7, "SymbolFailed", symbol="MSFT"),
        event(12, 11, "MapStateSucceeded"),
        entered(13, 12, "Notify"),
    ]

    assert states_entered(events) == {
        "": ["Plan", "EachSymbol", "Notify"],
        "AAPL": ["Fetch", "Save"],
        "MSFT": ["Fetch", "SymbolFailed"],
    }
