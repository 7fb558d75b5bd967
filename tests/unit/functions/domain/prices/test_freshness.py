"""Which symbols are up to date, and which are asked for first."""

from datetime import date

import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.freshness import Known, is_fresh, merged, newest_due, stalest_first
from stockflow_functions.domain.prices.series import Step
from stockflow_functions.vendors.alpha_vantage import VENDOR


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-25T21:59:00Z", "2026-11-24"),  # a minute before the margin after Wednesday's close is over
        ("2026-11-25T22:00:00Z", "2026-11-25"),
        ("2026-11-27T12:00:00Z", "2026-11-25"),  # the day after Thanksgiving, in the morning
        ("2026-11-30T12:00:00Z", "2026-11-27"),  # Monday morning
    ],
)
def test_a_daily_bar_is_due_once_its_session_is_settled(now, due):
    """Holidays and weekends have no session, so the one before them stays the last."""
    assert newest_due(US, Step.SESSION, from_iso(now)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-27T21:00:00Z", "2026-11-16"),  # Friday, before the week is over
        ("2026-11-27T22:00:00Z", "2026-11-23"),
        ("2026-12-02T12:00:00Z", "2026-11-23"),
    ],
)
def test_a_weekly_bar_is_due_once_its_week_is_over(now, monday):
    """The bar of a week has the date of its last session, any of which is from the Monday on."""
    assert newest_due(US, Step.WEEK, from_iso(now)) == date.fromisoformat(monday)


@pytest.mark.parametrize(
    ("symbol", "due"),
    [
        ("VOLV-B.STO", "2026-12-25"),  # no calendar: any weekday may have a session
        ("RELIANCE.BSE", "2026-12-27"),  # sessions on weekends
        ("ABC.XYZ", "2026-12-26"),  # an unknown exchange, whose day is over when it is over everywhere
        ("TSCO.LON", "2026-12-24"),
    ],
)
def test_where_the_calendar_cannot_say_every_possible_session_counts(symbol, due):
    """On a Sunday after Christmas: a symbol is rather asked for in vain than left out."""
    now_ms = from_iso("2026-12-27T18:00:00Z")

    assert newest_due(VENDOR.exchange_of(symbol), Step.SESSION, now_ms) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("known", "full", "fresh"),
    [
        (None, False, False),
        (Known(1), False, False),
        (Known(1, "2026-11-24", "2026-07-06"), False, False),
        (Known(1, "2026-11-25", "2026-07-06"), False, True),
        (Known(1, "2026-11-25", "2026-07-06"), True, False),
        (Known(1, "2026-11-25", "1999-11-01", full=True), True, True),
        (Known(1, "2026-11-24", "1999-11-01", full=True), True, False),
    ],
)
def test_a_symbol_is_fresh_with_the_bar_that_is_due(known, full, fresh):
    """A whole history is there only if one was saved."""
    assert is_fresh(known, date(2026, 11, 25), full=full) is fresh


def test_of_two_runs_the_later_one_counts():
    """In whichever order they are merged."""
    monday, tuesday = Known(1, "2026-11-23", "2026-07-06"), Known(2, "2026-11-24", "2026-07-07")

    assert merged(monday, tuesday) == merged(tuesday, monday) == tuesday


def test_an_answer_without_bars_only_counts_as_asked():
    """A symbol that failed has the bars that it had, and has had its turn."""
    assert merged(Known(1, "2026-11-23", "2026-07-06", full=True), Known(2)) == Known(
        2, "2026-11-23", "2026-07-06", full=True
    )


@pytest.mark.parametrize(
    ("last", "first", "full"),
    [
        ("2026-11-25", "1999-11-01", True),
        ("2026-11-25", "2026-07-06", False),  # the table was lost, and begins anew
        ("2027-06-01", "1999-11-01", False),  # between the two may be sessions that no answer had
    ],
)
def test_a_whole_history_stays_whole_while_answers_join_it(last, first, full):
    """A compact answer reaches back over 100 sessions."""
    assert merged(Known(1, "2026-11-20", "1999-11-01", full=True), Known(2, last, first)).full is full


def test_the_symbol_asked_longest_ago_goes_first():
    """One that was never asked for before all others; else in the order in which they are given."""
    known = {"A": Known(3, "2026-11-25"), "DEAD": Known(2, "2019-01-02"), "C": Known(1, "2026-11-20")}

    assert stalest_first(["A", "NEW2", "DEAD", "C", "NEW1"], known) == ["NEW2", "NEW1", "C", "DEAD", "A"]
