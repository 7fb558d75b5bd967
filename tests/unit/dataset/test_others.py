"""The other tables of a dataset: calls, listings, findings, the catalog, and a day of all symbols."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from stockflow.dataset import Dataset
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import encode_rows
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.table import Catalog
from stockflow_functions.domain.catalog.table import encode as encode_catalog
from stockflow_functions.domain.findings.table import FindingRow, no_findings, with_run
from stockflow_functions.domain.findings.table import encode as encode_findings
from stockflow_functions.domain.listings.table import encode as encode_listings
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.call_rows import call_row
from tests.helpers.datasets import bars_of, refused, write, write_bars
from tests.helpers.written_listings import listing, listings


@pytest.fixture
def folder(tmp_path):
    """With bars of one symbol."""
    write_bars(tmp_path, "AAPL", {"2026-11-20": 1.0})
    return tmp_path


@pytest.fixture
def dataset(folder):
    return Dataset(folder)


def test_calls_are_a_row_each(folder, dataset):
    """Of all symbols or of those that are named, as far as they have some."""
    for symbol, day in (("ACME", "2026-10-29"), ("OTHER", "2026-10-30")):
        write(folder, keys.tone(symbol), encode_rows([call_row(day, symbol=symbol)]))

    assert dataset.calls()["symbol"].tolist() == ["ACME", "OTHER"]
    found = dataset.calls("OTHER, AAPL")
    assert found["call_date"].dt.date.tolist() == [date(2026, 10, 30)]
    assert found["previous_call_date"].isna().all()


def test_calls_under_another_name_than_their_symbols_are_passed_over(folder, dataset):
    """A file that a person copied there does not hide the symbol's own."""
    for key in (keys.tone("CON"), "tone/CON.parquet"):
        write(folder, key, encode_rows([call_row("2026-10-29", symbol="CON")]))

    assert dataset.calls()["symbol"].tolist() == ["CON"]


def test_no_call_is_said(dataset):
    """Of anybody, or of those that are named."""
    assert "has no earnings calls: `stockflow call` judges one" in refused(dataset.calls)
    assert "has no earnings calls of AAPL:" in refused(lambda: dataset.calls("AAPL"))


def test_rows_of_another_symbol_are_no_calls(folder, dataset):
    """As for prices."""
    write(folder, keys.tone("ACME"), encode_rows([call_row(symbol="OTHER")]))

    assert "tone/ACME.parquet in" in refused(dataset.calls)


def test_listings_of_a_day_are_those_that_it_is_in(folder, dataset):
    """Without a day all that are kept."""
    kept = listings(listing("AAPL"), listing("GONE", ends="2024-03-01"), listing("NEW", begins="2026-11-02"))
    write(folder, keys.LISTINGS, encode_listings(kept))

    assert dataset.listings()["symbol"].tolist() == ["AAPL", "GONE", "NEW"]
    assert dataset.listings("2024-03-01")["symbol"].tolist() == ["AAPL", "GONE"]
    assert dataset.listings(date(2026, 11, 2))["symbol"].tolist() == ["AAPL", "NEW"]
    assert str(dataset.listings()["delisting_date"].dtype) == "datetime64[s]"


def test_no_listings_are_said(dataset):
    """With the command that asks for them."""
    assert f"`stockflow listings --update --output-dir {dataset.place.name}` asks the vendor." in refused(
        dataset.listings
    )


def test_findings_of_all_series_are_one_table(folder, dataset):
    """The oldest first; of the symbols that are named."""
    for series, day, symbol in (("daily", 20, "AAPL"), ("weekly", 19, "MSFT")):
        row = FindingRow("run", datetime(2026, 11, day, tzinfo=UTC), series, symbol, "stale", 1)
        write(folder, keys.findings(series), encode_findings(with_run(no_findings(), "run", [row])))

    assert dataset.findings()["symbol"].tolist() == ["MSFT", "AAPL"]
    assert dataset.findings("aapl")["rule"].tolist() == ["stale"]


def test_a_dataset_in_which_nothing_was_found_has_no_findings(dataset):
    """That is an empty table, with its columns."""
    assert (len(dataset.findings()), "rule" in dataset.findings()) == (0, True)


def test_the_catalog_is_what_the_last_run_wrote(folder, dataset):
    """A row a symbol and series."""
    assert "has no catalog.parquet: the next `stockflow run` makes it." in refused(dataset.catalog)
    entry = Entry("AAPL", "daily", last_date=date(2026, 11, 20), rows=1)
    write(folder, keys.CATALOG, encode_catalog(Catalog({entry.key: entry})))

    row = dataset.catalog().iloc[0]
    assert (row["symbol"], row["rows"], row["last_date"].date()) == ("AAPL", 1, date(2026, 11, 20))


def test_a_day_of_all_symbols_is_read_from_the_table_of_its_year(folder, dataset):
    """By default the newest one."""
    assert "has no table of all symbols' daily prices" in refused(dataset.day)
    days = [bars_of("AAPL", {"2026-11-19": 1.0}), *(bars_of(each, {"2026-11-20": 2.0}) for each in ("AAPL", "MSFT"))]
    write(folder, keys.table("daily", 2026), encode(pd.concat(days), DAILY))

    assert dataset.day()["symbol"].tolist() == ["AAPL", "MSFT"]
    assert dataset.day("2026-11-19")["close"].tolist() == [1.0]


def test_a_dataset_says_where_it_is(folder, dataset):
    """As a program's reader sees it."""
    assert repr(dataset) == f"Dataset({str(folder)!r})"
