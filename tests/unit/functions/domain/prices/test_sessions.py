"""On which days an exchange trades."""

from datetime import date

import pytest

from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.sessions import last_session, newest_expected, sessions_between
from stockflow_functions.vendors.alpha_vantage import VENDOR


@pytest.mark.parametrize(
    "closed",
    ["2001-09-11", "2012-10-29", "2018-12-05", "2021-12-24", "2022-06-20", "2024-03-29", "2025-01-09", "2024-09-01"],
)
def test_new_york_is_closed_when_it_was(closed):
    """Holidays, days of mourning and a hurricane are in the calendar."""
    day = date.fromisoformat(closed)

    assert len(sessions_between(US, day, day)) == 0


def test_london_keeps_its_own_holidays():
    """London trades on Thanksgiving and not on Boxing Day."""
    london = VENDOR.exchange_of("TSCO.LON")
    sessions = [str(day) for day in sessions_between(london, date(2024, 11, 28), date(2024, 12, 27))]

    assert "2024-11-28" in sessions
    assert "2024-12-26" not in sessions


def test_the_last_session_steps_over_a_long_weekend():
    """On the Monday of a holiday the last session was on Friday."""
    assert last_session(US, date(2024, 9, 2)) == date(2024, 8, 30)


def test_without_a_calendar_ten_days_are_granted():
    """Nothing is called stale for a closure that is not known here."""
    assert newest_expected(VENDOR.exchange_of("VOLV-B.STO"), date(2024, 9, 12)) == date(2024, 9, 2)


def test_no_days_have_no_sessions():
    """An empty span is no error."""
    assert len(sessions_between(US, date(2024, 9, 5), date(2024, 9, 4))) == 0
