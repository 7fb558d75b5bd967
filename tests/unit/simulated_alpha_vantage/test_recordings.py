"""The simulated vendor answering from recorded bodies."""

import csv
import json

import pytest

from stockflow.errors import Unusable
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.simulated_alpha_vantage.recordings import Recordings
from stockflow.simulated_alpha_vantage.terms import DAILY, DAILY_ADJUSTED, DIVIDENDS, SPLITS, WEEKLY
from stockflow_functions.domain.errors import NotPublishedYet, UnknownSymbol
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import new_session

RAW_HEAD = "timestamp,open,high,low,close,volume\r\n"
ADJUSTED_HEAD = "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n"


def raw_csv(*dates, close="4.0000"):
    return RAW_HEAD + "".join(f"{day},1.0000,5.0000,0.5000,{close},7\r\n" for day in dates)


def raw_json(day):
    row = {"1. open": "1", "2. high": "1", "3. low": "1", "4. close": "1", "5. volume": "1"}
    return json.dumps({"Meta Data": {"3. Last Refreshed": day}, "Time Series (Daily)": {day: row}}, indent=2)


@pytest.fixture
def folder(tmp_path):
    """Writes files into a folder of recordings and opens it."""

    def write(files, as_of=""):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return Recordings(tmp_path, as_of)

    return write


def rows_of(body):
    return json.loads(body)["Time Series (Daily)"]


def newest(body):
    return next(iter(rows_of(body)))


def test_json_comes_back_byte_for_byte(folder):
    """A recorded JSON body is not touched."""
    text = raw_json("2024-09-05")
    assert folder({"daily/IBM.compact.json": text}).body(DAILY, "IBM", full=False) == text.encode()


def test_csv_takes_the_json_shape(folder):
    """The texts of a CSV row stand in the JSON as they are, under the vendor's names, with Meta Data."""
    body = folder({"daily/IBM.full.csv": raw_csv("2024-09-05", "2024-09-04")}).body(DAILY, "ibm", full=True)
    assert json.loads(body) == {
        "Meta Data": {
            "1. Information": "Daily Prices (open, high, low, close) and Volumes",
            "2. Symbol": "ibm",
            "3. Last Refreshed": "2024-09-05",
            "4. Output Size": "Full size",
            "5. Time Zone": "US/Eastern",
        },
        "Time Series (Daily)": {
            day: {"1. open": "1.0000", "2. high": "5.0000", "3. low": "0.5000", "4. close": "4.0000", "5. volume": "7"}
            for day in ("2024-09-05", "2024-09-04")
        },
    }


def test_adjusted_csv_keeps_each_value_under_its_name(folder):
    """The columns are found by name, not by place."""
    line = "2024-09-05,1,5,0.5,4,3.99999999,7,0.1,7.00000700001\n"
    body = folder({"daily_adjusted/IBM.compact.csv": ADJUSTED_HEAD + line}).body(DAILY_ADJUSTED, "IBM", full=False)
    assert rows_of(body)["2024-09-05"] == {
        "1. open": "1",
        "2. high": "5",
        "3. low": "0.5",
        "4. close": "4",
        "5. adjusted close": "3.99999999",
        "6. volume": "7",
        "7. dividend amount": "0.1",
        "8. split coefficient": "7.00000700001",
    }


def test_the_newest_plain_file_wins(folder):
    """Of several recordings of a symbol and size, the one with the newest row, whatever its form."""
    files = {"daily/IBM.compact.json": raw_json("2024-09-05"), "daily/IBM.compact.csv": raw_csv("2026-05-15")}
    dated = {"daily/IBM.compact.asof-2026-06-01.csv": raw_csv("2026-06-01")}
    assert newest(folder(files | dated).body(DAILY, "IBM", full=False)) == "2026-05-15"


