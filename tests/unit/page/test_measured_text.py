"""Measured texts in the page: packed, shown in the table, and never more than texts."""

import json
import re

import pytest

from stockflow.page.measured_text import packed_texts, summaries
from stockflow.page.page import Surroundings, render_page
from stockflow.sources import model_of
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from tests.helpers.made_runs import made_run
from tests.helpers.measured import PREPARED, QUESTIONS, measured_text


def test_a_text_is_packed_column_by_column_by_the_number_of_its_row():
    """Each speaker and heading once; a text of no row is left out."""
    packed = packed_texts([measured_text("AAPL", 4), measured_text("GONE")], ["MSFT", "AAPL"])
    assert list(packed) == [1]
    text = packed[1]
    assert text["names"] == [PREPARED, QUESTIONS, "spk_0", "spk_1"]
    assert ([text["names"][n] for n in text["part"]], text["at"]) == (
        [PREPARED, QUESTIONS, QUESTIONS, QUESTIONS],
        [0.0, 28.4, 56.8, 85.2],
    )
    assert (text["value"], text["count"]) == ([-0.952, None, 0.571, -0.667], 4)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        {"item": "AAPL"},
        {
            "item": "AAPL",
            "passages": [None, {"value": "x", "text": 3, "part": []}],
            "facts": [["one"], 3],
            "count": "x",
        },
    ],
)
def test_what_is_no_text_breaks_nothing(odd):
    """A run from elsewhere may hold anything."""
    packed = packed_texts([odd], ["AAPL"])
    assert json.loads(json.dumps(packed)) is not None
    assert summaries([odd]) is not None


def test_the_table_says_the_measure_of_what_went_well():
    """Where a failure would have its state and error."""
    run = made_run({"AAPL": "ok", "NFLX": "bad"})
    run.texts = [measured_text("AAPL"), measured_text("NFLX")]
    page = render_page(model_of(run), Surroundings(workflow=EARNINGS_CALLS))
    assert page.count("<small>tone +0.18, -0.12 against 2026-07-30</small>") == 1


@pytest.mark.parametrize(
    ("workflow", "words"),
    [(DAILY_PRICES, ("Symbols", "symbol", "prices")), (EARNINGS_CALLS, ("Calls", "call", "transcripts"))],
)
def test_items_and_what_vendors_give_have_the_workflows_words(workflow, words):
    """A call is no symbol, and its transcript no price."""
    many, one, given = words
    run = made_run({"AAPL": "ok", "NFLX": "bad"})
    run.engine = {"name": "moto", "version": "5", "source": "127.0.0.1", "prices": "simulated"}
    page = render_page(model_of(run), Surroundings(workflow=workflow))
    for part in (
        f'<h2 id="symbols-head">{many}</h2>',
        f'data-noun="{one}"',
        f"No {one} matches.",
        f"Run just the failed and deferred {one}s again",
        f"Simulated {given}",
    ):
        assert part in page, part


def test_an_item_whose_workflow_adds_no_rows_tells_none():
    """Its warnings are told all the same."""
    manifest = {"symbols": [{"symbol": "AAPL", "warnings": ["hard to hear"]}]}
    page = render_page(model_of(made_run({"AAPL": "ok"})), Surroundings(manifest=manifest, workflow=EARNINGS_CALLS))
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["wrote"] == {"AAPL": [None, None, None, None, None, ["hard to hear"]]}
