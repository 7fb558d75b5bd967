"""The cost formula against the stack that it prices."""

import re
from pathlib import Path

import pytest

from bench import designs, durable_functions
from stockflow_functions.daily_prices import cost as of_prices
from stockflow_functions.earnings_calls import cost as of_calls
from tests.helpers.stack import WORKFLOWS, function_properties

MEMORY_MB = {**of_prices.MEMORY_MB, **of_calls.MEMORY_MB}


@pytest.mark.parametrize("function", [one.name for workflow in WORKFLOWS for one in workflow.functions])
def test_a_function_is_priced_with_the_memory_it_has(function):
    """A gigabyte-second is memory times time: more memory in the template is more dollars in the estimate."""
    assert function_properties(function)["MemorySize"] == MEMORY_MB[function]


def test_the_price_of_durable_functions_is_the_one_that_is_printed(capsys):
    """The decision's table has the bench's dollars, line by line."""
    durable_functions.main()
    printed = re.findall(r"\d\.\d{4}", capsys.readouterr().out)

    (decision,) = (Path(__file__).resolve().parents[2] / "docs" / "adr").glob("0057-*.md")
    table = decision.read_text().partition("| | Step Functions")[2].partition("\n\n")[0]
    assert re.findall(r"\d\.\d{4}", table) == printed


def test_the_prices_of_other_designs_are_the_ones_that_are_printed():
    """The decision on shards has the bench's dollars, line by line."""
    (decision,) = (Path(__file__).resolve().parents[2] / "docs" / "adr").glob("0071-*.md")
    table = decision.read_text().partition("| design | dollars")[2].partition("\n\n")[0]
    assert re.findall(r"\d\.\d{4}", table) == [f"{price:.4f}" for price in designs.designs().values()]
