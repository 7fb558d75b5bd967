"""Splits and dividends on a laptop, as a person has them asked for."""

import pandas as pd
from click.testing import CliRunner

from stockflow.cli.main import main
from tests.helpers.datasets import write_bars

UNSET = dict.fromkeys(("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL", "STOCK_SYMBOLS", "MOCK_MODE"))


def test_who_is_named_is_asked_for_as_far_as_the_day_goes(tmp_path):
    """Two requests a symbol: of three a day, one symbol is asked for, the other waits; both are told and catalogued."""
    environment = {**UNSET, "REQUESTS_PER_MINUTE": "1200", "REQUESTS_PER_DAY": "3", "COLUMNS": "200", "NO_COLOR": "1"}
    for symbol in ("NVDA", "IBM"):
        write_bars(tmp_path / "out", symbol, {"2026-11-20": 100.0})
    arguments = ["actions", "NVDA", "IBM", "--update", "--output-dir", str(tmp_path / "out")]

    done = CliRunner().invoke(main, arguments, env=environment)

    lines = done.stdout.splitlines()
    assert (done.exit_code, lines[0][:49]) == (0, "1 symbol asked for in 2 requests: 2 splits and 10")
    assert lines[0].endswith("1 symbol waits: the day's requests leave no more.")
    assert [line.split()[1:4] for line in lines if "split  " in line] == [
        ["2024-06-10", "split", "10"],
        ["2021-07-20", "split", "4"],
    ]
    assert lines[-1] == "IBM: its splits and dividends are not known: stockflow actions IBM --update asks."
    assert "SIMULATED PRICES" in done.stderr
    catalog = pd.read_parquet(tmp_path / "out" / "catalog.parquet")
    assert dict(zip(catalog["symbol"], catalog["splits"].fillna(-1), strict=True)) == {"IBM": -1, "NVDA": 2}
