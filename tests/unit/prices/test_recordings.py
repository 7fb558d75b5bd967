"""Every recorded series goes through: what is kept, what is odd, and what was restated between two recordings."""

import csv
import io
import json
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.odd import review
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.saving import Place, join
from stockflow_functions.domain.prices.splits import explains, jumps
from tests.conftest import SHARED
from tests.unit.prices.tables import LONG_AFTER, daily, days
from tests.vendor_bodies import COLUMNS, bar, body, recorded, transformed_body, weekdays

FOLDER = SHARED / "alphavantage"
RECORDINGS = sorted(path for name in ("daily", "daily_adjusted", "daily_reshaped") for path in FOLDER.glob(f"{name}/*"))
pytestmark = pytest.mark.usefixtures("shared")

# Bars whose open or close is outside low to high, all of them in the series recorded on 2019-10-31.
OUTSIDE = {
    "AAPL": 15, "BA": 35, "CSCO": 11, "CVX": 28, "DIS": 24, "HD": 29, "IBM": 27, "INTC": 21, "JNJ": 42, "JPM": 32,
    "MCD": 26, "MMM": 50, "MRK": 33, "MSFT": 15, "PFE": 34, "PG": 28, "TRV": 36, "UNH": 40, "V": 13, "VZ": 41,
    "WBA": 34, "WMT": 35,
}  # fmt: skip

# Jumps that an adjusted series' own split coefficients do not explain: crashes, leaps, nights after a quarter's
# figures, and GOOGL's class C shares.
UNEXPLAINED = {
    "AAPL": ["2000-09-29"],
    "AMD": [
        "2001-07-06", "2002-01-04", "2002-10-03", "2002-10-17", "2005-01-11", "2009-11-12", "2014-07-18", "2016-04-22",
    ],
    "FB": ["2012-10-24", "2013-07-25", "2018-07-26"],
    "GOOGL": ["2008-04-18", "2014-04-03"],
    "NFLX": [
        "2004-07-16", "2004-10-15", "2006-07-25", "2010-01-28", "2011-10-25", "2012-01-26", "2012-07-25", "2013-01-24",
        "2013-04-23", "2014-10-16",
    ],
    "TSLA": ["2013-05-09"],
}  # fmt: skip

AAPL_SPLITS = {date(2000, 6, 21): 2.0, date(2005, 2, 28): 2.0, date(2014, 6, 9): 7.0, date(2020, 8, 31): 4.0}


def name_of(path):
    return path.relative_to(FOLDER).as_posix()


def series_of(path):
    return "daily_adjusted" if path.parent.name == "daily_adjusted" else "daily"


def symbol_of(path):
    return path.name.split(".compact")[0].split(".full")[0].split(".excerpt")[0]


@cache
def transformed(path):
    return transformed_body(recorded(path), symbol_of(path), series_of(path), fetched_ms=LONG_AFTER)


def found(path):
    done = transformed(path)
    return review(done.table, empty_table(series_of(path)), done.day, {}, done.seen)


def table_of(name):
    return transformed(FOLDER / name).table


def sent(path):
    """The recorded rows, oldest first, as the texts they were sent as."""
    if path.suffix == ".json":
        rows = json.loads(path.read_bytes())["Time Series (Daily)"]
        return sorted((day, *row.values()) for day, row in rows.items())
    names = [name.replace(" ", "_") for name in COLUMNS[series_of(path)]]
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted((row.get("timestamp") or row["date"], *(row[name] for name in names)) for row in rows)


@pytest.mark.parametrize("path", RECORDINGS, ids=name_of)
def test_a_recorded_series_comes_back_row_by_row(path):
    """Nothing is set aside, nothing is lost, and every number is the one that was sent."""
    series, done = series_of(path), transformed(path)
    stored = pq.read_table(io.BytesIO(encode(done.table, series)))
    days_sent, *columns_sent = zip(*sent(path), strict=True)

    assert (done.rejected, done.left_out) == ([], 0)
    assert [str(day) for day in stored["date"].to_pylist()] == list(days_sent)
    for name, texts in zip(COLUMNS[series], columns_sent, strict=True):
        assert stored[name.replace(" ", "_")].to_pylist() == list(map(float, texts))


