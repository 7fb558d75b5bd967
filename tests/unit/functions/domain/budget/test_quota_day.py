"""The quota's days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import from_iso, to_iso

ZONES = ("America/New_York", "UTC", "Europe/London", "Asia/Tokyo", "Australia/Lord_Howe", "America/St_Johns")


@pytest.mark.parametrize(
    ("moment", "label", "resets_at"),
    [
        ("2026-11-20T04:59:59.999Z", "2026-11-19", "2026-11-20T05:00:00.000Z"),
        ("2026-11-20T05:00:00.000Z", "2026-11-20", "2026-11-21T05:00:00.000Z"),
        ("2026-07-01T03:59:59.999Z", "2026-06-30", "2026-07-01T04:00:00.000Z"),
        ("2026-07-01T04:00:00.000Z", "2026-07-01", "2026-07-02T04:00:00.000Z"),
    ],
)
def test_day_begins_at_midnight_of_its_time_zone(moment, label, resets_at):
    """Midnight in New York is 05:00 UTC in winter and 04:00 UTC in summer."""
    days = QuotaDays("America/New_York", 0)

    assert days.label(from_iso(moment)) == label
    assert to_iso(days.resets_at_ms(from_iso(moment))) == resets_at


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-07", 24), ("2026-03-08", 23), ("2026-10-31", 24), ("2026-11-01", 25)]
)
def test_days_of_a_clock_change_have_23_or_25_hours(day, hours):
    """A day lasts from reset to reset, however many hours that takes."""
    days = QuotaDays("America/New_York", 0)
    begins_ms = from_iso(f"{day}T12:00:00-05:00")
    begins_ms = days.resets_at_ms(begins_ms - 86_400_000)

    assert days.resets_at_ms(begins_ms) - begins_ms == hours * 3_600_000


def test_an_hour_that_is_skipped_or_repeated_still_begins_one_day():
    """A reset at 2 o'clock, which New York skips on 2026-03-08 and not on the days beside it, comes once a day."""
    days = QuotaDays("America/New_York", 2)
    moments = [from_iso("2026-03-06T12:00:00Z")]
    moments += [days.resets_at_ms(moments[0] + n * 86_400_000) for n in range(4)]

    assert [to_iso(moment) for moment in moments[1:]] == [
        "2026-03-07T07:00:00.000Z",
        "2026-03-08T07:00:00.000Z",
        "2026-03-09T06:00:00.000Z",
        "2026-03-10T06:00:00.000Z",
    ]


@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    moment=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)
def test_every_moment_lies_in_exactly_one_day(zone, hour, moment):
    """The label stays the same up to the reset and is the next date from there on."""
    days, now_ms = QuotaDays(zone, hour), round(moment.replace(tzinfo=UTC).timestamp() * 1000)
    label, resets_at_ms = days.label(now_ms), days.resets_at_ms(now_ms)
    following = (datetime.fromisoformat(label) + timedelta(days=1)).date().isoformat()

    assert now_ms < resets_at_ms <= now_ms + 25 * 3_600_000
    assert days.label(resets_at_ms - 1) == label
    assert days.label(resets_at_ms) == following
    assert datetime.fromtimestamp(resets_at_ms / 1000, ZoneInfo(zone)).hour in {hour, hour + 1}
