"""Weeks: which are settled, and that a week has one row, whatever date its bar had."""

from datetime import date, timedelta

import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.anomalies import find_anomalies
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.saving import TableInfo, reconcile
from stockflow_functions.domain.prices.series import DAILY, WEEKLY
from stockflow_functions.domain.prices.splits import explains, jumps
from stockflow_functions.domain.prices.transforming import is_stale
from stockflow_functions.domain.prices.verifying import verify
from tests.helpers.tables import LONG_AFTER, closes, days
from tests.helpers.vendor_bodies import bar, transformed_body, weekly_body

PLACE = TableInfo(US, "prices/weekly/IBM.parquet", "`the command`")
WEEKS = {"2024-08-16": 1.0, "2024-08-23": 2.0, "2024-08-30": 3.0}


def answered(bars, fetched="2030-01-01T00:00:00Z", symbol="IBM", **about):
    """What becomes of a weekly answer, ``{date: close}``, newest first as the vendor sends it."""
    rows = {day: value if isinstance(value, dict) else bar(value) for day, value in sorted(bars.items(), reverse=True)}
    return transformed_body(weekly_body(rows, symbol, **about), symbol, WEEKLY, fetched_ms=from_iso(fetched))


def weeks(bars):
    return answered(bars).table


@pytest.mark.parametrize(
    ("symbol", "newest", "fetched", "kept"),
    [
        ("IBM", "2024-09-03", "2024-09-04T12:00:00Z", False),  # the running week, on its newest session
        ("IBM", "2024-09-05", "2024-09-05T23:00:00Z", False),
        ("IBM", "2024-09-06", "2024-09-06T20:59:00Z", False),  # Friday, an hour after the close is 21:00 UTC
        ("IBM", "2024-09-06", "2024-09-06T21:00:00Z", True),
        ("IBM", "2024-03-28", "2024-03-28T23:00:00Z", False),  # the Thursday before Good Friday
        ("IBM", "2024-03-28", "2024-03-29T21:00:00Z", True),
        ("IBM", "2024-09-05", "2024-09-07T12:00:00Z", False),  # over, but the vendor still has Thursday
        ("IBM", "2024-09-05", "2024-09-13T20:00:00Z", False),
        ("IBM", "2024-09-05", "2024-09-13T21:00:00Z", True),  # and has it a week later
        ("TCS.BSE", "2024-09-06", "2024-09-08T10:00:00Z", False),  # Bombay may trade on a weekend
        ("TCS.BSE", "2024-09-06", "2024-09-08T12:00:00Z", True),
        ("VOLV-B.STO", "2024-09-06", "2024-09-07T12:00:00Z", True),  # no calendar: Friday is a session
    ],
)
def test_a_weeks_bar_is_settled_when_the_week_is_over(symbol, newest, fetched, kept):
    """Until then its date moves on from session to session, and it is left out and counted."""
    before = [day for day in WEEKS if day < newest]
    done = answered({**dict.fromkeys(before, 1.0), newest: 4.0}, fetched, symbol)

    assert days(done.table) == before + [newest] * kept
    assert (done.left_out, done.rejected) == (1 - kept, [])


def test_a_later_week_shows_that_a_short_one_was_whole():
    """An exchange may close on a day that no calendar knew."""
    done = answered({"2024-09-05": 4.0, "2024-09-10": 5.0}, "2024-09-10T23:00:00Z")

    assert (days(done.table), done.left_out) == (["2024-09-05"], 1)


def test_a_timed_last_refreshed_leaves_its_whole_week_out():
    """The vendor's snapshot was taken in a session of it, however late it is now."""
    done = answered({**WEEKS, "2024-09-06": 4.0}, "2024-09-08T12:00:00Z", last_refreshed="2024-09-06 15:59:00")

    assert (days(done.table), done.left_out) == (sorted(WEEKS), 1)


def test_of_two_bars_of_a_week_the_later_one_stays():
    """Whatever their order, a week has one row."""
    done = answered({"2024-08-22": 1.5, **WEEKS})

    assert closes(done.table) == WEEKS
    assert [row["check"] for row in done.rejected] == ["duplicate-date"]


def test_a_weekly_answer_is_the_whole_history():
    """It states no size, for it has one only."""
    assert answered(WEEKS).full


def test_a_week_that_comes_under_another_date_replaces_the_stored_one():
    """Nothing is left behind, and what it was is kept."""
    joined = reconcile(
        weeks({**WEEKS, "2024-09-05": 4.0}), weeks({**WEEKS, "2024-09-06": 4.5}), WEEKLY, PLACE, full=True
    )

    assert closes(joined.merged.table) == {**WEEKS, "2024-09-06": 4.5}
    (row,) = joined.restated.rows
    assert row["changes"]["date"] == {"from": "2024-09-05", "to": "2024-09-06"}
    assert (len(joined.merged.added), len(joined.merged.changed)) == (0, 1)


