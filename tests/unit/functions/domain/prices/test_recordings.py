"""Every recorded series goes through: what is kept, what is odd, and what was restated between two recordings.

Where the recordings are not beside the checkout, the same is held to the series that are written here.
"""

import csv
import io
import json
from datetime import date
from functools import cache

import pyarrow.parquet as pq
import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.anomalies import find_anomalies
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.saving import TableInfo, reconcile
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from stockflow_functions.domain.prices.splits import explains, jumps
from tests.conftest import SHARED
from tests.helpers.tables import LONG_AFTER, daily, days
from tests.helpers.vendor_bodies import COLUMNS, as_json, bar, body, symbol_of, transformed_body, weekdays
from tests.helpers.written_series import ACME_SPLITS, NAMES, written

FOLDER = SHARED / "alphavantage"
RECORDED = sorted(
    f"{folder}/{path.name}"
    for folder in ("daily", "daily_adjusted", "daily_reshaped")
    for path in FOLDER.glob(f"{folder}/*")
)
skipped_without_recordings = pytest.mark.skipif(
    not RECORDED, reason="the recorded answers are not beside this checkout (../shared)"
)
each_series = pytest.mark.parametrize(
    "name", [*NAMES, *(RECORDED or [pytest.param("", marks=skipped_without_recordings)])]
)

# Bars whose open or close is outside low to high, all of them in the series until 2019-10-31.
OUTSIDE = {
    "ACME": 3,
    "AAPL": 15, "BA": 35, "CSCO": 11, "CVX": 28, "DIS": 24, "HD": 29, "IBM": 27, "INTC": 21, "JNJ": 42, "JPM": 32,
    "MCD": 26, "MMM": 50, "MRK": 33, "MSFT": 15, "PFE": 34, "PG": 28, "TRV": 36, "UNH": 40, "V": 13, "VZ": 41,
    "WBA": 34, "WMT": 35,
}  # fmt: skip

# Jumps that an adjusted series' own split coefficients do not explain: crashes, leaps, nights after a quarter's
# figures, and GOOGL's class C shares.
UNEXPLAINED = {
    "ACME": ["2019-01-31"],
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


def of_recorded(*cases):
    """Cases of a parametrised test that need the recordings."""
    return [pytest.param(*case, marks=skipped_without_recordings) for case in cases]


def text_of(name):
    return written()[name] if name in NAMES else (FOLDER / name).read_bytes().decode()


def series_of(name):
    return DAILY_ADJUSTED if name.startswith("daily_adjusted/") else DAILY


@cache
def transformed(name):
    return transformed_body(as_json(name, text_of(name)), symbol_of(name), series_of(name), fetched_ms=LONG_AFTER)


def table_of(name):
    return transformed(name).table


def found(name):
    done = transformed(name)
    return find_anomalies(done.table, empty_table(series_of(name)), done.as_of, {}, done.seen)


def sent(name):
    """The rows of a series, oldest first, as the texts they were sent as."""
    if name.endswith(".json"):
        rows = json.loads(text_of(name))["Time Series (Daily)"]
        return sorted((day, *row.values()) for day, row in rows.items())
    columns = [column.replace(" ", "_") for column in COLUMNS[series_of(name).name]]
    rows = csv.DictReader(io.StringIO(text_of(name), newline=""))
    return sorted((row.get("timestamp") or row["date"], *(row[column] for column in columns)) for row in rows)


@each_series
def test_a_series_comes_back_row_by_row(name):
    """Nothing is set aside, nothing is lost, and every number is the one that was sent."""
    series, done = series_of(name), transformed(name)
    stored = pq.read_table(io.BytesIO(encode(done.table, series)))
    days_sent, *columns_sent = zip(*sent(name), strict=True)

    assert (done.rejected, done.left_out) == ([], 0)
    assert [str(day) for day in stored["date"].to_pylist()] == list(days_sent)
    for column, texts in zip(COLUMNS[series.name], columns_sent, strict=True):
        assert stored[column.replace(" ", "_")].to_pylist() == list(map(float, texts))


@each_series
def test_what_is_odd_in_a_series(name):
    """Opens and closes a hair outside are kept and counted; no session is missing, none is one too many."""
    sentences = found(name).sentences
    of_2019_10_31 = name.startswith("daily/") and ".full.csv" in name and days(table_of(name))[-1] == "2019-10-31"
    outside = OUTSIDE[symbol_of(name)] if of_2019_10_31 else 0

    assert [line.split()[0] for line in sentences if "outside" in line] == ([str(outside)] if outside else [])
    assert [line for line in sentences if "session" in line or "volume" in line] == []


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in NAMES if series_of(name) == DAILY_ADJUSTED),
        *of_recorded(*([name] for name in RECORDED if series_of(name) == DAILY_ADJUSTED)),
    ],
)
def test_an_adjusted_series_explains_its_own_splits(name):
    """What is left are true jumps: AAPL on 2000-09-29 is a crash, not a split."""
    left = [str(jump.day) for jump in found(name).unexplained]
    first, last = days(table_of(name))[0], days(table_of(name))[-1]

    assert left == [day for day in UNEXPLAINED.get(symbol_of(name), []) if first <= day <= last]


