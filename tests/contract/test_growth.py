"""docs/growth.md against the formulas and bounds that it tells of."""

import math
import re

import pytest

from stockflow_functions.aws.state_table.history import EVENTS_OF_A_RUN, EVENTS_OF_A_SYMBOL
from stockflow_functions.daily_prices.cost import SECONDS, RunWork, run_cost
from stockflow_functions.daily_prices.plan.shards import MOST_AT_ONCE, usual_shards
from stockflow_functions.daily_prices.plan.symbols import MOST_SYMBOLS
from stockflow_functions.domain.budget.arithmetic import LANES_LAST_MS, MOST_LANES, lanes
from stockflow_functions.runtime.settings import Settings
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "growth.md").read_text(encoding="utf-8")
RUNS_A_MONTH = 21
TRANSITIONS_A_SECOND = {"most Regions": 800, "the three large Regions": 5_000}
"""docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
CALLS_AT_ONCE = 1_000
"""docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
SECONDS_A_SYMBOL = sum(SECONDS[state] for state in ("Fetch", "Transform", "Save"))


def rows(name):
    """The table between that marker and its end, cell by cell."""
    lines = PAGE.partition(f"<!-- {name} -->\n")[2].partition("<!-- end of")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def row_of(symbols):
    """What the formulas say of so many symbols."""
    shards = usual_shards(symbols)
    cost = run_cost(RunWork(saved=symbols), shards=shards)
    in_one = math.ceil(symbols / shards) if shards else symbols
    return [
        f"{symbols:,}",
        f"{shards:,}" if shards else "none",
        *(f"{(symbols - 1) * math.ceil(60_000 / pace) / 60_000:,.1f}" for pace in (75, 1_200)),
        f"{math.ceil(symbols / 25):,}",
        f"{cost['state_transitions']:,.0f}",
        f"{cost['s3_puts'] - 1:,.0f}",  # the notification marker is written twice
        f"{EVENTS_OF_A_RUN + EVENTS_OF_A_SYMBOL * in_one:,}",
        f"{cost['dollars']:.3f}",
        f"{cost['dollars'] * RUNS_A_MONTH:,.2f}",
    ]


@pytest.mark.parametrize("row", rows("growth"), ids=lambda row: row[0])
def test_the_row_of_a_size_is_the_formulas(row):
    """Each figure, to the digits that are shown."""
    assert row == row_of(int(row[0].replace(",", "")))


def test_the_sizes_go_from_ten_to_the_most_that_a_run_takes():
    """With the size before the first shard among them."""
    sizes = [int(row[0].replace(",", "")) for row in rows("growth")]
    assert (sizes[0], sizes[-1]) == (10, MOST_SYMBOLS)
    assert Settings.most_symbols_inline in sizes


@pytest.mark.parametrize("n", [10, 1_000, 12_000])
def test_the_formulas_in_words_are_the_codes(n):
    """Transitions and objects, of a run in shards too."""
    shards = usual_shards(n)
    cost = run_cost(RunWork(saved=n), shards=shards)
    told = dict(re.findall(r"^\| (state transitions|objects written to S3) \| `([^`]+)`", PAGE, re.MULTILINE))
    values = {"n": n, "s": shards}
    assert eval(told["state transitions"], {}, values) == cost["state_transitions"]
    assert eval(told["objects written to S3"], {}, values) + (2 * shards + 1) * bool(shards) == cost["s3_puts"] - 1


def test_lanes_are_the_arithmetics():
    """The bound of symbols under way in one Map."""
    assert f"min({MOST_LANES}, max(2, ceil({LANES_LAST_MS} / interval)))" in PAGE
    assert lanes(1) == MOST_LANES


def test_what_breaks_first_is_worked_out():
    """The paces at which a bound of AWS's or our own is met, from what a symbol takes."""
    transitions = 4 + 7 / Settings.symbols_per_shard
    expected = [
        math.floor(TRANSITIONS_A_SECOND["most Regions"] / transitions),
        math.floor(MOST_AT_ONCE * MOST_LANES / SECONDS_A_SYMBOL),
        math.floor(CALLS_AT_ONCE / SECONDS_A_SYMBOL),
        math.floor(TRANSITIONS_A_SECOND["the three large Regions"] / transitions),
    ]
    table = PAGE.partition("## A thousand requests a second")[2]
    paces = [int(pace.replace(",", "")) for pace in re.findall(r"^\| ([\d,]+) \|", table, re.MULTILINE)]
    assert paces == sorted(paces)
    assert set(expected) <= set(paces)