@pytest.mark.parametrize("path", RECORDINGS, ids=name_of)
def test_what_is_odd_in_a_recorded_series(path):
    """Opens and closes a hair outside are kept and counted; no session is missing, none is one too many."""
    sentences = found(path).sentences
    of_2019_10_31 = (
        path.parent.name == "daily" and ".full.csv" in path.name and days(transformed(path).table)[-1] == "2019-10-31"
    )
    outside = OUTSIDE[symbol_of(path)] if of_2019_10_31 else 0

    assert [line.split()[0] for line in sentences if "outside" in line] == ([str(outside)] if outside else [])
    assert [line for line in sentences if "session" in line or "volume" in line] == []


@pytest.mark.parametrize("path", [path for path in RECORDINGS if series_of(path) == "daily_adjusted"], ids=name_of)
def test_an_adjusted_series_explains_its_own_splits(path):
    """What is left are true jumps: AAPL on 2000-09-29 is a crash, not a split."""
    left = [str(jump.day) for jump in found(path).unexplained]
    first, last = days(transformed(path).table)[0], days(transformed(path).table)[-1]

    assert left == [day for day in UNEXPLAINED.get(symbol_of(path), []) if first <= day <= last]


@pytest.mark.parametrize(
    "name", ["AAPL.full.csv", "AAPL.full.asof-2018-12-07.csv", "AAPL.full.asof-2023-12-29.csv", "AAPL.compact.csv"]
)
def test_apples_splits_explain_its_jumps_and_not_its_crash(name):
    """In the raw series the splits must be asked for; 2000-09-29, -52 %, is not one of them."""
    table = table_of(f"daily/{name}")
    left = [str(jump.day) for jump in jumps(table) if not explains(AAPL_SPLITS, jump)]

    assert left == (["2000-09-29"] if days(table)[0] < "2000" else [])


def test_ibms_booked_spin_off_is_no_jump():
    """2021-11-04 has a split coefficient of 1.046; the close hardly moved."""
    table = table_of("daily_adjusted/IBM.full.json")

    assert table[table["date"] == "2021-11-04"]["split_coefficient"].tolist() == [1.046]
    assert jumps(table) == []


def test_years_without_volume_are_kept():
    """As ARWR's, a shell before its merger: 1,028 bars without a trade, and then from 0.05 to 3.25 in a day."""
    shell = weekdays("2000-01-03", 1028)
    rows = {**dict.fromkeys(shell, bar(0.05, volume=0)), **dict.fromkeys(weekdays("2004-01-05", 5), bar(3.25))}
    done = transformed_body(body(rows, "ARWR"), "ARWR", "daily", fetched_ms=LONG_AFTER)
    sentences = review(done.table, empty_table("daily"), done.day, {}, done.seen).sentences

    assert (len(done.table), done.rejected) == (1033, [])
    assert f"1028 bars zero-volume: nothing was traded; newest {shell[-1]}." in sentences