def test_an_earlier_answer_that_comes_late_does_not_bring_a_week_twice():
    """Only weeks that lack are taken from it."""
    late = weeks({"2024-08-22": 9.0, "2024-08-09": 0.5})
    joined = reconcile(weeks(WEEKS), late, WEEKLY, PLACE, full=True, late=True)

    assert closes(joined.merged.table) == {"2024-08-09": 0.5, **WEEKS}


def test_no_unfinished_week_is_ever_stored_and_nothing_is_left_behind():
    """Asked on each day of seven weeks, the table has the finished weeks alone, under the dates they ended with."""
    traded = [date(2024, 3, 4) + timedelta(days=number) for number in range(49)]
    traded = [day for day in traded if day.weekday() < 5 and day != date(2024, 3, 29)]
    ends = {max(day for day in traded if day.isocalendar()[:2] == one.isocalendar()[:2]) for one in traded}
    stored = empty_table(WEEKLY)

    for asked in traded:
        newest = [
            max(day for day in traded if day.isocalendar()[:2] == end.isocalendar()[:2] and day <= asked)
            for end in ends
            if end - timedelta(days=end.weekday()) <= asked
        ]
        bars = {day.isoformat(): float(day.day) for day in newest}
        done = answered(bars, f"{asked}T22:00:00Z")
        stored = reconcile(stored, done.table, WEEKLY, PLACE, full=True).merged.table
        over = [day for day in newest if day in ends and (day < asked or day.weekday() == 4)]
        assert days(stored) == sorted(map(str, over))


@pytest.mark.parametrize(
    ("newest", "fetched", "stale"),
    [
        ("2024-08-30", "2024-09-06T20:59:00Z", False),
        ("2024-08-30", "2024-09-06T21:00:00Z", True),
        ("2024-09-05", "2024-09-14T12:00:00Z", True),
        ("2024-03-28", "2024-04-05T12:00:00Z", False),
    ],
)
def test_stale_is_older_than_the_last_finished_week(newest, fetched, stale):
    """By weeks, so that a bar of Thursday is no older than one of Friday."""
    done = answered({newest: 1.0}, fetched)

    assert is_stale(date.fromisoformat(newest), done.as_of) is stale


def test_a_week_without_a_bar_is_said_once():
    """By its last session; the week's other sessions are not missing, for their bar is the week's."""
    done = answered({"2024-08-16": 1.0, "2024-08-30": 1.0})
    said = find_anomalies(done.table, empty_table(WEEKLY), done.as_of, {}, done.seen).sentences

    assert said == ["1 week without a bar: 2024-08-23."]


def test_a_week_in_which_nobody_traded_is_not_missing():
    """China's National Day of 2023 took all of one."""
    done = answered({"2023-09-28": 1.0, "2023-10-13": 1.0}, symbol="600104.SHH")

    assert find_anomalies(done.table, empty_table(WEEKLY), done.as_of, {}, done.seen).sentences == []


def test_neighbouring_weeks_have_no_gap():
    """The sessions between two weekly bars are the later week's own."""
    stored, new = weeks({"2024-08-16": 1.0}), weeks({"2024-08-23": 2.0})

    assert reconcile(stored, new, WEEKLY, PLACE, full=True).sentences == []


def test_the_close_alone_makes_a_jump_of_a_week():
    """A split in the middle of a week is not there at its open, which says nothing."""
    gaps = {"2024-08-16": 100.0, "2024-08-23": bar(125.0), "2024-08-30": bar(250.0, open=125.0, low=120.0)}
    (found,) = jumps(weeks(gaps), WEEKLY.jump)

    assert found.day == date(2024, 8, 30)
    assert explains({date(2024, 8, 28): 0.5}, found)
    assert not explains({date(2024, 8, 22): 0.5}, found)
    assert len(jumps(weeks(gaps), DAILY.jump)) == 2


def test_a_stored_running_week_is_a_breach():
    """What let no such bar in finds one that came in another way."""
    body = encode(weeks({**WEEKS, "2024-09-04": 4.0}), WEEKLY)
    about = {"now_ms": from_iso("2024-09-05T12:00:00Z"), "refill": "`the command`"}

    assert verify(body, WEEKLY, "IBM", US, {}, **about).breaches == ["unsettled, 1 bar: 2024-09-04."]
    assert verify(body, WEEKLY, "IBM", US, {}, **{**about, "now_ms": LONG_AFTER}).breaches == []
