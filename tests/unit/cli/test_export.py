"""stockflow export: prices as a file for other programs."""

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from stockflow.cli import exporting
from tests.helpers.datasets import write_actions, write_bars

DAYS = ("2026-11-18", "2026-11-19", "2026-11-20")


@pytest.fixture
def out(tmp_path):
    """Two symbols of three days; one split in two on the last."""
    write_bars(tmp_path / "out", "MSFT", dict(zip(DAYS, (50.0, 51.0, 52.0), strict=True)))
    write_bars(tmp_path / "out", "AAPL", dict(zip(DAYS, (100.0, 101.0, 51.0), strict=True)))
    write_actions(tmp_path / "out", "AAPL", ("2026-11-20", "split", 2.0))
    return tmp_path / "out"


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "out")


def test_all_symbols_go_into_one_csv(stockflow, out, tmp_path):
    """Sorted by symbol and date, in the dataset's columns."""
    done = stockflow("export", "--output", "all.csv")

    assert (done.exit_code, done.stdout) == (0, "all.csv: 6 rows of 2 symbols.\n")
    table = pd.read_csv(tmp_path / "all.csv")
    assert list(table) == ["symbol", "date", "open", "high", "low", "close", "volume"]
    assert table[["symbol", "date", "close"]].iloc[[0, 5]].to_numpy().tolist() == [
        ["AAPL", DAYS[0], 100.0],
        ["MSFT", DAYS[2], 52.0],
    ]


def test_parquet_is_typed(stockflow, out, tmp_path):
    """Days as days, and only the columns, symbols and days that were asked for."""
    stockflow("export", "AAPL", "--output", "a.parquet", "--columns", "close, currency", "--start", DAYS[1])

    table = pq.read_table(tmp_path / "a.parquet")
    assert [f"{field.name} {field.type}" for field in table.schema] == [
        "symbol string", "date date32[day]", "close double", "currency string",
    ]  # fmt: skip
    assert table.column("close").to_pylist() == [101.0, 51.0]


def test_prices_can_be_adjusted(stockflow, out, tmp_path):
    """As on every other way out of the dataset."""
    stockflow("export", "AAPL", "--output", "a.csv", "--adjust", "splits")

    assert pd.read_csv(tmp_path / "a.csv")["close"].tolist() == [50.0, 50.5, 51.0]


def test_a_workbook_has_days_and_numbers(stockflow, out, tmp_path):
    """Which Excel computes with; and a sheet that says what they are."""
    stockflow("export", "AAPL", "--output", "a.xlsx", "--adjust", "splits", "--columns", "close,volume")

    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [[cell.value for cell in row] for row in book["prices"].iter_rows(max_row=2)] == [
        ["symbol", "date", "close", "volume"],
        ["AAPL", pd.Timestamp(2026, 11, 18), 50.0, 200],
    ]
    about = {name.value: text.value for name, text in book["about"].iter_rows()}
    assert {"dataset": "out", "series": "daily", "adjusted for": "splits"}.items() <= about.items()


def test_a_cell_without_a_value_is_empty(stockflow, out, tmp_path):
    """Not a number that is none."""
    write_bars(out, "ODD.XYZ", {DAYS[0]: 1.0})
    stockflow("export", "ODD.XYZ", "--output", "a.xlsx", "--columns", "currency")

    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["prices"]["C2"].value is None


def test_more_rows_than_a_sheet_takes_are_refused(stockflow, out, tmp_path, monkeypatch):
    """With what takes them; no file is left behind."""
    monkeypatch.setattr(exporting, "MOST_ROWS", 5)
    done = stockflow("export", "--output", "all.xlsx")

    assert (done.exit_code, "write .csv or .parquet" in done.stderr) == (2, True)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output", "a.txt"], "let its name end in .csv, .parquet or .xlsx"),
        (["--output", "nowhere/a.csv"], "There is no folder nowhere"),
        (["--output", "out/prices/daily/a.parquet"], "would lie inside the dataset out"),
        (["APL", "--output", "a.csv"], "did you mean AAPL?"),
        (["--output", "a.csv", "--start", "2026-11-20", "--end", "2026-11-18"], "end 2026-11-18 is before start"),
        (["--output", "a.csv", "--columns", "clse"], "no column"),
        (["--output", "a.csv", "--start", "2030-01-01"], "has no bar of those days"),
        (["MSFT", "--output", "a.csv", "--adjust", "all"], "stockflow actions MSFT --update"),
        (["--output", "a.csv", "--place", "elsewhere"], "There is no folder elsewhere"),
    ],
)
def test_what_can_not_be_exported_ends_with_2(stockflow, out, tmp_path, arguments, words):
    """One sentence, and no file."""
    done = stockflow("export", *arguments)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr
    assert files(tmp_path) == []


def test_a_file_that_can_not_be_written_is_named(stockflow, out, tmp_path):
    """With the system's own reason, and what was there stays."""
    (tmp_path / "a.csv").mkdir()
    (tmp_path / "a.csv" / "kept").touch()
    done = stockflow("export", "--output", "a.csv")

    assert done.exit_code == 2
    assert (tmp_path / "a.csv" / "kept").exists()


def test_an_export_that_fails_leaves_the_former_one(tmp_path):
    """The file is replaced at the end, in one step."""
    (tmp_path / "a.csv").write_text("before")

    def export():
        with exporting.replacing(tmp_path / "a.csv") as beside:
            beside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        export()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]
