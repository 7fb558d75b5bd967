"""The examples of the README on computing with prices."""

import re
import shlex

import pandas as pd
import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.changes import noted
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.datasets import bars_of, write, write_actions
from tests.helpers.stack import ROOT

DAYS = ("2026-09-30", "2026-10-01", "2026-10-02")


@pytest.fixture
def out(tmp_path):
    """Two symbols since before the examples' days, whose actions are known."""
    for symbol in ("AAPL", "IBM"):
        bars = bars_of(symbol, dict(zip(DAYS, (100.0, 101.0, 51.0), strict=True)))
        saved = noted(None, empty_table(DAILY), bars, from_iso("2026-10-02T22:00:00Z") // 1000)
        write(tmp_path / "out", keys.prices("daily", symbol), encode(bars, DAILY, saved))
        write_actions(tmp_path / "out", symbol, ("2026-10-02", "split", 2.0))
    return tmp_path / "out"


def examples(page, kind):
    """The lines of the section's examples of that kind."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (section,) = (part for part in text.split("\n## ") if "from stockflow.dataset import" in part)
    (found,) = re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL)
    return found


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_commands_run(stockflow, out, page):
    """Each but that which asks the vendor."""
    commands = [shlex.split(line)[1:] for line in examples(page, "sh").splitlines() if "--update" not in line]

    assert [(command[0], stockflow(*command).exit_code) for command in commands] == [
        ("prices", 0),
        ("export", 0),
        ("sql", 0),
    ]
    assert (out.parent / "prices.xlsx").is_file()


def test_the_program_runs(out, monkeypatch):
    """And gives adjusted prices, and those of a day."""
    monkeypatch.chdir(out.parent)
    names = {}
    exec(examples("README.md", "python"), names)  # the page is ours

    assert names["prices"]["close"].tolist() == [50.5, 51.0] * 2
    assert names["known_then"]["date"].tolist() == [pd.Timestamp(day) for day in DAYS]
