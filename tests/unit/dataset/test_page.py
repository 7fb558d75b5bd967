"""The examples of docs/dataset.md, run one after another over a small dataset."""

import re
from contextlib import redirect_stdout
from datetime import date
from io import StringIO

import pandas as pd
import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.table import Catalog
from stockflow_functions.domain.catalog.table import encode as encode_catalog
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.changes import noted
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.undo_log import Changes
from tests.helpers.datasets import bars_of, write, write_actions
from tests.helpers.stack import ROOT

PAGE = (ROOT / "docs" / "dataset.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
AAPL = {"2026-11-19": 100.0, "2026-11-20": 104.0, "2026-11-23": 52.0}
MSFT = {"2026-11-19": 10.0, "2026-11-20": 11.0, "2026-11-23": 11.0}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the examples leave under their names."""
    folder = tmp_path_factory.mktemp("page")
    for symbol, closes in (("AAPL", AAPL), ("MSFT", MSFT)):
        log, before = Changes(None), empty_table(DAILY)
        for count, at in ((2, "2026-11-20T22:00:00Z"), (3, "2026-11-23T22:00:00Z")):
            after = bars_of(symbol, dict(list(closes.items())[:count]))
            log, before = noted(log, before, after, from_iso(at) // 1000), after
        write(folder / "out", keys.prices("daily", symbol), encode(before, DAILY, log))
    write_actions(folder / "out", "AAPL", ("2026-11-23", "split", 2.0))
    entry = Entry("AAPL", "daily", last_date=date(2026, 11, 23), rows=3)
    write(folder / "out", keys.CATALOG, encode_catalog(Catalog({entry.key: entry})))
    newest = pd.concat([bars_of("AAPL", AAPL)[-1:], bars_of("MSFT", MSFT)[-1:]])
    write(folder / "out", keys.table("daily", 2026), encode(newest, DAILY))
    names, output = {}, StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output):
        patch.chdir(folder)
        for example in EXAMPLES:
            exec(example, names)
    return names | {"printed": output.getvalue()}


def test_the_page_has_examples():
    """As many as are looked at below."""
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prices", 6),
        ("returns", 2),
        ("split_adjusted", 3),
        ("known_then", 4),
        ("quoted", 6),
        ("newest", 2),
        ("splits", 1),
    ],
)
def test_an_example_has_its_rows(told, name, expected):
    """Each runs as it stands."""
    assert len(told[name]) == expected


def test_the_examples_say_what_the_page_says(told):
    """Adjusted prices, moments, units and the catalog."""
    assert told["split_adjusted"]["close"].tolist() == [50.0, 52.0, 52.0]
    assert told["total_return"].tolist() == [50.0, 52.0, 52.0]
    assert told["known_then"]["date"].max() == pd.Timestamp("2026-11-20")
    assert told["quoted"]["in_currency"].tolist() == told["quoted"]["close"].tolist()
    assert (told["unit"], told["held"]) == (b"shares", ["AAPL"])


def test_the_error_is_the_pages(told):
    """Word for word."""
    assert f"```\n{told['printed']}```" in PAGE
    assert told["printed"].startswith("out has no daily prices of APPL")