def test_json_wins_between_equals(folder):
    """Byte for byte is better than reshaped."""
    files = {"daily/IBM.compact.json": raw_json("2024-09-05"), "daily/IBM.compact.csv": raw_csv("2024-09-05")}
    assert folder(files).body(DAILY, "IBM", full=False) == files["daily/IBM.compact.json"].encode()


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2019-12-31", "2018-12-07"), ("2023-12-29", "2023-12-29"), ("2017-01-01", "2019-10-31")]
)
def test_an_earlier_state_can_be_chosen(folder, as_of, expected):
    """The newest file named asof a date not later than the one asked; without any, the plain one."""
    files = {"daily/IBM.full.csv": raw_csv("2019-10-31")}
    files |= {f"daily/IBM.full.asof-{day}.csv": raw_csv(day) for day in ("2018-12-07", "2023-12-29")}
    assert newest(folder(files, as_of).body(DAILY, "IBM", full=True)) == expected


@pytest.mark.parametrize("symbol", ["GPV.TRV", "M&M", "BRK-B"])
def test_symbols_may_hold_more_than_letters(folder, symbol):
    """Dots are part of a symbol; what a file name can't hold is percent-encoded."""
    recordings = folder({f"daily/{symbol.replace('&', '%26')}.compact.csv": raw_csv("2024-09-05")})
    assert json.loads(recordings.body(DAILY, symbol, full=False))["Meta Data"]["2. Symbol"] == symbol


def test_compact_is_cut_from_full_where_it_must(folder):
    """Where only the whole history was recorded, compact is its newest hundred rows; not the other way round."""
    days = [f"2024-{month:02}-{day:02}" for month in range(9, 0, -1) for day in range(28, 0, -1)]
    recordings = folder({"daily/IBM.full.csv": raw_csv(*days), "daily/NEW.compact.csv": raw_csv("2024-09-05")})
    assert list(rows_of(recordings.body(DAILY, "IBM", full=False))) == days[:100]
    assert recordings.body(DAILY, "NEW", full=True) is None


def test_splits_are_recorded_or_read_from_the_adjusted_series(folder):
    """A recorded answer to SPLITS as it is; else the coefficients of the recorded adjusted history; else nothing."""
    lines = (
        "2020-08-31,1,1,1,1,1,1,0.0000,4.0\n2020-08-28,1,1,1,1,1,1,0.0000,1.0\n2020-08-27,1,1,1,1,1,1,0.0000,1.0000\n"
    )
    recordings = folder(
        {
            "other/splits_IBM.json": '{"symbol": "IBM", "data": []}',
            "daily_adjusted/AAPL.full.csv": ADJUSTED_HEAD + lines,
        }
    )
    assert recordings.body(SPLITS, "IBM", full=False) == b'{"symbol": "IBM", "data": []}'
    assert json.loads(recordings.body(SPLITS, "AAPL", full=False))["data"] == [
        {"effective_date": "2020-08-31", "split_factor": "4.0000"}
    ]
    assert recordings.body(SPLITS, "MSFT", full=False) is None


def test_dividends_are_recorded_or_read_from_the_adjusted_series(folder):
    """A recorded answer to DIVIDENDS as it is; else the amounts of the recorded adjusted history, as paid."""
    lines = "2020-08-07,1,1,1,1,1,1,0.8200,1.0\n2020-08-06,1,1,1,1,1,1,0.0000,1.0\n"
    recordings = folder(
        {
            "other/dividends_IBM.json": '{"symbol": "IBM", "data": []}',
            "daily_adjusted/AAPL.full.csv": ADJUSTED_HEAD + lines,
        }
    )
    assert recordings.body(DIVIDENDS, "ibm", full=False) == b'{"symbol": "IBM", "data": []}'
    unknown = {"declaration_date": "None", "record_date": "None", "payment_date": "None"}
    assert json.loads(recordings.body(DIVIDENDS, "AAPL", full=False))["data"] == [
        {"ex_dividend_date": "2020-08-07", **unknown, "amount": "0.8200"}
    ]
    assert recordings.body(DIVIDENDS, "MSFT", full=False) is None


def test_a_folder_that_is_none_is_told(tmp_path):
    """A wrong path, and a folder without recordings, each in one sentence."""
    with pytest.raises(Unusable, match="There is no folder of recordings"):
        Recordings(tmp_path / "missing")
    with pytest.raises(Unusable, match="holds no recordings: put files like daily"):
        Recordings(tmp_path)


