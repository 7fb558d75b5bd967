"""The splits and dividends that every adjusted series carries itself are sound, and its prices show them.

Where the recordings are not beside the checkout, the same is held to the series that are written here.
"""

from datetime import date

import pytest

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.checks import judge
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.prices.series import DAILY_ADJUSTED
from tests.conftest import SHARED
from tests.helpers.tables import LONG_AFTER
from tests.helpers.vendor_bodies import as_json, symbol_of, transformed_body
from tests.helpers.written_series import NAMES, written

FOLDER = SHARED / "alphavantage"
RECORDED = sorted(f"daily_adjusted/{path.name}" for path in FOLDER.glob("daily_adjusted/*"))
_NONE = pytest.param(
    "", marks=pytest.mark.skip("the recorded answers are not beside this checkout (../shared)"), id="recordings"
)
WRITTEN = [name for name in NAMES if name.startswith("daily_adjusted/")]


def table_of(name):
    text = written()[name] if name in WRITTEN else (FOLDER / name).read_bytes().decode()
    return transformed_body(as_json(name, text), symbol_of(name), DAILY_ADJUSTED, fetched_ms=LONG_AFTER).table


def carried(table):
    """The splits and dividends in a series."""
    for bar in table.itertuples():
        if bar.split_coefficient != 1:
            yield Action(SPLIT, bar.date.date(), bar.split_coefficient)
        if bar.dividend_amount:
            yield Action(DIVIDEND, bar.date.date(), bar.dividend_amount)


@pytest.mark.parametrize("name", [*WRITTEN, *(RECORDED or [_NONE])])
def test_what_the_vendor_really_sends_is_sound(name):
    """No check finds fault with it: 673 splits and dividends of 28 recordings."""
    table = table_of(name)
    assert len(table)
    actions = list(carried(table))
    judged = judge(actions, table, date(2026, 11, 27))
    assert (judged.sound, judged.remarks) == (actions, [])
