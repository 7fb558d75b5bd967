"""How a run gets on, told from its history events."""

import io
import json

import pytest
from rich.console import Console

from stockflow.cli.display import RunDisplay, follow
from stockflow.cli.progress import RunProgress
from stockflow_functions.daily_prices.workflow import DAILY_PRICES


def task(number, state, payload):
    output = json.dumps({"Payload": payload, "StatusCode": 200})
    return [
        {
            "id": number,
            "previousEventId": number - 1,
            "type": "TaskSucceeded",
            "taskSucceededEventDetails": {"output": output},
        },
        {
            "id": number + 1,
            "previousEventId": number,
            "type": "TaskStateExited",
            "stateExitedEventDetails": {"name": state},
        },
    ]


def entered(number, state, item):
    details = {"name": state, "input": json.dumps(item)}
    return [{"id": number, "previousEventId": 1, "type": "PassStateEntered", "stateEnteredEventDetails": details}]


PLANNED = task(2, "Plan", {"work": [{"symbol": "AAPL"}, {"symbol": "XX"}], "sentence": "2 requests."})
SAVED = task(
    10, "Save", {"symbol": "AAPL", "status": "saved", "rows_added": 100, "rows_changed": 2, "last_date": "2026-11-20"}
)
CAUSE = json.dumps({"errorMessage": "Alpha Vantage does not know XX.", "errorType": "UnknownSymbol"})
FAILED = entered(
    20,
    "SymbolFailed",
    {"symbol": "XX", "failure": {"Error": "UnknownSymbol", "Cause": CAUSE}, "progress": {"state": "Fetch"}},
)


def test_the_plan_says_how_many_symbols_there_are():
    """After Plan the total and its sentence are known."""
    progress = RunProgress(DAILY_PRICES)
    progress.feed(PLANNED)

    assert (progress.total, progress.sentence, progress.done) == (2, "2 requests.", 0)


def test_a_saved_symbol_tells_its_rows():
    """Rows added and changed and the newest date are in the line."""
    (end,) = RunProgress(DAILY_PRICES).feed(SAVED)

    assert (end.symbol, end.status, end.detail) == ("AAPL", "saved", "+100 rows, 2 changed, to 2026-11-20")


def test_a_failed_symbol_tells_state_error_and_reason():
    """The reason is the error's own sentence, not the whole payload."""
    (end,) = RunProgress(DAILY_PRICES).feed(FAILED)

    assert (end.status, end.detail) == ("failed", "Fetch: UnknownSymbol: Alpha Vantage does not know XX.")


def failed_with(cause):
    """The end of a symbol whose Save failed with that Cause."""
    item = {"symbol": "XX", "failure": {"Error": "States.Timeout", "Cause": cause}, "progress": {"state": "Save"}}
    (end,) = RunProgress(DAILY_PRICES).feed(entered(20, "SymbolFailed", item))
    return end.detail


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("", "Save: States.Timeout"),
        ("Lambda was unreachable", "Save: States.Timeout: Lambda was unreachable"),
        ("[1]", "Save: States.Timeout: [1]"),
        ('{"errorMessage": 5}', "Save: States.Timeout: 5"),
    ],
)
def test_a_cause_that_is_no_payload_is_told_as_it_is(cause, told):
    """A cause may be empty or any text."""
    assert failed_with(cause) == told


def test_a_long_cause_is_cut_at_a_word():
    """So much fits on a few lines; the page has it whole."""
    assert failed_with("word " * 100).endswith(" word …")


def test_a_pipe_gets_a_plain_line_for_each_symbol():
    """Without a terminal there are no control characters and no bar."""
    out = io.StringIO()
    batches = [PLANNED, SAVED + FAILED]
    running = iter([True, False])

    with RunDisplay(Console(file=out, width=200), DAILY_PRICES) as display:
        follow(display, lambda known: batches.pop(0), lambda: next(running), lambda: None)

    assert out.getvalue().splitlines() == [
        "2 requests.",
        "1/2  AAPL       saved     +100 rows, 2 changed, to 2026-11-20",
        "2/2  XX         failed    Fetch: UnknownSymbol: Alpha Vantage does not know XX.",
    ]


@pytest.mark.parametrize("given", ['{"symbol": "XX", "failu', "[]", '{"failure": 5, "progress": null}', None])
def test_a_symbol_whose_input_is_cut_off_ends_all_the_same(given):
    """AWS cuts long inputs off; a watched run must not end for that."""
    event = entered(20, "SymbolFailed", {})[0]
    event["stateEnteredEventDetails"]["input"] = given
    ends = RunProgress(DAILY_PRICES).feed([event])
    assert [(end.symbol, end.status, end.detail) for end in ends] == [("?", "failed", "unknown error")]
