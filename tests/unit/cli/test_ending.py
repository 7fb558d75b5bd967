"""The last lines of a run: what became of its items, in the words of its workflow."""

from io import StringIO

import pytest
from rich.console import Console

from stockflow import workflows
from stockflow.cli.commands.ending import manifest_of, sum_up
from stockflow.cli.commands.rerun import named
from stockflow.history.model import build_model
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from tests.helpers.made_runs import made_run


def said(manifest, workflow):
    screen = StringIO()
    sum_up(
        Console(file=screen, width=200, highlight=False), {"outcome": "succeeded", "error": None, **manifest}, workflow
    )
    return screen.getvalue().strip()


def items(*statuses, **more):
    return {"symbols": [{"symbol": f"S{n}", "status": status, **more} for n, status in enumerate(statuses)]}


@pytest.mark.parametrize(
    ("manifest", "workflow", "line"),
    [
        (items("saved", "unchanged", rows_added=600), DAILY_PRICES, "1 saved, 1 unchanged; 1,200 rows added."),
        (items("saved", rows_added=1), DAILY_PRICES, "1 saved; 1 row added."),
        (items(*["unchanged"] * 1000), DAILY_PRICES, "1,000 unchanged; 0 rows added."),
        (items(), DAILY_PRICES, "no symbol; 0 rows added."),
        (items("saved"), EARNINGS_CALLS, "1 saved."),
        (items(), EARNINGS_CALLS, "no call."),
    ],
)
def test_a_run_is_summed_up_in_the_words_of_its_workflow(manifest, workflow, line):
    """Numbers as in messages; rows only where they are counted."""
    assert said(manifest, workflow) == f"succeeded: {line}"


def test_what_was_answered_without_a_request_is_told():
    """No progress has shown it; of many, ten are named."""
    error = {"type": "UnknownSymbol", "message": "APPL is in no listing.", "state": "Plan"}
    failed = items(*["failed"] * 11, attempts=0, error=error)["symbols"]
    over = items("fresh", attempts=0, warnings=["GONE was delisted."])["symbols"]

    assert said({"symbols": failed[:1] + over}, DAILY_PRICES).splitlines()[:2] == [
        "APPL is in no listing.",
        "GONE was delisted.",
    ]
    assert said({"symbols": failed}, DAILY_PRICES).splitlines()[10] == "1 more are in the manifest."


def test_what_failed_after_a_request_is_not_told_again():
    """The progress has shown it."""
    error = {"type": "UnknownSymbol", "message": "No such prices.", "state": "Fetch"}
    assert "No such prices" not in said(items("failed", attempts=1, error=error), DAILY_PRICES)


@pytest.mark.parametrize(("workflow", "counts"), [(DAILY_PRICES, True), (EARNINGS_CALLS, False)])
def test_rows_are_read_from_a_history_only_where_they_are_counted(workflow, counts):
    """A watched run of calls says nothing of rows."""
    model = build_model(made_run({"AAPL": "ok"}), workflows.conventions_of(DAILY_PRICES))

    assert ("rows_added" in manifest_of(model, workflow)["symbols"][0]) is counts


def test_what_runs_again_is_counted_in_the_workflows_word():
    """As the rerun and the resumed run announce it."""
    assert named(["AAPL/2024Q1", "IBM/2024Q1"], "call") == "2 calls, AAPL/2024Q1, IBM/2024Q1"