def test_unrecorded_symbols_are_an_invalid_call(folder, tmp_path):
    """Nothing is invented beside recordings."""
    folder({"daily/IBM.compact.csv": raw_csv("2024-09-05")})
    with SimulatedVendor(recordings=tmp_path) as vendor:
        client = AlphaVantage(new_session(vendor.url), vendor.url, "KEY12345", Redactor())
        assert client.bars("IBM").last_refreshed == "2024-09-05"
        with pytest.raises(UnknownSymbol):
            client.bars("MSFT")


def write_series(folder, series, head, values):
    """Ten files as the vendor would send them, of five symbols: one newer, and one as of an earlier date."""
    (folder / series).mkdir()
    for number, symbol in enumerate(("ACME", "BRK-B", "DALE.LON", "NA", "X")):
        size = ("compact", "full")[number % 2]
        for name, days in {"": ("2024-09-05", "2024-09-04"), ".asof-2023-12-29": ("2023-12-29",)}.items():
            lines = "".join(f"{day},{values}\n" for day in days)
            (folder / series / f"{symbol}.{size}{name}.csv").write_text(head + lines, encoding="utf-8")
    return folder


@pytest.fixture(params=["recorded", "written here"])
def recordings(request, tmp_path, series):
    if request.param == "recorded":
        return request.getfixturevalue("shared") / "alphavantage"
    if series == "daily":
        return write_series(tmp_path, series, RAW_HEAD.replace("\r", ""), "7.2500,8.0000,7.0000,7.5000,1234567")
    adjusted = "168.18,239.9,122.8,236.13099999999997,118.06549999999998,7,0.0000,7.00000700001"
    return write_series(tmp_path, series, ADJUSTED_HEAD, adjusted)


def test_weeks_come_whole_whatever_size_is_asked_for(folder):
    """There is one size of them, in the JSON shape that says none."""
    days = [f"{1900 + number}-01-05" for number in range(120)]
    body = folder({"weekly/IBM.full.csv": raw_csv(*reversed(days))}).body(WEEKLY, "IBM", full=False)

    assert list(json.loads(body)["Weekly Time Series"]) == days[::-1]
    assert "4. Output Size" not in json.loads(body)["Meta Data"]


@pytest.mark.parametrize(("series", "function"), [("daily", DAILY), ("daily_adjusted", DAILY_ADJUSTED)])
def test_every_csv_comes_back_text_by_text(recordings, series, function):
    """Each value of each CSV series stands in the answer as it was recorded."""
    checked = 0
    for path in sorted((recordings / series).glob("*.csv")):
        symbol, size = path.name.split(".asof-")[0].removesuffix(".csv").rsplit(".", 1)
        as_of = path.name.partition(".asof-")[2].removesuffix(".csv")
        body = Recordings(recordings, as_of).body(function, symbol, full=size == "full")
        with path.open(newline="", encoding="utf-8") as file:
            recorded = {line[0]: line[1:] for line in csv.reader(file) if line}
        del recorded["timestamp"]
        answered = {day: list(row.values()) for day, row in rows_of(body).items()}
        if next(iter(answered)) == next(iter(recorded)):  # else a newer file of the same symbol answers
            assert answered == recorded
            checked += 1
    assert checked >= 10


def test_transcripts_come_back_byte_for_byte(folder):
    """By symbol and quarter, which are in the file's name; a folder may hold nothing else."""
    text = '{"symbol": "TSCO.LON", "quarter": "2024Q1", "transcript": [{}]}'
    recordings = folder({"transcripts/TSCO.LON.2024Q1.json": text})

    assert recordings.transcript("tsco.lon", "2024Q1") == text.encode()
    assert recordings.transcript("TSCO.LON", "2024Q2") is None


def test_call_that_was_not_recorded_is_one_that_the_vendor_has_not(folder, tmp_path):
    """That a transcript is missing says nothing against the symbol."""
    folder({"daily/IBM.compact.json": raw_json("2024-09-05")})
    with SimulatedVendor(recordings=tmp_path) as vendor:
        client = AlphaVantage(new_session(vendor.url), vendor.url, "k", Redactor())
        with pytest.raises(NotPublishedYet):
            client.transcript("IBM", "2024Q1")
