"""The views that adjust, in DuckDB, against the same in Python."""

import re
from datetime import UTC, date, datetime

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stockflow.dataset.adjusting import adjusted
from stockflow.dataset.views import VIEWS
from stockflow_functions.domain.actions.table import ACTIONS
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import DAILY
from tests.conftest import REPOSITORY
from tests.helpers.adjusting import NO_ACTIONS, actions, at_random, bars

HOW = {"adjusted_splits": "splits", "adjusted_all": "all"}
KNOWN = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = {"2026-11-02": 100.0, "2026-11-03": 50.0, "2026-11-04": 48.0}


@pytest.fixture
def ask():
    """What a view gives over bars, actions and a catalog of ``{symbol: (splits, dividends)}``, sorted."""
    connection = duckdb.connect()

    def asked(view, table, known, catalog):
        told = pd.DataFrame([(symbol, "daily", *counts) for symbol, counts in catalog.items()])
        told = told.set_axis(["symbol", "series", "splits", "dividends"], axis=1).convert_dtypes()
        ended = pd.Series(pd.NaT, known.index, "datetime64[s, UTC]")
        known = known if "known_until" in known else known.assign(known_until=ended)
        for name, frame in (("daily", table), ("actions", known), ("catalog", told)):
            connection.register("given", frame)
            chosen = "*" if name == "catalog" else "* REPLACE (CAST(date AS date) AS date)"
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {chosen} FROM given")
        return connection.execute(f"{VIEWS[view]} ORDER BY symbol, date").df()

    return asked


@pytest.mark.parametrize("view", HOW)
@pytest.mark.parametrize("seed", range(3))
def test_a_view_gives_what_python_gives(view, seed, ask):
    """Prices to a billionth and volumes to a share, over gaps and actions of any kind, in any order."""
    table, known = at_random(seed)
    catalog = dict.fromkeys(table["symbol"].unique(), (1, 1))

    found, expected = ask(view, table, known, catalog), adjusted(table, known, HOW[view])

    pd.testing.assert_frame_equal(
        found.drop(columns="volume"), expected.drop(columns="volume"), check_dtype=False, rtol=1e-9
    )
    assert (found["volume"] - expected["volume"]).abs().max() <= 1


@pytest.mark.parametrize(
    ("view", "counts", "close"),
    [
        ("adjusted_splits", (0, None), 100.0),
        ("adjusted_splits", (None, 0), None),
        ("adjusted_all", (0, 0), 100.0),
        ("adjusted_all", (0, None), None),
        ("adjusted_all", (None, 0), None),
    ],
)
def test_a_symbol_that_was_never_asked_about_has_empty_prices(view, counts, close, ask):
    """That there is no action of it says nothing; each view needs the kinds that it adjusts for."""
    found = ask(view, bars(DAYS), NO_ACTIONS, {"ACME": counts})

    assert (len(found), found["close"].astype(object).where(found["close"].notna(), None)[0]) == (3, close)


def test_a_symbol_that_the_catalog_lacks_has_empty_prices(ask):
    """Its rows are there all the same."""
    found = ask("adjusted_all", bars(DAYS), NO_ACTIONS, {"OTHER": (0, 0)})

    assert found["close"].isna().tolist() == [True] * 3


def test_what_the_vendor_no_longer_says_changes_nothing(ask):
    """A row of actions that has an end is history."""
    known = actions(("2026-11-03", "split", 2)).assign(known_until=pd.Timestamp(KNOWN))

    assert ask("adjusted_splits", bars(DAYS), known, {"ACME": (0, 0)})["close"].tolist() == list(DAYS.values())


def test_the_page_makes_the_views_over_a_folder(tmp_path, monkeypatch):
    """As docs/query.md has it, and its example gives the return with dividends in it."""
    section = (REPOSITORY / "docs" / "query.md").read_text().split("## Adjusted prices")[1].split("\n## ")[0]
    (code,), (query,) = (re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL) for kind in ("python", "sql"))
    action = {"symbol": "ACME", "date": date(2026, 11, 4), "kind": "dividend", "value": 2.0, "known_from": KNOWN}
    catalog = pa.table({"symbol": ["ACME"], "series": ["daily"], "splits": [0], "dividends": [1]})
    for name, table in {
        "prices/daily/ACME": pa.Table.from_pandas(bars(DAYS), schema(DAILY)),
        "actions/ACME": pa.Table.from_pylist([action], ACTIONS),
        "catalog": catalog,
    }.items():
        file = tmp_path / "out" / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(duckdb, "sql", duckdb.connect().sql)

    exec(code, {})

    (row,) = duckdb.sql(query).fetchall()
    assert row == ("ACME", date(2026, 11, 2), date(2026, 11, 4), -50.0)