@pytest.mark.parametrize(
    ("name", "splits", "crash"),
    [
        ("daily/ACME.full.csv", ACME_SPLITS, ["2019-01-31"]),
        ("daily/ACME.compact.csv", ACME_SPLITS, []),
        *of_recorded(
            ("daily/AAPL.full.csv", AAPL_SPLITS, ["2000-09-29"]),
            ("daily/AAPL.full.asof-2018-12-07.csv", AAPL_SPLITS, ["2000-09-29"]),
            ("daily/AAPL.full.asof-2023-12-29.csv", AAPL_SPLITS, ["2000-09-29"]),
            ("daily/AAPL.compact.csv", AAPL_SPLITS, []),
        ),
    ],
)
def test_splits_explain_jumps_and_not_a_crash(name, splits, crash):
    """In the raw series the splits must be asked for; a night's -52 % is not one of them."""
    every = jumps(table_of(name), DAILY.jump)

    assert [str(jump.day) for jump in every if not explains(splits, jump)] == crash
    assert len(every) > len(crash)


@pytest.mark.parametrize("name", ["daily_adjusted/PEAK.full.json", *of_recorded(["daily_adjusted/IBM.full.json"])])
def test_a_booked_spin_off_is_no_jump(name):
    """2021-11-04 has a split coefficient of 1.046; the close hardly moved."""
    table = table_of(name)

    assert table[table["date"] == "2021-11-04"]["split_coefficient"].tolist() == [1.046]
    assert jumps(table, DAILY.jump) == []


def test_years_without_volume_are_kept():
    """As ARWR's, a shell before its merger: 1,028 bars without a trade, and then from 0.05 to 3.25 in a day."""
    shell = weekdays("2000-01-03", 1028)
    rows = {**dict.fromkeys(shell, bar(0.05, volume=0)), **dict.fromkeys(weekdays("2004-01-05", 5), bar(3.25))}
    done = transformed_body(body(rows, "ARWR"), "ARWR", DAILY, fetched_ms=LONG_AFTER)
    sentences = find_anomalies(done.table, empty_table(DAILY), done.as_of, {}, done.seen).sentences

    assert (len(done.table), done.rejected) == (1033, [])
    assert f"1,028 bars zero-volume: nothing was traded; newest {shell[-1]}." in sentences


