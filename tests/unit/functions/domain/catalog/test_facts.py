"""What the catalog takes from a symbol's table."""

from datetime import date

import pytest

from stockflow_functions.domain.catalog.facts import digest_before, facts_of
from stockflow_functions.domain.prices.exchanges import US, exchange_of_code
from stockflow_functions.domain.prices.parquet import empty_table
from tests.helpers.price_objects import DAILY, DAILY_ADJUSTED, WEEKLY, prices_of

CLOSES = {"2024-12-30": 1, "2025-01-03": 2, "2025-01-06": 3}
"""Without 2024-12-31 and 2025-01-02; New Year's Day is no session."""


def test_the_facts_are_those_of_the_bars():
    """First and last date, how many there are, and how many sessions lack."""
    facts = facts_of(prices_of("A", CLOSES), DAILY, US)
    assert (facts.first_date, facts.last_date) == (date(2024, 12, 30), date(2025, 1, 6))
    assert (facts.rows, facts.missing_sessions) == (3, 2)


def test_a_week_with_a_bar_lacks_none():
    """Whatever the days of its sessions."""
    closes = {"2025-01-03": 1, "2025-01-17": 2}
    assert facts_of(prices_of("A", closes), WEEKLY, US).missing_sessions == 1


def test_where_there_is_no_calendar_nobody_knows_what_is_missing():
    """That is not: none."""
    assert facts_of(prices_of("A.STO", CLOSES), DAILY, exchange_of_code("XSTO")).missing_sessions is None


def test_a_table_without_bars_has_no_facts():
    """As one that was emptied."""
    assert facts_of(empty_table(DAILY), DAILY, US) is None


def test_later_bars_leave_the_digest_as_it_was():
    """So that a day's run writes the table of one year."""
    later = prices_of("A", {**CLOSES, "2025-01-07": 4})
    assert digest_before(later, 2025) == digest_before(prices_of("A", CLOSES), 2025)


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "volume", "adjusted_close", "split_coefficient"])
def test_any_change_of_an_earlier_bar_changes_it(column):
    """In whichever column."""
    table = prices_of("A", CLOSES, DAILY_ADJUSTED)
    changed = table.assign(**{column: [7, *table[column][1:]]}).astype(table.dtypes)
    assert digest_before(changed, 2025) != digest_before(table, 2025)


def test_a_bar_more_or_on_another_day_changes_it():
    """One that came late, and one that moved."""
    digests = {
        digest_before(prices_of("A", closes), 2025)
        for closes in ({"2024-12-30": 1}, {"2024-12-31": 1}, {"2024-12-27": 1, "2024-12-30": 1}, {"2025-01-02": 1})
    }
    assert len(digests) == 4
