"""How a run in shards gets on."""

import io

from rich.console import Console

from stockflow.cli.display import MOST_LINES, RunDisplay
from stockflow.cli.progress import SymbolEnd
from stockflow.cli.shard_progress import ShardsHeard
from stockflow.history.visits import details_of
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from tests.helpers.made_runs import made_run
from tests.helpers.recorded import history

PLANNED = history('1 < 0 TaskSucceeded output={"Payload":{"shards":{"symbols":400},"sentence":"Begun."}}') + history(
    "2 < 1 TaskStateExited name=Plan"
)


def shown(*batches):
    console = Console(file=io.StringIO(), width=120)
    with RunDisplay(console, DAILY_PRICES) as display:
        display.show(PLANNED)
        for ends in batches:
            display.show([], ends)
    return console.file.getvalue().splitlines(), display.progress


def ends(count, status="saved", first=0):
    return [SymbolEnd(f"S{n}", status, "because") for n in range(first, first + count)]


def test_the_total_is_that_of_all_shards():
    """The plan has no work list of its own."""
    _, progress = shown(ends(3))
    assert (progress.total, progress.done) == (400, 3)


def test_what_went_well_has_no_line_of_its_own():
    """In a pipe each twentieth part of the run has one, with the counts."""
    lines, _ = shown(ends(19), ends(1, first=19), ends(30, first=20))
    assert lines == ["Begun.", "20/400  20 saved", "50/400  50 saved"]


def test_what_failed_has_a_line():
    """With its place among all, as in a small run."""
    lines, _ = shown(ends(2), ends(1, "failed", first=2))
    assert lines[1] == "  3/400  S2         failed    because"


def test_no_more_than_a_hundred_failures_have_a_line():
    """The rest is counted."""
    lines, progress = shown(ends(MOST_LINES + 50, "failed"))
    assert sum("because" in line for line in lines) == MOST_LINES
    assert progress.counts["failed"] == MOST_LINES + 50


def heard(run, arn="shard"):
    shards = ShardsHeard(DAILY_PRICES)
    for event in run:
        shards.hear(arn, event)
    return {end.symbol: end.status for end in shards.news()}


def test_symbols_end_in_shards_that_run_at_once():
    """Their events have the same numbers."""
    shards, one, two = ShardsHeard(DAILY_PRICES), made_run({"A": "ok"}).events, made_run({"B": "bad"}).events
    for events in zip(one, two, strict=False):
        for arn, event in zip(("one", "two"), events, strict=True):
            shards.hear(arn, event)

    assert {end.symbol: end.status for end in shards.news()} == {"A": "saved", "B": "failed"}
    assert shards.news() == []


def test_a_shard_that_breaks_off_fails_what_it_has_left():
    """Its symbols are in its input."""
    begun = history('1 < 0 ExecutionStarted input={"symbols":["A","B"]}', "2 < 1 ExecutionFailed error=InvalidApiKey")
    assert heard(begun) == {"A": "failed", "B": "failed"}


def test_a_shard_that_ends_well_has_deferred_what_it_did_not_ask_for():
    """The day's quota was spent when it began."""
    events = made_run({"A": "ok"}).events
    details_of(events[0])["input"] = '{"symbols":["A","B"]}'
    assert heard(events) == {"A": "saved", "B": "deferred"}
