"""Quarters as the vendor names them."""

from datetime import date

import pytest

from stockflow_functions.domain.quarters import FORM, end_of, latest


@pytest.mark.parametrize(
    ("quarter", "day"),
    [
        ("2024Q1", date(2024, 3, 31)),
        ("2024Q2", date(2024, 6, 30)),
        ("2024Q3", date(2024, 9, 30)),
        ("2024Q4", date(2024, 12, 31)),
        ("2099Q4", date(2099, 12, 31)),
    ],
)
def test_a_quarter_ends_with_its_third_month(quarter, day):
    """The fourth with the year."""
    assert end_of(quarter) == day


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024Q0", "2024Q5", "2024q1", "24Q1", "0000Q1", "9999Q4", "2024Q1 ", "2\N{FULLWIDTH DIGIT ZERO}24Q1"],
)
def test_what_is_no_quarter_is_none(text):
    """Nor a year that no calendar has a quarter of."""
    assert not FORM.fullmatch(text)
    with pytest.raises(ValueError, match="no quarter such as 2024Q1"):
        end_of(text)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), "2025Q4"),
        (date(2026, 3, 31), "2025Q4"),
        (date(2026, 4, 1), "2026Q1"),
        (date(2026, 12, 31), "2026Q3"),
    ],
)
def test_the_latest_quarter_is_one_that_has_ended(day, quarter):
    """On its last day a quarter has not."""
    assert latest(day) == quarter