@pytest.mark.parametrize(
    ("before", "after", "added", "changed", "kind"),
    [
        ("daily/MSFT.compact.asof-2019-07-12.json", "daily/MSFT.full.asof-2019-07-12.json", 5316, 1, "newest-volume"),
        ("daily/MSFT.full.csv", "daily/MSFT.compact.csv", 6, 2, "few"),
        ("daily/NVDA.full.json", "daily/NVDA.full.csv", 506, 1, "few"),
        ("daily/NVDA.full.csv", "daily/NVDA.full.asof-2024-06-07.csv", 110, 0, None),
        ("daily/IBM.full.asof-2024-06-28.csv", "daily/IBM.full.asof-2024-07-03.csv", 3, 0, None),
        ("daily/IBM.full.asof-2024-07-03.csv", "daily/IBM.compact.json", 44, 0, None),
        ("daily/AAPL.full.csv", "daily/AAPL.full.asof-2023-12-29.csv", 1047, 4980, "many"),
        ("daily/AAPL.compact.csv", "daily/AAPL.full.asof-2023-12-29.csv", 5980, 59, "many"),
        ("daily/JPM.full.csv", "daily/JPM.full.asof-2023-12-29.csv", 1047, 2660, "many"),
        ("daily/MSFT.full.json", "daily/MSFT.full.asof-2023-12-29.csv", 1046, 131, "many"),
        ("daily_adjusted/FB.full.csv", "daily_adjusted/FB.full.asof-2020-12-04.csv", 224, 2, "few"),
        ("daily_adjusted/AAPL.full.csv", "daily_adjusted/AAPL.full.asof-2020-12-04.csv", 276, 5033, "many"),
        ("daily_adjusted/MSFT.compact.json", "daily_adjusted/MSFT.full.csv", 4933, 100, "adjusted"),
    ],
)
def test_what_was_restated_between_two_recordings(before, after, added, changed, kind):
    """How many bars were added and changed, and whether it was the vendor's daily habit or the history."""
    series = series_of(FOLDER / after)
    joined = join(table_of(before), table_of(after), series, Place(US), full=transformed(FOLDER / after).full)

    assert (len(joined.merged.added), len(joined.merged.changed)) == (added, changed)
    assert (joined.restated.kind if joined.restated else None) == kind
    assert not any("another company" in sentence for sentence in joined.sentences)


def test_a_factor_of_a_hundred_is_put_right_and_told():
    """NVDA's volume of 2017-06-09 stood wrong for years."""
    joined = join(table_of("daily/NVDA.full.json"), table_of("daily/NVDA.full.csv"), "daily", Place(US), full=True)

    assert joined.restated.rows == [{"date": "2017-06-09", "changes": {"volume": {"from": 923232, "to": 92323200}}}]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("AAPL.full.asof-2020-12-04.csv", "AAPL.compact.asof-2021-07-23.json"),
        ("MSFT.compact.asof-2023-01-13.json", "MSFT.compact.asof-2023-07-21.json"),
        ("TSLA.full.csv", "TSLA.compact.json"),
    ],
)
def test_adjusted_recordings_of_two_dates_are_never_mixed(before, after):
    """Without a common basis nothing is joined."""
    old = table_of(f"daily_adjusted/{before}")
    joined = join(old, table_of(f"daily_adjusted/{after}"), "daily_adjusted", Place(US), full=False)

    assert (joined.refused, len(joined.merged.table)) == (True, len(old))


def test_every_recording_survives_a_second_reading():
    """Decoded and encoded again, the bytes are the same."""
    for path in RECORDINGS[::7]:
        once = encode(transformed(path).table, series_of(path))
        again = decode(once, series_of(path), symbol_of(path))
        assert not again.migrated
        assert encode(again.table, series_of(path)) == once


def test_london_is_never_stale_on_its_own_holidays():
    """TSCO.LON has its own calendar: rows on Thanksgiving, none on Boxing Day, nothing missing."""
    done = transformed_body(
        recorded(FOLDER / "daily_reshaped/TSCO.LON.compact.csv"),
        "TSCO.LON",
        "daily",
        fetched_ms=from_iso("2025-03-01T12:00:00Z"),
    )

    assert {"2024-11-28", "2025-01-20"} <= set(days(done.table))
    assert "2024-12-26" not in days(done.table)
    assert review(done.table, daily({}), done.day, {}, done.seen).sentences == []


def test_the_recordings_are_all_here():
    """A moved folder must not turn these tests into none."""
    listed = (FOLDER / "PROVENANCE.csv").read_text().splitlines()

    assert {name_of(path) for path in RECORDINGS} == {line.split(",")[0] for line in listed if line.startswith("daily")}
    assert len(RECORDINGS) > 80
    assert isinstance(FOLDER, Path)