@pytest.mark.parametrize(
    ("before", "after", "added", "changed", "kind"),
    [
        ("daily/QUAY.compact.json", "daily/QUAY.full.json", 108, 1, "newest-volume"),
        ("daily/QUAY.full.json", "daily/QUAY.full.csv", 6, 2, "few"),
        ("daily/QUAY.full.csv", "daily/QUAY.full.asof-2019-04-11.csv", 3, 0, None),
        ("daily/QUAY.full.asof-2019-04-11.csv", "daily/QUAY.full.asof-2019-10-31.csv", 141, 50, "many"),
        ("daily_adjusted/VALE.full.csv", "daily_adjusted/VALE.full.asof-2020-12-04.csv", 224, 2, "few"),
        ("daily_adjusted/VALE.full.csv", "daily_adjusted/VALE.full.asof-2020-12-07.csv", 224, 50, "many"),
        ("daily_adjusted/VALE.compact.json", "daily_adjusted/VALE.full.asof-2020-12-18.json", 293, 100, "adjusted"),
        *of_recorded(
            (
                "daily/MSFT.compact.asof-2019-07-12.json",
                "daily/MSFT.full.asof-2019-07-12.json",
                5316,
                1,
                "newest-volume",
            ),
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
        ),
    ],
)
def test_what_was_restated_between_two_recordings(before, after, added, changed, kind):
    """How many bars were added and changed, and whether it was the vendor's daily habit or the history."""
    series = series_of(after)
    joined = reconcile(table_of(before), table_of(after), series, TableInfo(US), full=transformed(after).full)

    assert (len(joined.merged.added), len(joined.merged.changed)) == (added, changed)
    assert (joined.restated.kind if joined.restated else None) == kind
    assert not any("another company" in sentence for sentence in joined.sentences)


@pytest.mark.parametrize(
    ("before", "after", "day", "volume"),
    [
        ("daily/QUAY.full.asof-2019-04-11.csv", "daily/QUAY.full.asof-2019-04-12.csv", "2018-09-14", 1616470),
        *of_recorded(("daily/NVDA.full.json", "daily/NVDA.full.csv", "2017-06-09", 923232)),
    ],
)
def test_a_factor_of_a_hundred_is_put_right_and_told(before, after, day, volume):
    """NVDA's volume of 2017-06-09 stood wrong for years."""
    joined = reconcile(table_of(before), table_of(after), DAILY, TableInfo(US), full=True)

    assert joined.restated.rows == [{"date": day, "changes": {"volume": {"from": volume, "to": 100 * volume}}}]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("VALE.full.csv", "VALE.compact.asof-2020-12-18.json"),
        ("VALE.full.asof-2020-12-04.csv", "VALE.compact.asof-2020-12-18.json"),
        *of_recorded(
            ("AAPL.full.asof-2020-12-04.csv", "AAPL.compact.asof-2021-07-23.json"),
            ("MSFT.compact.asof-2023-01-13.json", "MSFT.compact.asof-2023-07-21.json"),
            ("TSLA.full.csv", "TSLA.compact.json"),
        ),
    ],
)
def test_adjusted_series_of_two_dates_are_never_mixed(before, after):
    """Without a common basis nothing is joined."""
    old = table_of(f"daily_adjusted/{before}")
    joined = reconcile(old, table_of(f"daily_adjusted/{after}"), DAILY_ADJUSTED, TableInfo(US), full=False)

    assert (joined.refused, len(joined.merged.table)) == (True, len(old))


@pytest.mark.parametrize("name", [*NAMES[::3], *of_recorded(*([name] for name in RECORDED[::7]))])
def test_a_series_survives_a_second_reading(name):
    """Decoded and encoded again, the bytes are the same."""
    once = encode(table_of(name), series_of(name))
    again = decode(once, series_of(name), symbol_of(name))

    assert not again.migrated
    assert encode(again.table, series_of(name)) == once


@pytest.mark.parametrize(
    "name", ["daily_reshaped/DALE.LON.compact.csv", *of_recorded(["daily_reshaped/TSCO.LON.compact.csv"])]
)
def test_london_is_never_stale_on_its_own_holidays(name):
    """London has its own calendar: rows on Thanksgiving, none on Boxing Day, nothing missing."""
    done = transformed_body(
        as_json(name, text_of(name)), symbol_of(name), DAILY, fetched_ms=from_iso("2025-03-01T12:00:00Z")
    )

    assert {"2024-11-28", "2025-01-20"} <= set(days(done.table))
    assert "2024-12-26" not in days(done.table)
    assert find_anomalies(done.table, daily({}), done.as_of, {}, done.seen).sentences == []


def test_the_recordings_are_all_here(shared):
    """A moved folder must not turn these tests into none."""
    listed = (FOLDER / "PROVENANCE.csv").read_text().splitlines()

    assert set(RECORDED) == {line.split(",")[0] for line in listed if line.startswith("daily")}
    assert len(RECORDED) > 80
