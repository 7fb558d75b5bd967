"""Dataset.prices: bars of many symbols as one table."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stockflow.dataset import Dataset
from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.runtime.services import Services
from tests.helpers.datasets import bars_of, refused, write, write_bars

DAYS = ("2026-11-18", "2026-11-19", "2026-11-20")


@pytest.fixture
def folder(tmp_path):
    """Two symbols of three days."""
    write_bars(tmp_path, "MSFT", dict(zip(DAYS, (50.0, 51.0, 52.0), strict=True)))
    write_bars(tmp_path, "AAPL", dict(zip(DAYS, (100.0, 50.5, 51.0), strict=True)))
    return tmp_path


@pytest.fixture
def dataset(folder):
    return Dataset(folder)


def rows(table):
    return [
        (symbol, f"{day:%Y-%m-%d}", close)
        for symbol, day, close in zip(table["symbol"], table["date"], table["close"], strict=True)
    ]


def test_all_symbols_are_one_table_by_symbol_and_date(dataset):
    """In the columns of the series, with an index that counts."""
    table = dataset.prices()

    assert [row[:2] for row in rows(table)] == [(symbol, day) for symbol in ("AAPL", "MSFT") for day in DAYS]
    assert tuple(table) == DAILY.columns
    assert table.index.tolist() == list(range(6))


def test_types_are_those_of_the_series(dataset):
    """Text, days, numbers, and whole numbers for the volume."""
    assert [str(kind) for kind in dataset.prices().dtypes] == [
        "str", "datetime64[s]", "float64", "float64", "float64", "float64", "int64",
    ]  # fmt: skip


def test_arrow_has_the_schema_that_describes_itself(dataset):
    """With the descriptions of the columns, as far as the series has them."""
    table = dataset.prices(arrow=True)

    assert isinstance(table, pa.Table)
    assert table.schema.equals(schema(DAILY), check_metadata=True)


@pytest.mark.parametrize("symbols", ["msft", ["MSFT"], ("MSFT", "msft"), " 'MSFT' "])
def test_symbols_are_taken_as_people_write_them(dataset, symbols):
    """In any case, once each, as a text or a list."""
    assert rows(dataset.prices(symbols)) == [("MSFT", DAYS[0], 50.0), ("MSFT", DAYS[1], 51.0), ("MSFT", DAYS[2], 52.0)]


def test_several_symbols_in_a_text(dataset):
    """Commas or blanks are between them."""
    assert len(dataset.prices("MSFT, AAPL")) == 6


@pytest.mark.parametrize("day", ["2026-11-19", date(2026, 11, 19), "2026-11-19T12:00:00"])
def test_both_ends_are_included(dataset, day):
    """Texts, dates and datetimes are days alike."""
    assert {row[1] for row in rows(dataset.prices(start=day, end=day))} == {"2026-11-19"}


def test_days_without_a_bar_are_an_empty_table(dataset):
    """With its columns and their types."""
    table = dataset.prices(start="2027-01-01")

    assert (len(table), str(table["close"].dtype)) == (0, "float64")


def test_columns_come_in_the_order_asked_for_behind_the_keys(dataset):
    """Symbol and date are always there, and once."""
    assert list(dataset.prices(columns=["volume", "close", "date"])) == ["symbol", "date", "volume", "close"]


def test_only_the_columns_asked_for_are_read(folder):
    """A damaged page of another column is not looked at."""
    file = folder / keys.prices("daily", "AAPL")
    column = pq.ParquetFile(file).metadata.row_group(0).column(2)
    body = bytearray(file.read_bytes())
    body[column.data_page_offset + column.total_compressed_size // 2] ^= 0xFF
    file.write_bytes(body)
    found = Dataset(folder)

    assert column.path_in_schema == "open"
    assert found.prices("AAPL", columns="close")["close"].tolist() == [100.0, 50.5, 51.0]
    assert "can't be read as a table" in refused(lambda: found.prices("AAPL"))


def test_currency_and_unit_come_on_request(folder):
    """Of London in pence; of an exchange that is not known, empty."""
    for symbol in ("TSCO.LON", "X.ZZZ"):
        write_bars(folder, symbol, {DAYS[0]: 1.0})
    table = Dataset(folder).prices(["AAPL", "TSCO.LON", "X.ZZZ"], end=DAYS[0], columns=["currency", "price_scale"])

    assert table["currency"].tolist()[:2] == ["USD", "GBP"]
    assert table["price_scale"].tolist()[:2] == [1.0, 0.01]
    assert table.iloc[2][["currency", "price_scale"]].isna().all()


def test_s3_gives_what_a_folder_gives(folder, dataset, monkeypatch):
    """Below a prefix, with the same rows."""
    s3 = FakeS3()
    for file in folder.rglob("*.parquet"):
        s3.place(f"a/b/{file.relative_to(folder).as_posix()}", file.read_bytes())
    monkeypatch.setattr(Services, "client", lambda self, name: s3)

    assert rows(Dataset("s3://data/a/b").prices()) == rows(dataset.prices())


def test_nothing_is_read_before_it_is_asked_for(monkeypatch):
    """A dataset in S3 is named without a request, and then one object is got for one symbol."""
    s3 = FakeS3()
    s3.place(keys.prices("daily", "AAPL"), encode(bars_of("AAPL", {DAYS[0]: 1.0}), DAILY))
    s3.place(keys.prices("daily", "MSFT"), encode(bars_of("MSFT", {DAYS[0]: 1.0}), DAILY))
    monkeypatch.setattr(Services, "client", lambda self, name: s3)
    found = Dataset("s3://data")

    assert s3.bytes_out == 0
    found.prices("AAPL")
    assert s3.bytes_out == len(s3.objects[keys.prices("daily", "AAPL")])


@pytest.mark.parametrize("symbol", [".DJI", "CON", "A."])
def test_a_symbol_under_its_former_key_is_found(folder, symbol):
    """By name, and among all."""
    former = keys.former(keys.prices("daily", symbol))
    write(folder, former, encode(bars_of(symbol, {DAYS[0]: 7.0}), DAILY))
    found = Dataset(folder)

    assert rows(found.prices(symbol)) == [(symbol, DAYS[0], 7.0)]
    assert (symbol, DAYS[0], 7.0) in rows(found.prices())


def test_what_is_no_table_among_them_is_passed_over(folder, dataset):
    """Half-written files of a killed run, and what lies deeper."""
    for name in (".AAPL.parquet.x.tmp", "_SUCCESS", "readme.txt", "old/IBM.parquet", ".hidden.parquet"):
        write(folder, f"prices/daily/{name}", b"x")

    assert len(dataset.prices()) == 6


def test_rows_out_of_order_are_sorted(folder, dataset):
    """As other programs may have written them."""
    write(folder, keys.prices("daily", "AAPL"), encode(bars_of("AAPL", {DAYS[1]: 2.0, DAYS[0]: 1.0}), DAILY))

    assert rows(dataset.prices("AAPL")) == [("AAPL", DAYS[0], 1.0), ("AAPL", DAYS[1], 2.0)]
